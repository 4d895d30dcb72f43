/** A primary that ends while others forward on, and comes back as a secondary. */

import { assertEquals, assertGreater, assertMatch, assertStringIncludes } from "../assert.ts";
import { type Prefix, program, testPrefix, type TestProcess } from "../harness.ts";
import { endSymmetricMp, QueueWatcher, startSymmetricMp } from "../traffic/symmetric_mp.ts";

const PORTS = ["net_null0", "net_null1"];

/** Starts a process of three, whatever comes of it. */
function start(prefix: Prefix, type: "primary" | "secondary", id: number): TestProcess {
  return prefix.spawn(`${type} with id ${id}`, program("symmetric_mp"), [
    ...prefix.eal({ type, lcores: "0@0" }),
    ..."-- -p 3 --num-procs=3".split(" "),
    `--proc-id=${id}`,
  ]);
}

/** The line by which one was refused. */
async function refusal(process: TestProcess): Promise<string> {
  const { code } = await process.ended();
  assertEquals(code, 1, process.stdout + process.stderr);
  return process.stderr.match(/^symmetric_mp: .*$/m)?.[0] ?? process.stderr;
}

for (const signal of ["SIGKILL", "SIGINT"] as const) {
  Deno.test(`${signal} of the primary: two forward on, and it returns as a secondary`, async () => {
    await using prefix = testPrefix();
    const [primary, ...others] = await startSymmetricMp(prefix, ["ts", "ts", "ts"], PORTS);
    await primary?.endBy(() => primary.kill(signal));
    assertEquals(primary?.stdout.includes("The ports stay open for"), signal === "SIGINT");
    const watcher = new QueueWatcher(prefix, PORTS);
    const [asPrimary, asAnother] = await Promise.all([
      refusal(start(prefix, "primary", 0)),
      refusal(start(prefix, "secondary", 1)),
      watcher.untilCounting(1, 2),
    ]);
    assertMatch(asPrimary, /lives on with .* ended primary of .*--proc-type=secondary joins/);
    assertStringIncludes(asAnother, `process ${others[0]?.pid} has it`);

    const returned = start(prefix, "secondary", 0);
    await returned.waitFor("ports net_null0, net_null1 as it left them");
    await returned.waitFor("using queue 0 of each port");
    await watcher.untilCounting(0, 1, 2);
    await watcher.end();
    for (const process of [returned, ...others]) {
      const counts = await endSymmetricMp(process);
      assertEquals(counts.map(({ drop }) => drop), [0, 0]);
      for (const { rx, tx } of counts) assertGreater(Math.min(rx, tx), 0);
    }
    assertEquals(prefix.files(), [], "files after the last process");
    const late = await refusal(start(prefix, "secondary", 0));
    assertMatch(late, /no primary process with file prefix/);
  });
}
