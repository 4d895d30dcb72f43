/** A mender needs a thread, which there may not be. */

import { assertEquals, assertMatch } from "../assert.ts";
import { Cgroup, fixture, testPrefix, whyNoCgroup } from "../harness.ts";

const noPids = whyNoCgroup("pids");

Deno.test({
  name: "a mender that gets no thread is told of, and nobody waits for it" +
    (noPids ? ` (ignored: ${noPids})` : ""),
  ignore: noPids !== undefined,
  async fn() {
    await using prefix = testPrefix();
    await using group = Cgroup.create("pids", prefix.name, { "pids.max": "max" });
    const { command, args } = group.inside(fixture("mender"));
    const primary = prefix.spawn("primary", { command, args }, [prefix.name]);
    await primary.waitFor("ready\n");
    await primary.send("mend");
    await primary.waitFor("settled: true\n");
    assertEquals(primary.stdout, "ready\nsettled: true\n");
    // no more threads than there are
    group.set("pids.max", "1");
    await primary.send("mend");
    await primary.waitFor("settled: true\n", { from: primary.stdout.length });
    assertMatch(primary.stdout, /\nrecovery unavailable: thread of the mender: EAGAIN: .*\n/);
    group.set("pids.max", "max");
    const { code } = await primary.endBy(() => primary.closeStdin());
    assertEquals(code, 0, primary.stderr);
  },
});
