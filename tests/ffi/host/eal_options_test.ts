/** EAL's command line: what is understood, and the one line for what is not. */

import {
  argsForSecondary,
  type EalOptions,
  readEalOptions,
} from "../../../ffi/host/eal_options.ts";
import { runtimeRoot } from "../../../ffi/host/machine.ts";
import { DpdkError } from "../../../mod.ts";
import { assertEquals, assertMatch, assertStrictEquals, assertThrows } from "../../assert.ts";
import { EAL_22_11 } from "./eal_tables.ts";

/** As the EAL of 22.11 has its options; eal_table_test.ts has those of others. */
const parseEalOptions = (args: readonly string[]) => readEalOptions(args, EAL_22_11);

/** What parseEalOptions makes of no arguments at all. */
const DEFAULTS: EalOptions = {
  ealArgs: [],
  appArgs: [],
  help: false,
  procType: "primary",
  filePrefix: "rte",
  lcores: undefined,
  lcoreOption: "",
  lcoreBase: undefined,
  serviceLcores: new Set(),
  mainLcore: undefined,
  hasBaseVirtaddr: false,
  hugeDir: undefined,
  vdevs: [],
  hasDevices: false,
  noHuge: false,
  memoryMib: undefined,
  noShconf: false,
  keepsOthersOut: undefined,
};

Deno.test("without arguments everything is as EAL has it", () => {
  assertEquals(parseEalOptions([]), DEFAULTS);
});

const GOOD: [args: string[], means: Partial<EalOptions>][] = [
  [["--proc-type=primary"], {}],
  [["--proc-type=secondary"], { procType: "secondary" }],
  [["--proc-type", "auto"], { procType: "auto" }],
  [["--proc-t=auto"], { procType: "auto" }],
  [["--p", "secondary"], { procType: "secondary" }],
  [["--file-prefix=x"], { filePrefix: "x" }],
  [["--file-prefix", "a b"], { filePrefix: "a b" }],
  [["--fi=x"], { filePrefix: "x" }],
  [["--file-prefix=a", "--file-prefix=b"], { filePrefix: "b" }],
  [["--file-prefix=a=b"], { filePrefix: "a=b" }],
  [["-l", "0"], { lcoreOption: "-l", lcores: new Map([[0, [0]]]) }],
  [["-l0-1"], { lcoreOption: "-l", lcores: new Map([[0, [0]], [1, [1]]]) }],
  [["-c", "0x2"], { lcoreOption: "-c", lcores: new Map([[1, [1]]]) }],
  [["-c2"], { lcoreOption: "-c", lcores: new Map([[1, [1]]]) }],
  [["--lcores=4@0"], { lcoreOption: "--lcores", lcores: new Map([[4, [0]]]) }],
  [["--lc", "4@0"], { lcoreOption: "--lcores", lcores: new Map([[4, [0]]]) }],
  [["--main-lcore=3"], { mainLcore: 3 }],
  [["--main-lcore", "0x3"], { mainLcore: 3 }],
  [
    ["-l", "0-1", "--main-lcore=1"],
    { lcoreOption: "-l", lcores: new Map([[0, [0]], [1, [1]]]), mainLcore: 1 },
  ],
  [["--base-virtaddr=0x100000000"], { hasBaseVirtaddr: true }],
  [["--base", "4294967296"], { hasBaseVirtaddr: true }],
  [["-a", "0000:03:00.0"], { hasDevices: true }],
  [["-a0000:03:00.0", "-a0000:03:00.1"], { hasDevices: true }],
  [["--allow=0000:03:00.0"], { hasDevices: true }],
  [["--vdev=net_null0"], { hasDevices: true, vdevs: ["net_null0"] }],
  [["-S", "2-3"], { serviceLcores: new Set([2, 3]) }],
  [["-s", "0x6"], { serviceLcores: new Set([1, 2]) }],
  [["-d", "librte_net_null.so"], { hasDevices: true }],
  [["-b", "0000:03:00.0"], {}],
  [["--no-huge", "-m", "64"], { noHuge: true, memoryMib: 64, keepsOthersOut: "--no-huge" }],
  [["--no-shconf"], { noShconf: true, keepsOthersOut: "--no-shconf" }],
  [["--in-memory"], { noShconf: true, keepsOthersOut: "--in-memory" }],
  [["-h"], { help: true }],
  [["--help"], { help: true }],
  [["-vh"], { help: true }],
  [["-v", "-n4", "-r", "2", "-m256"], { memoryMib: 256 }],
  [["-vn4"], {}],
  [["--huge-unlink"], { keepsOthersOut: "--huge-unlink" }],
  [["--huge-unlink=never"], {}],
  [["--log-level=8", "--log-level", "lib.eal:debug", "--log-level=lib.*,d", "--log-level=err"], {}],
  [["--huge-dir=/dev/hugepages"], { hugeDir: "/dev/hugepages" }],
  [["--file-prefix=..."], { filePrefix: "..." }],
  [["--socket-mem=64,64", "--socket-limit", "128"], {}],
  [["--iova-mode=va", "--no-pci", "--no-hpet", "--no-telemetry"], {}],
  [["--force-max-simd-bitwidth=512", "--vfio-intr=msix"], {}],
];

for (const [args, means] of GOOD) {
  Deno.test(args.join(" "), () => {
    const { ealArgs, ...read } = parseEalOptions(args);
    const { ealArgs: _none, ...defaults } = DEFAULTS;
    assertEquals(read, { ...defaults, ...means });
    // what EAL gets means the same, and there is one way to write it
    assertEquals(parseEalOptions(ealArgs), { ealArgs, ...defaults, ...means });
  });
}

Deno.test("EAL gets each option in full and once, and lists as they are", () => {
  const cases: [args: string[], ealArgs: string[]][] = [
    [["--no-pci", "--no-p", "--no-pci"], ["--no-pci"]],
    [["--proc=primary"], ["--proc-type=primary"]],
    [["--fi", "a", "--lc=4@0", "--file-p=b"], ["--lcores=4@0", "--file-prefix=b"]],
    [["-vn4", "-n2", "-l0-1"], ["-v", "-n", "2", "-l", "0-1"]],
    [["--huge-unlink", "--huge-unlink=never"], ["--huge-unlink=never"]],
    [
      ["--vdev=net_null0", "-a1:0.0", "--vdev", "net_null1", "--allow=1:0.1", "--log-l=8"],
      ["--vdev=net_null0", "-a", "1:0.0", "--vdev=net_null1", "--allow=1:0.1", "--log-level=8"],
    ],
    [["--log-level=8", "--log-level=lib.eal:debug"], [
      "--log-level=8",
      "--log-level=lib.eal:debug",
    ]],
  ];
  for (const [args, ealArgs] of cases) assertEquals(parseEalOptions(args).ealArgs, ealArgs);
});

Deno.test("what follows the first -- is the program's own, whatever it looks like", () => {
  assertEquals(parseEalOptions(["-l", "1", "--", "-l", "x", "--", "--help", ""]), {
    ...DEFAULTS,
    ealArgs: ["-l", "1"],
    appArgs: ["-l", "x", "--", "--help", ""],
    lcoreOption: "-l",
    lcores: new Map([[1, [1]]]),
  });
  assertEquals(parseEalOptions(["--"]), DEFAULTS);
});

Deno.test("every long option is known by each prefix that only it has", () => {
  for (const prefix of ["--bl", "--blo", "--bloc", "--block"]) {
    assertEquals(parseEalOptions([prefix, "0000:03:00.0"]).hasDevices, false);
  }
  for (const prefix of ["--b", "--h", "--no", "--huge", "--socket", "--trace-", "--m", "--l"]) {
    const { message } = assertThrows(() => parseEalOptions([`${prefix}=x`]), DpdkError);
    assertMatch(message, RegExp(`^${prefix}: expected one of --\\S+, --.*, got '${prefix}'$`));
  }
  // an option that is a prefix of another is itself
  assertEquals(parseEalOptions(["--telemetry", "--trace=."]).ealArgs.length, 2);
});

const BAD: [args: string[], message: string | RegExp][] = [
  [
    ["--frobnicate"],
    "--frobnicate: expected an option of EAL, got '--frobnicate' (the program's own options follow " +
    "after --)",
  ],
  [["--frobnicate=1"], /^--frobnicate: expected an option of EAL, got '--frobnicate' /],
  [
    ["--proc-typ3=primary"],
    "--proc-typ3: expected an option of EAL, got '--proc-typ3' (did you mean --proc-type?)",
  ],
  [["--lcore5=0@0"], /\(did you mean --lcores\?\)$/],
  [["--flie-prefix=x"], /\(did you mean --file-prefix\?\)$/],
  [["--=x"], /^--: expected an option of EAL/],
  [["-Z"], /^-Z: expected an option of EAL, got '-Z' \(.*after --\)$/],
  [["-vZ"], /^-Z: expected an option of EAL/],
  [
    ["stray"],
    "'stray': expected an option, got 'stray' (EAL's options come first, the program's own after --)",
  ],
  [["-v", ""], /^'': expected an option, got ''/],
  [["-"], /^'-': expected an option, got '-'/],
  [["--no-pci=1"], "--no-pci: expected no value, got '1'"],
  [["--no-p="], "--no-pci: expected no value, got ''"],
  [["--proc-type"], "--proc-type: expected primary, secondary or auto, got nothing"],
  [["--proc-type="], "--proc-type: expected primary, secondary or auto, got ''"],
  [["--proc-type=Primary"], "--proc-type: expected primary, secondary or auto, got 'Primary'"],
  [["--proc-type", "--no-pci"], /^--proc-type: expected .* got '--no-pci'$/],
  [["--proc-type", "--", "primary"], /^--proc-type: expected .* got nothing$/],
  [
    ["--file-prefix"],
    "--file-prefix: expected a name without '/' and '%', got nothing",
  ],
  [
    ["--file-prefix="],
    "--file-prefix: expected a name without '/' and '%', got ''",
  ],
  [
    ["--file-prefix=../x"],
    "--file-prefix: expected a name without '/' and '%', got '../x'",
  ],
  [["--file-prefix=.."], /^--file-prefix: expected a name .* got '\.\.'$/],
  [["--file-prefix=."], /^--file-prefix: expected a name/],
  [
    ["--file-prefix", "x".repeat(99)],
    /^--file-prefix: expected a name of up to \d\d bytes, got 'x{99}' of 99$/,
  ],
  [["--file-prefix=50%"], /^--file-prefix: expected a name/],
  [["-l"], "-l: expected a list of CPUs such as 0-1,3, got nothing"],
  [["-l", ""], /^-l: expected a list of CPUs such as 0-1,3/],
  [["-l", "0-"], "-l: expected a list of CPUs such as 0-1,3, got '0-'"],
  [["-l", "200"], "-l: expected lcores from 0 to 127, got '200'"],
  [["-l", "1-0"], "-l: expected a list of CPUs such as 0-1,3, low to high, got '1-0'"],
  [["-S", "1-0"], "-S: expected a list of service cores such as 2-3, low to high, got '1-0'"],
  [["-s", "0"], "-s: expected a hexadecimal mask of service cores such as 0x3, got '0'"],
  [["-c", "0"], "-c: expected a hexadecimal mask of CPUs such as 0x3, got '0'"],
  [["--lcores=0@"], "--lcores: expected lcores at CPUs such as 2@0,3@1, got '0@'"],
  [["--lcores"], "--lcores: expected lcores at CPUs such as 2@0,3@1, got nothing"],
  [["-m", "lots"], "-m: expected megabytes of memory, a number from 1, got 'lots'"],
  [["-m0"], "-m: expected megabytes of memory, a number from 1, got '0'"],
  [["-m", "-5"], /^-m: expected megabytes/],
  [["-n", "0"], "-n: expected memory channels, a number from 1, got '0'"],
  [["-n"], "-n: expected memory channels, a number from 1, got nothing"],
  [["-r", "17"], "-r: expected memory ranks, a number from 1 to 16, got '17'"],
  [["-s", "zz"], "-s: expected a hexadecimal mask of service cores such as 0x3, got 'zz'"],
  [["-S", "2-"], "-S: expected a list of service cores such as 2-3, got '2-'"],
  [["-a"], "-a: expected a device such as 0000:03:00.0, got nothing"],
  [["--vdev"], "--vdev: expected a virtual device such as net_null0, got nothing"],
  [["--base-virtaddr=here"], /^--base-virtaddr: expected an address such as 0x500000000000, got/],
  [["--main-lcore=one"], "--main-lcore: expected an lcore id, got 'one'"],
  [["--main-lcore=-1"], "--main-lcore: expected an lcore id, got '-1'"],
  [["-l0", "--main-lcore=1"], "--main-lcore: expected one of the enabled lcores, got '1'"],
  [["--socket-mem=1,"], "--socket-mem: expected megabytes a NUMA node such as 1024,1024, got '1,'"],
  [["--iova-mode=auto"], "--iova-mode: expected pa or va, got 'auto'"],
  [
    ["--force-max-simd-bitwidth=100"],
    /^--force-max-simd-bitwidth: expected 0, 64, 128, 256 or 512/,
  ],
  [
    ["--log-level=loud"],
    "--log-level: expected a level (8) or type:level (lib.eal:debug), got 'loud'",
  ],
  [["--log-level=0"], /^--log-level: expected a level/],
  [["--log-level=lib.eal:"], /^--log-level: expected a level/],
  [["--log-level=lib.*,debugging"], /^--log-level: expected a level/],
  [["--trace-mode=x"], "--trace-mode: expected overwrite or discard, got 'x'"],
  [["--vfio-intr=none"], "--vfio-intr: expected legacy, msi or msix, got 'none'"],
  [["-l0", "-c1"], "-c: cannot be combined with -l"],
  [["-l0", "--lcores=1"], "--lcores: cannot be combined with -l"],
  [["-l0", "-l1"], "-l: cannot be combined with -l"],
  [["-a", "x", "-b", "y"], "-a: cannot be combined with -b"],
  [["--block=x", "-a", "y"], "-a: cannot be combined with --block"],
  [["-m64", "--socket-mem=64"], "-m: cannot be combined with --socket-mem"],
  [["--socket-mem=64", "--no-huge"], "--no-huge: cannot be combined with --socket-mem"],
  [["--in-memory", "--proc-type=secondary"], /^--in-memory: cannot be combined with --proc-type/],
  [["--huge-unlink=no"], "--huge-unlink: expected existing, always or never, got 'no'"],
  [["--in-memory", "--legacy-mem"], "--legacy-mem: cannot be combined with --in-memory"],
];

for (const [args, expected] of BAD) {
  Deno.test(`refused: ${args.join(" ")}`, () => {
    const error = assertThrows(() => parseEalOptions(args), DpdkError);
    assertMatch(error.message, /^[^\n]+$/);
    if (typeof expected === "string") assertStrictEquals(error.message, expected);
    else assertMatch(error.message, expected);
  });
}

Deno.test("a secondary of the same devices gets the arguments that say which these are", () => {
  const args = ["-l", "0-2", "--file-p", "x", "-a01:00.0,a=1", "--vdev=net_null0", "--no-pci"];
  const rest = ["-d", "my.so", "-m64", "--proc-type=primary", "--log-level", "8", "--", "-p", "3"];
  assertEquals(argsForSecondary([...args, ...rest], EAL_22_11), [
    "--file-prefix=x",
    "-a",
    "01:00.0,a=1",
    "--no-pci",
    "-d",
    "my.so",
    "--log-level=8",
  ]);
  assertEquals(argsForSecondary([], EAL_22_11), []);
});

Deno.test("a file prefix's limit is that of its sockets' paths, in bytes", () => {
  const room = 107 - `${runtimeRoot()}//mp_socket_4194304_fffffffffffffff`.length;
  const two = "é".repeat(Math.floor(room / 2));
  for (const prefix of ["x".repeat(room), two]) {
    assertStrictEquals(parseEalOptions([`--file-prefix=${prefix}`]).filePrefix, prefix);
  }
  for (const prefix of ["x".repeat(room + 1), `${two}é`]) {
    const { message } = assertThrows(
      () => parseEalOptions([`--file-prefix=${prefix}`]),
      DpdkError,
    );
    const length = new TextEncoder().encode(prefix).length;
    assertStrictEquals(
      message,
      `--file-prefix: expected a name of up to ${room} bytes, got '${prefix}' of ${length}`,
    );
  }
});
