/** Imports that reach past a door are found. */

import { assertEquals } from "../../assert.ts";
import { deepImports, misnamed } from "../../../cmd/dev/check/rooms.ts";

const PROGRAMS = "programs import entries, as mod.ts, and cmd/lib";

const CASES: [name: string, path: string, text: string, wrong: string[]][] = [
  [
    "a program takes mod.ts, what programs share and its own",
    "cmd/l2fwd_fork/main.ts",
    `import { Eal } from "../../mod.ts";
     import { run } from "../lib/run.ts";
     import { master } from "./master.ts";`,
    [],
  ],
  [
    "a program reaches into a room",
    "cmd/l2fwd_fork/main.ts",
    `import {\n  Ring,\n} from "../../ffi/ring.ts";\nawait import("../../ffi/host/room.ts");`,
    [`ffi/ring.ts: ${PROGRAMS}`, `ffi/host/room.ts: ${PROGRAMS}`],
  ],
  [
    "a program takes another one's",
    "cmd/demo/main.ts",
    `import { pick } from "../doctor/checks.ts";\nexport * from "../dev/test/files.ts";`,
    [
      "cmd/doctor/checks.ts: programs stand by themselves: what several need is in cmd/lib",
      "cmd/dev/test/files.ts: programs stand by themselves: what several need is in cmd/lib",
    ],
  ],
  [
    "a program uses the harness of the tests",
    "cmd/inspect/main.ts",
    `import { testPrefix } from "../../tests/harness.ts";`,
    ["tests/harness.ts: programs stand by themselves"],
  ],
  [
    "programs of one group share",
    "cmd/client_server_mp/mp_client/main.ts",
    `import { PortInfo } from "../shared/common.ts";`,
    [],
  ],
  [
    "denodpdk starts programs, and takes nothing else of them",
    "cmd/denodpdk/commands.ts",
    `import("../doctor/main.ts");\nimport { pick } from "../doctor/checks.ts";`,
    ["cmd/doctor/checks.ts: programs stand by themselves: what several need is in cmd/lib"],
  ],
  [
    "a project's tool may use what it likes",
    "cmd/dev/bench/main.ts",
    `import { peer } from "../../../tests/harness.ts";`,
    [],
  ],
  [
    "a room looks up",
    "ffi/boundary/native.ts",
    `import type { Eal } from "../eal.ts";\nimport { Packet } from "../mbuf/packet.ts";`,
    [
      "ffi/eal.ts: boundary does not build on objects",
      "ffi/mbuf/packet.ts: boundary does not build on mbuf",
    ],
  ],
  [
    "the typed layer uses a program's",
    "ffi/ring.ts",
    `import { say } from "../cmd/lib/stdout.ts";`,
    ["cmd/lib/stdout.ts: the typed layer stands by itself"],
  ],
];

for (const [name, path, text, wrong] of CASES) {
  Deno.test(`rooms: ${name}`, () => assertEquals(deepImports(path, text), wrong));
}

Deno.test("rooms: what is called a test lies in tests/", () => {
  assertEquals(misnamed("tests/ffi/ring_test.ts"), undefined);
  assertEquals(misnamed("ffi/ring.ts"), undefined);
  const why = "is called a test, and tests are in tests/";
  assertEquals(misnamed("cmd/dev/bench/dpdk_test.ts"), why);
});
