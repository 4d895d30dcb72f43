/** Several bursts in one call: what is decided leaves, what is not stays, and nothing is lost. */

import {
  BurstExchange,
  createPktmbufPool,
  DpdkError,
  EthDev,
  FREE,
  type Mempool,
  Objects,
  OldPacketMemory,
  PacketBurst,
  pktmbufFreeBulk,
  TxBuffer,
  UNDECIDED,
} from "../../../mod.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "../../assert.ts";
import { initTestEal, test } from "../eal.ts";
import { startPort, textPackets } from "../ports.ts";

const eal = initTestEal("0@0", {}, "--vdev=net_ring0", "--vdev=net_ring1");

/** Two ports whose rings hold 1023 each: what is sent to one comes from it. */
function withPorts(work: (devs: [EthDev, EthDev], pool: Mempool) => void): void {
  using pool = createPktmbufPool("P", 4095);
  const devs: [EthDev, EthDev] = [EthDev.of(0), EthDev.of(1)];
  for (const dev of devs) startPort(dev, pool);
  try {
    work(devs, pool);
    for (const dev of devs) receive(dev);
  } finally {
    for (const dev of devs) dev.stop();
  }
  assertStrictEquals(pool.inUseCount, 0);
}

/** Puts packets with these texts into a port's ring. */
function inject(dev: EthDev, pool: Mempool, ...texts: string[]): bigint[] {
  const objs = textPackets(pool, ...texts);
  assertStrictEquals(dev.txBurst(0, objs, texts.length), texts.length);
  return [...objs.addresses];
}

/** Takes all that is in a port's ring; returns the addresses. */
function receive(dev: EthDev): bigint[] {
  const objs = new Objects(2048);
  const n = dev.rxBurst(0, objs, 2048);
  pktmbufFreeBulk(objs, n);
  return [...objs.addresses.subarray(0, n)];
}

function exchangeOf(devs: readonly EthDev[], burst = 4): BurstExchange {
  const ends = devs.map((dev) => ({ dev, queue: 0 }));
  return new BurstExchange(ends.map((end) => ({ ...end, burst: new Objects(burst) })), ends);
}

test("each burst goes where the loop says, and only then", () => {
  withPorts(([a, b], pool) => {
    const exchange = exchangeOf([a, b]);
    const { counts, to } = exchange;
    assertStrictEquals(exchange.turn(), 0);
    const packets = inject(a, pool, "1", "2", "3");
    assertStrictEquals(exchange.turn(), 3);
    assertEquals([...counts, ...to], [3, 0, UNDECIDED, UNDECIDED]);
    // nothing is decided: the burst stays, however often it is asked
    assertEquals([exchange.turn(), exchange.turn(), exchange.sent(0), exchange.sent(1)], [
      3,
      3,
      0,
      0,
    ]);
    assertEquals(receive(b), []);
    to[0] = 1;
    // it leaves by b, from whose ring it comes again
    assertStrictEquals(exchange.turn(), 3);
    assertEquals([...counts, ...to], [0, 3, UNDECIDED, UNDECIDED]);
    to[1] = 1;
    exchange.send();
    assertEquals([...counts], [0, 0]);
    assertEquals(receive(b), packets);
    assertEquals([exchange.received(0), exchange.received(1)], [3, 3]);
    assertEquals([exchange.sent(0), exchange.sent(1)], [0, 6]);
  });
});

test("a burst that is freed, or part of it, goes back to its pool", () => {
  withPorts(([a, b], pool) => {
    const objs = new Objects(4);
    const exchange = new BurstExchange([{ dev: a, queue: 0, burst: objs }], [{ dev: b, queue: 0 }]);
    const [first] = inject(a, pool, "1", "2", "3", "4", "5", "6", "7");
    assertStrictEquals(exchange.turn(), 4);
    // the loop keeps the first one alone
    pktmbufFreeBulk(objs, 3, 1);
    exchange.counts[0] = 1;
    exchange.to[0] = 0;
    assertStrictEquals(exchange.turn(), 3);
    assertStrictEquals(pool.inUseCount, 4);
    exchange.to[0] = FREE;
    assertStrictEquals(exchange.turn(), 0);
    assertEquals(receive(b), [first]);
    assertEquals([exchange.sent(0), exchange.dropped(0)], [1, 0]);
  });
});

test("what a port does not take is freed and counted", () => {
  withPorts(([a, b], pool) => {
    const texts = Array.from({ length: 1000 }, (_, i) => `${i}`);
    inject(b, pool, ...texts);
    inject(a, pool, ...texts.slice(0, 64));
    const exchange = new BurstExchange(
      [{ dev: a, queue: 0, burst: new Objects(32) }],
      [{ dev: b, queue: 0 }],
    );
    while (exchange.turn() > 0) exchange.to[0] = 0;
    assertEquals([exchange.received(0), exchange.sent(0), exchange.dropped(0)], [64, 23, 41]);
    assertStrictEquals(pool.inUseCount, 1023);
  });
});

test("with a transmit buffer packets wait for a flush, and a burst tells where they lie", () => {
  withPorts(([a, b], pool) => {
    using memory = OldPacketMemory.of(pool);
    const buffer = new TxBuffer(b, 0, 8);
    const burst = new PacketBurst(memory, 5);
    const exchange = new BurstExchange([{ dev: a, queue: 0, burst }], [buffer]);
    const packets = inject(a, pool, ..."abcdefghij");
    assertStrictEquals(exchange.turn(), 5);
    const letter = (i: number) => String.fromCharCode(memory.u8[burst.offsets[i] ?? 0] ?? 0);
    assertEquals([letter(0), letter(4), burst.lengths[0]], ["a", "e", 1]);
    exchange.to[0] = 0;
    assertStrictEquals(exchange.turn(), 5);
    assertEquals([letter(0), letter(4), buffer.pending], ["f", "j", 5]);
    exchange.to[0] = 0;
    exchange.send();
    assertEquals([exchange.sent(0), buffer.pending, buffer.flush()], [8, 2, 2]);
    assertEquals(receive(b), packets);
  });
});

test("whatever the arrays hold, no memory outside the tables is touched", () => {
  withPorts(([a, b], pool) => {
    const exchange = exchangeOf([a, b]);
    inject(a, pool, "1", "2", "3", "4");
    assertStrictEquals(exchange.turn(), 4);
    // no such queue: nothing is decided
    for (const nowhere of [2, 1000, -1, FREE - 1]) {
      exchange.to[0] = nowhere;
      assertEquals([exchange.turn(), exchange.counts[0]], [4, 4]);
    }
    // more than there can be is as many as there can be
    exchange.counts[0] = 0xffff;
    exchange.to[0] = 1;
    exchange.send();
    assertEquals([exchange.sent(1), receive(b).length], [4, 4]);
  });
});

test("queues that are not there are refused", () => {
  withPorts(([a]) => {
    const burst = new Objects(4);
    const end = { dev: a, queue: 0 };
    for (const queue of [1, -1, 0.5]) {
      const bad = { dev: a, queue };
      assertThrows(() => new BurstExchange([{ ...bad, burst }], [end]), RangeError, "rx queues");
      assertThrows(() => new BurstExchange([{ ...end, burst }], [bad]), RangeError, "tx queues");
    }
    assertThrows(() => new BurstExchange([], [end]), RangeError, "rx queues");
    assertThrows(() => new BurstExchange([{ ...end, burst }], []), RangeError, "tx queues");
  });
});

test("after EAL's end nothing is exchanged", () => {
  using pool = createPktmbufPool("P", 63);
  const dev = EthDev.of(0);
  startPort(dev, pool);
  const exchange = exchangeOf([dev]);
  dev.stop();
  eal[Symbol.dispose]();
  assertThrows(() => exchange.turn(), DpdkError, "disposal");
  assertThrows(() => exchange.send(), DpdkError, "disposal");
});
