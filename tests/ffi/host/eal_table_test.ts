/** Which options an EAL has comes from that EAL: 22.11, 24.11, 25.11, and the one installed here. */

import type { EalTable } from "../../../ffi/host/eal_table.ts";
import { ealTable } from "../../../ffi/boundary/library.ts";
import {
  type EalOptions,
  lcoresOfOption,
  readEalOptions,
  scanOptions,
} from "../../../ffi/host/eal_options.ts";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "../../assert.ts";
import { EAL_22_11, EAL_24_11, EAL_25_11 } from "./eal_tables.ts";
import { runToEndSync } from "../../../cmd/lib/command.ts";

/** The EALs by their versions. */
const TABLES: Readonly<Record<string, EalTable>> = {
  "22.11": EAL_22_11,
  "24.11": EAL_24_11,
  "25.11": EAL_25_11,
};

/** What EAL gets for these arguments, or why they are refused. */
function outcome(args: readonly string[], table: EalTable): string {
  try {
    return readEalOptions(args, table).ealArgs.join(" ");
  } catch (error) {
    return String(error instanceof Error ? error.message : error);
  }
}

const OWN = "the program's own options follow after --";

function unknown(option: string, hint = OWN): string {
  return `${option}: expected an option of EAL, got '${option}' (${hint})`;
}

/** Arguments, and what each EAL gets for them. */
const CASES: [args: string[], outcomes: Record<string, string>][] = [
  [["--log-timestamp"], {
    "22.11": unknown("--log-timestamp"),
    "24.11": "--log-timestamp",
    "25.11": "--log-timestamp",
  }],
  [["--log-timestamp=iso", "--log-color=always"], {
    "22.11": unknown("--log-timestamp"),
    "24.11": "--log-timestamp=iso --log-color=always",
    "25.11": "--log-timestamp=iso --log-color=always",
  }],
  [["--numa-mem", "64"], {
    "22.11": unknown("--numa-mem"),
    "24.11": unknown("--numa-mem"),
    "25.11": "--numa-mem=64",
  }],
  [["--numa-mem=many"], {
    "22.11": unknown("--numa-mem"),
    "24.11": unknown("--numa-mem"),
    "25.11": "--numa-mem: expected megabytes a NUMA node such as 1024,1024, got 'many'",
  }],
  [["--memory-size=64", "--memory-channels", "4", "--memory-ranks=2"], {
    "22.11": unknown("--memory-size"),
    "24.11": unknown("--memory-size"),
    "25.11": "-m 64 -n 4 -r 2",
  }],
  [["--memory-size=lots"], {
    "22.11": unknown("--memory-size"),
    "24.11": unknown("--memory-size"),
    "25.11": "-m: expected megabytes of memory, a number from 1, got 'lots'",
  }],
  [["--driver-path=a.so", "-d", "b.so", "--driver-path", "c"], {
    "22.11": unknown("--driver-path"),
    "24.11": unknown("--driver-path"),
    "25.11": "-d a.so -d b.so -d c",
  }],
  // its facility became optional, so the next word is none any more
  [["--syslog", "daemon"], {
    "22.11": "--syslog=daemon",
    "24.11":
      "'daemon': expected an option, got 'daemon' (EAL's options come first, the program's " +
      "own after --)",
    "25.11":
      "'daemon': expected an option, got 'daemon' (EAL's options come first, the program's " +
      "own after --)",
  }],
  [["--syslog"], {
    "22.11": "--syslog: expected a syslog facility such as daemon, got nothing",
    "24.11": "--syslog",
    "25.11": "--syslog",
  }],
  [["--syslog=local0"], {
    "22.11": "--syslog=local0",
    "24.11": "--syslog=local0",
    "25.11": "--syslog=local0",
  }],
  // what was the beginning of one option is that of two
  [["--log", "8"], {
    "22.11": "--log-level=8",
    "24.11": "--log: expected one of --log-color, --log-level, --log-timestamp, got '--log'",
    "25.11": "--log: expected one of --log-color, --log-level, --log-timestamp, got '--log'",
  }],
  [["--version"], {
    "22.11": unknown("--version"),
    "24.11": unknown("--version"),
    "25.11": "-v",
  }],
  [["-l", "0@0,1@1"], {
    "22.11": "-l: expected a list of CPUs such as 0-1,3, got '0@0,1@1'",
    "24.11": "-l: expected a list of CPUs such as 0-1,3, got '0@0,1@1'",
    "25.11": "-l 0@0,1@1",
  }],
  [["-R", "-l", "4-5"], {
    "22.11": unknown("-R"),
    "24.11": unknown("-R"),
    "25.11": "--remap-lcore-ids -l 4-5",
  }],
  [["-R=x", "-l", "4-5"], {
    "22.11": unknown("-R"),
    "24.11": unknown("-R"),
    "25.11": "--remap-lcore-ids: expected the first lcore id, got 'x'",
  }],
  [["-R", "--lcores=4@0"], {
    "22.11": unknown("-R"),
    "24.11": unknown("-R"),
    "25.11": "--remap-lcore-ids: cannot be combined with CPUs of one's own choice, --lcores 4@0",
  }],
  [["-c", "1", "--coremask=2"], {
    "22.11": unknown("--coremask"),
    "24.11": unknown("--coremask"),
    "25.11": "-c: cannot be combined with -c",
  }],
  [["--frobnicate"], {
    "22.11": unknown("--frobnicate"),
    "24.11": unknown("--frobnicate"),
    "25.11": unknown("--frobnicate"),
  }],
  [["--log-timestmap"], {
    "22.11": unknown("--log-timestmap"),
    "24.11": unknown("--log-timestmap", "did you mean --log-timestamp?"),
    "25.11": unknown("--log-timestmap", "did you mean --log-timestamp?"),
  }],
  [["--file-prefix=a", "--file-prefix=b", "--log-level=8", "--log-level=lib.eal:7"], {
    "22.11": "--file-prefix=b --log-level=8 --log-level=lib.eal:7",
    "24.11": "--file-prefix=b --log-level=8 --log-level=lib.eal:7",
    "25.11": "--file-prefix=b --log-level=8 --log-level=lib.eal:7",
  }],
];

for (const [args, outcomes] of CASES) {
  for (const [version, expected] of Object.entries(outcomes)) {
    Deno.test(`${version}: ${args.join(" ")}`, () => {
      const table = TABLES[version];
      assert(table);
      assertStrictEquals(outcome(args, table), expected);
      // what EAL gets is read alike once more
      if (!expected.includes("expected")) {
        const ealArgs = expected.split(" ").filter(Boolean);
        if (!expected.includes(": ")) assertStrictEquals(outcome(ealArgs, table), expected);
      }
    });
  }
}

Deno.test("options of 25.11 mean what their old names mean", () => {
  const cases: [now: string[], before: string[], means: keyof EalOptions][] = [
    [["--coremask=0x6"], ["-c", "0x6"], "lcores"],
    [["-l", "4@0,5@1"], ["--lcores=4@0,5@1"], "lcores"],
    [["--lcores=0-1"], ["-l", "0-1"], "lcores"],
    [["-R", "-l", "4-5"], ["--lcores=0@4,1@5"], "lcores"],
    [["--remap-lcore-ids=8", "-l", "5,4"], ["--lcores=8@4,9@5"], "lcores"],
    [["-R8", "--coremask", "30"], ["--lcores=8@4,9@5"], "lcores"],
    [["-R=0x8", "-l200-201"], ["--lcores=8@200,9@201"], "lcores"],
    [["--service-corelist=2-3"], ["-S", "2-3"], "serviceLcores"],
    [["--service-coremask", "c"], ["-s", "c"], "serviceLcores"],
    [["--memory-size=64"], ["-m", "64"], "memoryMib"],
    [["--driver-path=x.so"], ["-d", "x.so"], "hasDevices"],
  ];
  for (const [now, before, means] of cases) {
    assertEquals(
      readEalOptions(now, EAL_25_11)[means],
      readEalOptions(before, EAL_22_11)[means],
      now.join(" "),
    );
  }
  assertStrictEquals(readEalOptions(["-R=4"], EAL_25_11).lcoreBase, 4);
  assertStrictEquals(readEalOptions(["-l0"], EAL_25_11).lcoreBase, undefined);
});

Deno.test("lcores of a process of arm64, which has 256", () => {
  const table = { ...EAL_24_11, lcores: 256 };
  assertEquals([...readEalOptions(["-l", "255"], table).lcores?.keys() ?? []], [255]);
  assertEquals(
    [...lcoresOfOption({ option: "-c", value: "1" + "0".repeat(60) }, undefined, table)]
      .map(([id]) => id),
    [240],
  );
  assertThrows(() => readEalOptions(["-l", "256"], table), Error, "lcores from 0 to 255");
  assertThrows(() => readEalOptions(["-l", "255"], EAL_24_11), Error, "lcores from 0 to 127");
});

/** Before the tests, because the build's folder is held from now on. */
const INSTALLED = ealTable();

/** What `--help` of the installed EAL names, as `--lcores` and `-l`. */
function optionsOfHelp(): Set<string> {
  const program = Deno.makeTempFileSync({ prefix: "denodpdk-test-" });
  try {
    const { success } = runToEndSync("sh", [
      "-c",
      'echo "#include <rte_eal.h>\nint main(int c, char **v) { return rte_eal_init(c, v); }" |' +
      ' gcc $(pkg-config --cflags libdpdk) -x c - $(pkg-config --libs libdpdk) -o "$1"',
      "sh",
      program,
    ]);
    assert(success);
    const { stdout } = runToEndSync(program, ["--help"]);
    const names = stdout
      .matchAll(/^ {1,2}(-\w)?(?:,? +)?(--[\w-]+)?/gm);
    return new Set([...names].flatMap(([, short, long]) => [short ?? [], long ?? []].flat()));
  } finally {
    Deno.removeSync(program);
  }
}

Deno.test("the installed EAL tells as many options as its --help names", () => {
  assert(INSTALLED);
  const told = new Set(INSTALLED.options.flatMap(([letter, name]) => [
    ...letter ? [`-${letter}`] : [],
    ...name ? [`--${name}`] : [],
  ]));
  const named = optionsOfHelp();
  assert(named.size > 40, [...named].join(" "));
  assertEquals([...named.difference(told)], []);
  // the help of 23.11 forgets -S, which that EAL knows
  assertEquals([...told.difference(named)].filter((option) => option !== "-S"), []);
  assert(INSTALLED.lcores >= 128);
});

Deno.test("a running process's options are read with the same table", () => {
  const known = INSTALLED?.options.some(([, name]) => name === "coremask");
  const given = [...scanOptions(["--coremask", "3", "--file-prefix", "x"])];
  assertEquals(given, [
    ...known ? [{ option: "-c", value: "3" }] : [],
    { option: "--file-prefix", value: "x" },
  ]);
});
