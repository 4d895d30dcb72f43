/** Buffered transmit: nothing leaves before its time, and nothing is lost. */

import {
  createPktmbufPool,
  DpdkError,
  EthDev,
  type Mempool,
  Objects,
  pktmbufFreeBulk,
  TxBuffer,
} from "../../../mod.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "../../assert.ts";
import { initTestEal, test } from "../eal.ts";
import { startPort, textPackets } from "../ports.ts";

const eal = initTestEal("0@0", {}, "--vdev=net_ring0");

/** A started port whose ring holds 1023, and packets to fill it. */
function withRing(work: (dev: EthDev, pool: Mempool) => void): void {
  using pool = createPktmbufPool("P", 2047);
  const dev = EthDev.of(0);
  startPort(dev, pool);
  try {
    work(dev, pool);
  } finally {
    dev.stop();
  }
  assertStrictEquals(pool.inUseCount, 0);
}

function packets(pool: Mempool, count: number): Objects {
  return textPackets(pool, ...Array.from({ length: count }, (_, i) => `${i}`));
}

/** Takes all that arrived; returns the addresses. */
function receive(dev: EthDev): bigint[] {
  const objs = new Objects(2048);
  const n = dev.rxBurst(0, objs, 2048);
  pktmbufFreeBulk(objs, n);
  return [...objs.addresses.subarray(0, n)];
}

test("packets leave when the buffer is full, in order, and the rest with a flush", () => {
  withRing((dev, pool) => {
    const buffer = new TxBuffer(dev, 0, 8);
    const objs = packets(pool, 30);
    assertEquals([buffer.add(objs, 5), buffer.pending], [0, 5]);
    assertEquals([buffer.add(objs, 2, 5), buffer.pending], [0, 7]);
    assertEquals(receive(dev), []);
    // one more fills it
    assertEquals([buffer.add(objs, 1, 7), buffer.pending], [8, 0]);
    // several times full in one call
    assertEquals([buffer.add(objs, 20, 8), buffer.pending], [16, 4]);
    assertEquals([buffer.add(objs, 2, 28), buffer.add(objs, 0), buffer.pending], [0, 0, 6]);
    assertEquals([buffer.flush(), buffer.flush(), buffer.pending], [6, 0, 0]);
    assertEquals(receive(dev), [...objs.addresses]);
    assertStrictEquals(buffer.dropped, 0);
  });
});

test("what the device does not take is freed and counted", () => {
  withRing((dev, pool) => {
    const buffer = new TxBuffer(dev, 0, 32);
    const objs = packets(pool, 1100);
    const sent = buffer.add(objs, 1100);
    assertEquals([sent, buffer.pending], [1023, 1100 % 32]);
    assertStrictEquals(buffer.flush(), 0);
    assertEquals([buffer.dropped, pool.inUseCount], [77, 1023]);
    assertStrictEquals(receive(dev).length, 1023);
  });
});

test("what cannot be is refused before C sees it", () => {
  withRing((dev) => {
    assertThrows(() => new TxBuffer(dev, 1), RangeError, "1 tx queues");
    for (const size of [0, -1, 1.5, 65_536]) {
      assertThrows(() => new TxBuffer(dev, 0, size), RangeError, "size");
    }
    const buffer = new TxBuffer(dev, 0);
    assertStrictEquals(buffer.size, 32);
    const objs = new Objects(4);
    for (const count of [5, -1, 0.5, NaN]) {
      assertThrows(() => buffer.add(objs, count), RangeError);
      assertThrows(() => buffer.add(objs, 1, count), RangeError);
    }
    assertStrictEquals(buffer.pending, 0);
  });
});

test("after EAL's end a buffer sends nothing", () => {
  using pool = createPktmbufPool("P", 63);
  const dev = EthDev.of(0);
  startPort(dev, pool);
  const buffer = new TxBuffer(dev, 0);
  dev.stop();
  eal[Symbol.dispose]();
  assertThrows(() => buffer.add(new Objects(1), 1), DpdkError, "disposal");
  assertThrows(() => buffer.flush(), DpdkError, "disposal");
});
