/** Loops over bursts make no garbage: a collection would stop a polling lcore for a millisecond. */

import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertGreater, assertLessOrEqual } from "../../assert.ts";
import { ealArgs, PREFIX } from "../eal.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";

/** Collections that a loop of 200,000 turns may see, for what V8 does by itself. */
const MOST = 1;

const LOOPS = 7;

Deno.test("no loop over bursts makes garbage", async () => {
  const script = fileURLToPath(new URL("../fixtures/hot_loops.ts", import.meta.url));
  const { success, stdout, stderr } = await runToEnd(Deno.execPath(), [
    "run",
    "-A",
    "--no-check",
    "--v8-flags=--trace-gc",
    script,
    ...ealArgs("0@0", PREFIX, "--vdev=net_null0", "--vdev=net_null1", "--log-level=1"),
  ], { env: { NO_COLOR: "1" } });
  const text = stdout;
  assert(success, stderr);
  const loops = [...text.matchAll(/^begin (.*)\n([^]*?)^end (\d+)$/gm)];
  assertEquals(loops.length, LOOPS, text);
  for (const [, name = "", between = "", packets] of loops) {
    assertGreater(Number(packets), 100_000, name);
    const collections = between.split("\n").filter((line) => /Scavenge|Mark-Compact/.test(line));
    assertLessOrEqual(collections.length, MOST, `${name}:\n${collections.join("\n")}`);
  }
});
