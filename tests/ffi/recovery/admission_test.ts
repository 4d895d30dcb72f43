/** A process gets lcores whose caches have nothing doubtful of a killed one. */

import { assertEquals, assertGreater } from "../../assert.ts";
import { Mempool } from "../../../mod.ts";
import { startMender } from "../../../ffi/recovery/recovery.ts";
import { ealArgs, initTestEal, PREFIX, test } from "../eal.ts";
import { Peer } from "../peer.ts";

const eal = initTestEal("0@0", { drivers: false });
const SIZE = 255;

/** A secondary with lcore 2, and what the cache of that lcore had when it came. */
async function start(): Promise<{ peer: Peer; found: number; cached: number }> {
  const args = ealArgs("2@1", PREFIX, "--proc-type=secondary");
  const peer = new Peer("cache_peer", ["P", "2", ...args]);
  const [found, cached] = [await peer.next<number>(), await peer.next<number>()];
  assertGreater(cached, 0);
  return { peer, found, cached };
}

/** One is killed, and the next one on its lcore comes at once. */
async function killAndReturn(): Promise<{ found: number; cached: number }> {
  await using first = (await start()).peer;
  first.kill("SIGKILL");
  await first.end();
  const { peer, found, cached } = await start();
  await using _second = peer;
  assertEquals((await peer.end()).code, 0);
  return { found, cached };
}

test("where nobody mends, what was in the cache is nowhere, never in two places", async () => {
  using pool = Mempool.create("P", SIZE, 64, { cacheSize: 32 });
  const { found, cached } = await killAndReturn();
  const { lost, strangers } = pool.audit();
  assertEquals([found, lost, strangers], [0, cached, 0]);
});

test("the mender gives back what certainly was there, before the lcore has a process again", async () => {
  using pool = Mempool.create("P", SIZE, 64, { cacheSize: 32 });
  const settled = Promise.withResolvers<number>();
  await using mender = startMender({
    runtimeFolder: eal.runtimeFolder,
    pools: ["P"],
    largestPut: 8,
    say: (line) => settled.reject(new Error(line)),
    onSettled: settled.resolve,
  });
  assertEquals(await mender.settled(), true);
  const { found } = await killAndReturn();
  await settled.promise;
  const { lost, strangers } = pool.audit();
  assertEquals([found, lost, strangers], [0, 8, 0]);
});
