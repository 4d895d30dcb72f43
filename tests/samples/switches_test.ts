/** What reaches into DPDK's private state can be turned off, and says so where something is missing. */

import { assertEquals, assertMatch } from "../assert.ts";
import {
  argsOf,
  program,
  startL2fwdFork,
  startMpClient,
  startMpServer,
  startSimpleMp,
  testPrefix,
} from "../harness.ts";

const OFF = "it is turned off by";

Deno.test("mp_server and its client without recovery: said by both, and packets go on", async () => {
  await using prefix = testPrefix();
  const env = { DENODPDK_RECOVERY: "off" };
  const server = await startMpServer(prefix, { env });
  const client = await startMpClient(prefix, { id: 0, env });
  await server.process.waitFor(`recovery unavailable: ${OFF} DENODPDK_RECOVERY`);
  await client.waitFor(`recovery unavailable: ${OFF} DENODPDK_RECOVERY`);
  await server.process.waitFor(/Client 0 rx [1-9]\d* .* tx [1-9]/);
  assertEquals((await client.endBy(() => client.kill("SIGINT"))).code, 0);
  assertEquals((await server.process.endBy(() => server.process.kill("SIGINT"))).code, 0);
  assertEquals(prefix.files(), []);
});

Deno.test("l2fwd_fork without care for EAL's locks: said, and slaves are replaced", async () => {
  await using prefix = testPrefix();
  const fork = await startL2fwdFork(prefix, { env: { DENODPDK_LOCKS: "off" } });
  await fork.process.waitFor(`recovery of EAL's locks unavailable: ${OFF} DENODPDK_LOCKS`);
  const [slave = 0] = fork.pids.values();
  Deno.kill(slave, "SIGKILL");
  await fork.process.waitUntil(() => ![...fork.pids.values()].includes(slave), "another slave");
  // one that is ended in its start may hold a lock, and nobody forgets that here
  for (const lcore of fork.pids.keys()) await fork.readyReserve(lcore);
  assertEquals((await fork.process.endBy(() => fork.process.kill("SIGINT"))).code, 0);
  assertEquals(prefix.files(), []);
});

Deno.test("the order of mempool operations off: a pool whose index means another one is refused", async () => {
  await using prefix = testPrefix();
  // the system's DPDK has other operations first than the small library of simple_mp
  const primary = await startSimpleMp(prefix, { maker: "c", type: "primary", lcores: "0@0,1@1" });
  const args = prefix.eal({ type: "secondary", lcores: "2@0,3@1" });
  const env = { DENODPDK_POOL_OPS: "off" };
  const refused = prefix.spawn("refused", program("simple_mp"), args, { env });
  assertEquals((await refused.ended()).code, 1);
  assertMatch(refused.stderr, /^simple_mp: rte_mempool_lookup\(MSG_POOL\): EPROTO: its creator's/m);
  const taken = prefix.spawn("taken", program("simple_mp"), args);
  await taken.waitFor(/Starting core \d+\n/);
  await taken.send("send word");
  await primary.process.waitFor("Received 'word'");
  await taken.send("quit");
  assertEquals((await taken.ended()).code, 0);
  assertEquals((await primary.quit()).code, 0);
});

Deno.test("two simple_mp with all of it off start and end as ever", async () => {
  await using prefix = testPrefix();
  const env = Object.fromEntries(
    "CAPTURE CPU_SCAN HANGUP LEAVE LOCKS PCAP POOL_OPS RECOVERY TSC".split(" ")
      .map((part) => [`DENODPDK_${part}`, "off"]),
  );
  const start = async (name: string, args: string[]) => {
    const process = prefix.spawn(name, program("simple_mp"), args, { env });
    await process.waitFor(/Starting core \d+\n/);
    return process;
  };
  const first = await start("primary", argsOf(prefix, "simple_mp"));
  const second = await start("secondary", prefix.eal({ type: "secondary", lcores: "2@0,3@1" }));
  await second.send("send word");
  await first.waitFor("Received 'word'");
  for (const process of [second, first]) {
    await process.send("quit");
    assertEquals((await process.ended()).code, 0);
  }
  assertEquals(prefix.files(), []);
});
