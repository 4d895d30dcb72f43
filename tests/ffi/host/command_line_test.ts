/** Command lines of processes, and the lcores that they ask for. */

import { ealWords, programName } from "../../../ffi/host/command_line.ts";
import { lcoresOfArgs } from "../../../ffi/host/process_lcores.ts";
import { assertEquals, assertStrictEquals } from "../../assert.ts";

const words = (text: string) => text.split(" ").filter(Boolean);

const LINES: [line: string, program: string, ealWords: string][] = [
  ["/usr/bin/symmetric_mp -l 0-1 --no-pci -- -p 3", "symmetric_mp", "-l 0-1 --no-pci"],
  ["./mp_client", "mp_client", ""],
  ["./mp_client --", "mp_client", ""],
  ["deno run -A main.ts -l 0 -- -p 3", "main", "-l 0"],
  ["deno run -A cmd/simple_mp/main.ts -l 0", "simple_mp", "-l 0"],
  ["deno run -A ./rates.ts", "rates", ""],
  ["deno run -c deno.json main.ts --lcores=0@0", "main", "--lcores=0@0"],
  ["deno run --config deno.json -L debug main.ts -l 0", "main", "-l 0"],
  ["deno run --config=deno.json --preload a.ts main.ts -l 0", "main", "-l 0"],
  ["deno -A main.ts -c 3", "main", "-c 3"],
  ["deno run -A npm:thing -c 3", "npm:thing", "-c 3"],
  ["deno run -A run -c 3", "run", "-c 3"],
  ["/opt/deno-2.7/deno run -c deno.json", "deno", ""],
  ["deno", "deno", ""],
  ["deno test -A a_test.ts -- -l 0 -- -p 3", "a_test", "-l 0"],
  ["deno test -A a_test.ts", "a_test", ""],
  // all programs in one file
  ["/usr/bin/denodpdk symmetric_mp -l 0-1 --no-pci -- -p 3", "symmetric_mp", "-l 0-1 --no-pci"],
  ["./denodpdk-0.2.0 simple_mp -c 3", "simple_mp", "-c 3"],
  ["./denodpdk_0.2.0_amd64 simple_mp -c 3", "simple_mp", "-c 3"],
  ["denodpdk inspect --json", "inspect", "--json"],
  ["denodpdk", "denodpdk", ""],
  ["./simple_mp -c 3", "simple_mp", "-c 3"],
  ["/usr/bin/denodpdk-simple_mp -c 3", "denodpdk-simple_mp", "-c 3"],
  ["denodpdk run my/rates.ts -l 0 -- -p 3", "rates", "-l 0"],
  ["denodpdk run --allow-net --allow-env rates.js -c 3", "rates", "-c 3"],
  ["deno run -A cmd/denodpdk/main.ts simple_mp -l 0 -- -p 3", "simple_mp", "-l 0"],
  ["deno run -A cmd/denodpdk/main.ts run my/rates.ts -l 0", "rates", "-l 0"],
  // somebody's own
  ["deno run -A /home/denodpdk/main.ts -l 0 x", "denodpdk", "-l 0 x"],
  ["deno run -A cmd/denodpdk/main.ts", "denodpdk", ""],
  ["denodpdk run --allow-net", "run", "--allow-net"],
];

for (const [line, program, eal] of LINES) {
  Deno.test(line, () => {
    assertStrictEquals(programName(words(line)), program);
    assertEquals(ealWords(words(line)), words(eal));
  });
}

const ASKED: [args: string, lcores: number[] | undefined][] = [
  ["", undefined],
  ["--no-pci --file-prefix=x", undefined],
  ["-l 0-1,3", [0, 1, 3]],
  ["-l0-1", [0, 1]],
  ["-c 0x5", [0, 2]],
  ["-c5", [0, 2]],
  ["-vc5", [0, 2]],
  ["--lcores=4@0,5@1", [4, 5]],
  ["--lcores 4@0", [4]],
  ["--lc=4@0", [4]],
  ["--l 4@0", undefined], // ambiguous: EAL would not have started
  ["-n 4 -l 2 --main-lcore=2", [2]],
  ["-l 0-3 -S 2-3", [0, 1, 2, 3]],
  ["-S 4-5 -l 0", [0, 4, 5]],
  ["-s 0x30 -l 0", [0, 4, 5]],
  ["-S 4", undefined],
  // values that look like options are values
  ["--file-prefix -l -m 64", undefined],
  ["--vdev=net_null0 -l 7", [7]],
  // what is no option of EAL's, or not right, is passed over
  ["stray --mine -l 3", [3]],
  ["-Zl 3", undefined],
  ["-l nonsense", undefined],
];

for (const [args, lcores] of ASKED) {
  Deno.test(`lcores of '${args}'`, () => {
    const asked = lcoresOfArgs(words(args));
    assertEquals(asked && [...asked].sort((a, b) => a - b), lcores);
  });
}
