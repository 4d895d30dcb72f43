/** The primary's packets in another process: pools of many chunks, packets of many segments. */

import { Burst, createPktmbufPool, Memzone, Ring } from "../../../mod.ts";
import { assertEquals, assertGreater } from "../../assert.ts";
import { ealArgs, initTestEal, PREFIX, test } from "../eal.ts";
import { chunkCount } from "../packets.ts";
import { ask } from "../peer.ts";

initTestEal("0@0");

const COUNT = 8_000;

test("a secondary reads and writes packets wherever in the pool they lie", async () => {
  // 18 MiB; packets come from all over it
  using pool = createPktmbufPool("P", COUNT);
  using there = Ring.create("THERE", 8192);
  using back = Ring.create("BACK", 8192);
  using all = new Burst(COUNT);
  assertEquals(pool.getBulk(all), COUNT);
  // every eighth packet takes the next three behind itself
  let packets = 0;
  const fresh = [...all];
  for (let i = 0; i < COUNT;) {
    const head = fresh[i++];
    head?.write(new Uint8Array(Uint32Array.of(packets++, 0).buffer));
    if (packets % 8 !== 0) continue;
    for (const segment of fresh.slice(i, i + 3)) {
      segment.write(new Uint8Array(100 + i % 3));
      head?.chain(segment);
      i++;
    }
  }
  assertEquals(all.count, packets);
  const offsets = all.offsets.slice(0, packets);
  assertEquals(there.enqueueBurst(all), packets);
  const said = await ask("packets_secondary", ealArgs("1@1", PREFIX, "--proc-type=secondary"));
  assertEquals(said, { packets, segments: COUNT, wrong: 0, outside: 0, left: 0 });
  assertEquals(back.dequeueBurst(all), packets);
  assertEquals(all.offsets.subarray(0, packets), offsets);
  offsets.forEach((offset, i) => assertEquals(all.view.getUint32(offset, true), ~i >>> 0));
  all.clear();
  assertEquals(pool.inUseCount, 0);
  const physical = Memzone.list().some(({ address, iova }) => address !== iova);
  if (physical) assertGreater(chunkCount("P"), 1);
});
