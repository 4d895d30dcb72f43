/** The primary's packets in another process: pools of many chunks, packets of many segments. */

import {
  createPktmbufPool,
  Memzone,
  Objects,
  OldPacketMemory,
  pktmbufAllocBulk,
  pktmbufFreeBulk,
  Ring,
} from "../../../mod.ts";
import { assert, assertEquals, assertGreater } from "../../assert.ts";
import { ealArgs, initTestEal, PREFIX, test } from "../eal.ts";
import { ask } from "../peer.ts";
import { chunkCount } from "../ports.ts";

initTestEal("0@0");

const COUNT = 8_000;

test("a secondary reads and writes packets wherever in the pool they lie", async () => {
  // 18 MiB; packets come from all over it
  using pool = createPktmbufPool("P", COUNT);
  using there = Ring.create("THERE", 8192);
  using back = Ring.create("BACK", 8192);
  using memory = OldPacketMemory.of(pool);
  const objs = new Objects(COUNT);
  assert(pktmbufAllocBulk(pool, objs, COUNT));
  // every eighth packet takes the next three behind itself
  const heads = new Objects(COUNT);
  let packets = 0;
  for (let i = 0; i < COUNT;) {
    const head = memory.packet(objs, i);
    head.write(new Uint8Array(Uint32Array.of(packets, 0).buffer));
    heads.slots[packets++] = objs.slots[i++] ?? 0;
    if (packets % 8 !== 0) continue;
    for (let tail = 0; tail < 3 && i < COUNT; tail++, i++) {
      const segment = memory.packet(objs, i);
      segment.write(new Uint8Array(100 + tail));
      head.chain(segment);
    }
  }
  assertEquals(there.enqueueBurst(heads, packets), packets);
  const said = await ask("packets_secondary", ealArgs("1@1", PREFIX, "--proc-type=secondary"));
  assertEquals(said, { packets, segments: COUNT, wrong: 0, outside: 0, left: 0 });
  const got = new Objects(COUNT);
  assertEquals(back.dequeueBurst(got, COUNT), packets);
  assertEquals(got.addresses.subarray(0, packets), heads.addresses.subarray(0, packets));
  for (let i = 0; i < packets; i++) {
    const { data } = memory.packet(got, i);
    assertEquals(new DataView(data.buffer, data.byteOffset).getUint32(0, true), ~i >>> 0);
  }
  pktmbufFreeBulk(got, packets);
  assertEquals(pool.inUseCount, 0);
  const physical = Memzone.list().some(({ address, iova }) => address !== iova);
  if (physical) assertGreater(chunkCount("P"), 1);
});
