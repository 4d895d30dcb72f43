/**
 * The lcores that measure post no message before their end: after the first one V8 asks at each access
 * to a typed array whether its buffer is still there, and the tester's own loops are slower. V8 itself
 * says when that begins.
 */

import { fileURLToPath } from "node:url";
import { assertEquals } from "../assert.ts";
import { testPrefix } from "../harness.ts";

/** What V8 says of a thread that posts its first message. */
const POSTED = "Invalidating protector cell ArrayBufferDetaching";

const TRAFFIC = {
  // what V8 says must come in the order in which it happens
  command: "stdbuf",
  args: [
    "-o0",
    Deno.execPath(),
    "run",
    "-A",
    "--no-check",
    "--v8-flags=--trace-protector-invalidation",
    fileURLToPath(new URL("../../cmd/traffic/main.ts", import.meta.url)),
  ],
};

const SHORT = ["--max", "10kpps", "--trial", "0.1", "--drain", "0.05", "--pause", "0"];

const COMMANDS: [lcores: string, command: string, args: string[]][] = [
  ["0@0,1@1", "ndr", ["--warmup", "0.1", "--sum", "0.2"]],
  ["0@0", "rfc2544", ["--tests", "latency", "--latency", "0.1", "--sizes", "64"]],
];

for (const [lcores, command, args] of COMMANDS) {
  Deno.test(`${command}: no lcore posts a message before its end`, async () => {
    await using prefix = testPrefix();
    const traffic = prefix.spawn(command, TRAFFIC, [
      ...prefix.eal({ lcores, extra: ["-m", "64", "--vdev=net_ring0"] }),
      ...["--", command, ...args, ...SHORT],
    ]);
    assertEquals((await traffic.ended()).code, 0, traffic.stderr);
    const lines = traffic.stdout.trimEnd().split("\n");
    const results = lines.findLastIndex((line) => line !== POSTED);
    const posted = (part: string[]) => part.filter((line) => line === POSTED).length;
    // the main thread posts to each lcore what that has to do
    assertEquals(posted(lines.slice(0, results)), 1, traffic.stdout);
    assertEquals(posted(lines.slice(results)), lcores.split(",").length, traffic.stdout);
  });
}
