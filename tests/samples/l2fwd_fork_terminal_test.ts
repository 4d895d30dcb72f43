/** l2fwd_fork on a terminal, where Ctrl-C is sent to all that run in its foreground. */

import { assertEquals, assertMatch, assertNotMatch } from "../assert.ts";
import {
  isAlive,
  KEYS,
  L2fwdFork,
  type Prefix,
  program,
  startOnTerminal,
  testPrefix,
} from "../harness.ts";

/** Starts a master with two slaves there. */
function start(prefix: Prefix) {
  const vdevs = ["--vdev=net_null0", "--vdev=net_null1"];
  return startOnTerminal(prefix, "l2fwd_fork", program("l2fwd_fork"), [
    ...prefix.eal({ lcores: "0@0,1@0,2@1", extra: vdevs }),
    ..."-- -p 3 -T 0".split(" "),
  ]);
}

Deno.test("Ctrl-C is for the master, which stops the slaves; status 0", async () => {
  await using prefix = testPrefix();
  const terminal = start(prefix);
  const { process } = terminal;
  const pids = new Map<number, number>();
  for (const slave of [1, 2]) {
    const [, pid] = await process.waitFor(new RegExp(`slave ${slave} \\(pid (\\d+)\\) forwards`));
    pids.set(slave, Number(pid));
  }
  const fork = new L2fwdFork(process, pids);
  for (const slave of pids.keys()) await fork.readyReserve(slave);
  await terminal.type(KEYS.interrupt);
  const { status, before, after } = await terminal.left();
  assertEquals([status, after], [0, before]);
  for (const pid of pids.values()) {
    assertMatch(
      process.stdout,
      new RegExp(`\\(pid ${pid}\\) stopped, [\\d.]+ ms after the command`),
    );
  }
  assertNotMatch(process.stdout, /died|killed/);
  assertMatch(process.stdout, /mbuf_pool_1: \d+ free, \d+ in caches, 0 in queues, 0 lost/);
  assertEquals([...pids.values()].filter(isAlive), []);
  assertEquals(prefix.files(), []);
});

Deno.test("Ctrl-C while the first slaves start up ends all with status 0", async () => {
  await using prefix = testPrefix();
  const terminal = start(prefix);
  await terminal.process.waitFor("slave 2 has pid");
  await terminal.type(KEYS.interrupt);
  const { status, before, after } = await terminal.left();
  assertEquals([status, after], [0, before]);
  // one that has no process group of its own yet may have died of it before the master knew
  assertNotMatch(terminal.process.stdout, /recovered|died: (?!SIGINT)/);
  assertEquals(prefix.files(), []);
});
