/** How a command of traffic ends whose lcores fail. */

import { fileURLToPath } from "node:url";
import { assertEquals } from "../assert.ts";
import { testPrefix } from "../harness.ts";

const PROGRAM = {
  command: Deno.execPath(),
  args: [
    "run",
    "-A",
    "--no-check",
    fileURLToPath(new URL("./fixtures/lcore_fails.ts", import.meta.url)),
  ],
};

Deno.test("traffic: what an lcore threw is told, also where another lcore takes long to end", async () => {
  await using prefix = testPrefix();
  const eal = prefix.eal({ lcores: "0@0,1@1", extra: ["-m", "32", "--log-level=1"] });
  const program = prefix.spawn("lcore_fails", PROGRAM, eal);
  assertEquals((await program.ended()).code, 1);
  const lines = program.stderr.replace(/^(EAL|TELEMETRY): .*\n/gm, "");
  assertEquals(lines, "lcore_fails: internal error: what an lcore threw\n");
});
