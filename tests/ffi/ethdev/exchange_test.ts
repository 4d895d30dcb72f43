/** Several bursts in one call: what is decided leaves, what is not stays, and nothing is lost. */

import {
  Burst,
  createPktmbufPool,
  DpdkError,
  DROP,
  Exchange,
  KEEP,
  type Mempool,
  Port,
  type Verdict,
} from "../../../mod.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "../../assert.ts";
import { initTestEal, test } from "../eal.ts";
import { burstOf, textsOf } from "../packets.ts";

const eal = initTestEal("0@0", {}, "--vdev=net_ring0", "--vdev=net_ring1");

/** Two ports whose rings hold 1023 each: what is sent to one comes from it. */
function withPorts(work: (ports: [Port, Port], pool: Mempool) => void): void {
  using pool = createPktmbufPool("P", 4095);
  const ports: [Port, Port] = [Port.open(0, { pool }), Port.open(1, { pool })];
  try {
    work(ports, pool);
    for (const port of ports) receive(port);
  } finally {
    for (const port of ports) port.stop();
  }
  assertStrictEquals(pool.inUseCount, 0);
}

/** Puts packets with these texts into a port's ring. */
function inject(port: Port, pool: Mempool, ...texts: string[]): void {
  using tx = port.txQueue(0);
  using burst = burstOf(pool, ...texts);
  assertStrictEquals(tx.send(burst), texts.length);
}

/** Takes all that is in a port's ring; returns the texts. */
function receive(port: Port): string[] {
  using burst = new Burst(2048);
  port.rxQueue(0).receive(burst);
  return textsOf(burst);
}

const rxOf = (...ports: Port[]) => ports.map((port) => port.rxQueue(0));
const countsOf = ({ bursts }: Exchange) => bursts.map(({ count }) => count);

test("each burst goes where the loop says, and only then", () => {
  withPorts(([a, b], pool) => {
    using exchange = new Exchange(rxOf(a, b), { size: 4 });
    using to = b.txQueue(0);
    const { counts, bursts } = exchange;
    assertStrictEquals(exchange.turn(), 0);
    inject(a, pool, "1", "2", "3");
    assertStrictEquals(exchange.turn(), 3);
    assertEquals([counts[0], counts[1], bursts[0]?.count], [3, 0, 3]);
    // nothing is decided: the burst stays, however often it is asked
    assertEquals([exchange.turn(), exchange.turn(), to.sent], [3, 3, 0]);
    assertEquals(receive(b), []);
    exchange.decide(0, to);
    // it leaves by b, from whose ring it comes again
    assertStrictEquals(exchange.turn(), 3);
    assertEquals([counts[0], counts[1]], [0, 3]);
    exchange.decide(1, to);
    assertStrictEquals(exchange.flush(), 0);
    assertEquals([counts[0], counts[1]], [0, 0]);
    assertEquals(receive(b), ["1", "2", "3"]);
    assertEquals([exchange.received(0), exchange.received(1), to.sent], [3, 3, 6]);
  });
});

test("a burst that is dropped, or part of it, goes back to its pool", () => {
  withPorts(([a, b], pool) => {
    using exchange = new Exchange(rxOf(a), { size: 4 });
    using to = b.txQueue(0);
    inject(a, pool, "1", "2", "3", "4", "5", "6", "7");
    assertStrictEquals(exchange.turn(), 4);
    // the loop keeps the first one alone
    exchange.bursts[0]?.drop(1, 3);
    exchange.decide(0, to);
    assertStrictEquals(exchange.turn(), 3);
    assertStrictEquals(pool.inUseCount, 4);
    exchange.decide(0, DROP);
    assertStrictEquals(exchange.turn(), 0);
    assertEquals([receive(b), to.sent, to.dropped], [["1"], 1, 0]);
  });
});

test("what a port does not take is freed and counted", () => {
  withPorts(([a, b], pool) => {
    const texts = Array.from({ length: 1000 }, (_, i) => `${i}`);
    inject(b, pool, ...texts);
    inject(a, pool, ...texts.slice(0, 64));
    using exchange = new Exchange(rxOf(a));
    using to = b.txQueue(0);
    while (exchange.turn() > 0) exchange.decide(0, to);
    assertEquals([exchange.received(0), to.sent, to.dropped], [64, 23, 41]);
    assertStrictEquals(pool.inUseCount, 1023);
  });
});

test("a queue that collects waits for a flush, and a burst tells where its packets lie", () => {
  withPorts(([a, b], pool) => {
    using to = b.txQueue(0, { bufferSize: 8 });
    using exchange = new Exchange(rxOf(a), { size: 5, pools: [pool] });
    inject(a, pool, ..."abcdefghij");
    assertStrictEquals(exchange.turn(), 5);
    const [burst] = exchange.bursts;
    const letter = (i: number) => String.fromCharCode(burst?.view.getUint8(burst.offsets[i]!) ?? 0);
    assertEquals([letter(0), letter(4), burst?.lengths[0]], ["a", "e", 1]);
    exchange.decide(0, to.buffered);
    assertStrictEquals(exchange.turn(), 5);
    assertEquals([letter(0), letter(4), to.pending], ["f", "j", 5]);
    exchange.decide(0, to.buffered);
    exchange.flush();
    assertEquals([to.sent, to.pending, to.flush()], [8, 2, 2]);
    assertEquals(receive(b), [..."abcdefghij"]);
  });
});

test("a packet is not valid any more when its burst has left", () => {
  withPorts(([a, b], pool) => {
    using to = b.txQueue(0);
    using exchange = new Exchange(rxOf(a), { size: 4 });
    inject(a, pool, "1");
    exchange.turn();
    const packet = exchange.bursts[0]?.packet(0);
    assertStrictEquals(packet?.length, 1);
    exchange.decide(0, KEEP);
    exchange.turn();
    assertStrictEquals(packet.length, 1);
    exchange.decide(0, to);
    exchange.turn();
    assertThrows(() => packet.length, DpdkError, "get the packet from its burst again");
  });
});

test("a queue that is named twice has two bursts in hand", () => {
  withPorts(([a, b], pool) => {
    using to = b.txQueue(0);
    using exchange = new Exchange(rxOf(a, a), { size: 2 });
    inject(a, pool, "1", "2", "3", "4");
    assertEquals([exchange.turn(), exchange.counts[0], exchange.counts[1]], [4, 2, 2]);
    for (const i of [0, 1]) exchange.decide(i, to);
    exchange.flush();
    assertEquals(receive(b), ["1", "2", "3", "4"]);
  });
});

test("whatever is decided, no memory outside the bursts is touched", () => {
  withPorts(([a, b], pool) => {
    using exchange = new Exchange(rxOf(a), { size: 4 });
    const closed = b.txQueue(0);
    closed[Symbol.dispose]();
    inject(a, pool, "1", "2", "3", "4");
    assertStrictEquals(exchange.turn(), 4);
    // there is no such burst
    for (const index of [1, -1, 0.5, NaN, 2 ** 40]) exchange.decide(index, DROP);
    assertStrictEquals(exchange.turn(), 4);
    exchange.decide(0, closed);
    const { code } = assertThrows(() => exchange.turn(), DpdkError, "Exchange");
    assertEquals([code, exchange.counts[0]], ["ENOTSUP", 4]);
    exchange.decide(0, closed.buffered);
    assertThrows(() => exchange.flush(), DpdkError, "Exchange");
    for (const nothing of [0, 7, NaN]) {
      exchange.decide(0, nothing as Verdict);
      assertStrictEquals(exchange.turn(), 4);
    }
    // more than there can be is as many as there can be
    new Uint32Array((exchange.counts as Uint32Array).buffer)[0] = 0xffff;
    using to = b.txQueue(0);
    exchange.decide(0, to);
    exchange.flush();
    assertEquals([to.sent, receive(b).length], [4, 4]);
  });
});

test("a turn that stops in the middle sends nothing twice and loses nothing", () => {
  withPorts(([a, b], pool) => {
    using to = b.txQueue(0);
    const closed = b.txQueue(0);
    closed[Symbol.dispose]();
    using exchange = new Exchange(rxOf(a, a), { size: 2 });
    inject(a, pool, "1", "2", "3", "4");
    exchange.turn();
    const [packet] = exchange.bursts[0]!;
    // whoever has asked for offsets gets them told by each turn, by one that stops too
    assertStrictEquals(exchange.bursts[0]!.offsets.length, 2);
    exchange.decide(0, to);
    exchange.decide(1, closed);
    assertThrows(() => exchange.turn(), DpdkError, "Exchange");
    // the first burst has left, and its packets with it
    assertEquals([countsOf(exchange), to.sent], [[0, 2], 2]);
    assertThrows(() => packet!.length, DpdkError, "get the packet from its burst again");
    exchange.decide(1, to);
    assertStrictEquals(exchange.turn(), 0);
    assertEquals(receive(b), ["1", "2", "3", "4"]);
  });
});

test("a queue whose port is stopped ends a turn before its burst is sent", () => {
  withPorts(([a, b], pool) => {
    using to = a.txQueue(0);
    using exchange = new Exchange(rxOf(b, a, b), { size: 2 });
    inject(b, pool, "1", "2", "3", "4");
    assertStrictEquals(exchange.turn(), 4);
    for (const i of [0, 2]) exchange.decide(i, to);
    b.stop();
    assertThrows(() => exchange.turn(), DpdkError, "one of its ports is not started");
    assertEquals([countsOf(exchange), to.sent], [[2, 0, 2], 0]);
    b.start();
    assertStrictEquals(exchange.turn(), 2);
    assertEquals([countsOf(exchange), to.sent], [[0, 2, 0], 4]);
  });
});

test("what stands for a queue becomes of its bursts where nothing else is decided", () => {
  withPorts(([a, b], pool) => {
    using to = b.txQueue(0, { bufferSize: 8 });
    using exchange = new Exchange(rxOf(a, a, a), { size: 2, to: [to, to.buffered] });
    inject(a, pool, ..."abcdef");
    assertStrictEquals(exchange.turn(), 6);
    // the first is sent, the second collected; the third has nothing that stands for it
    assertEquals([exchange.turn(), to.sent, to.pending], [2, 2, 2]);
    assertEquals([receive(b), countsOf(exchange)], [["a", "b"], [0, 0, 2]]);
    inject(a, pool, ..."ghij");
    exchange.turn();
    exchange.decide(0, KEEP);
    exchange.decide(1, DROP);
    exchange.decide(2, to);
    assertEquals([exchange.turn(), to.sent, receive(b)], [2, 4, ["e", "f"]]);
    inject(a, pool, ..."klmn");
    // the first is kept until something else is said, the others come anew
    assertEquals([exchange.turn(), countsOf(exchange)], [6, [2, 2, 2]]);
    exchange.decide(0, to);
    assertEquals([exchange.flush(), exchange.counts[2]], [2, 2]);
    assertEquals([receive(b), to.pending, to.flush()], [["g", "h"], 4, 4]);
    assertEquals(receive(b), ["c", "d", "k", "l"]);
  });
});

test("what stands for a queue ends with the queue to which it leads", () => {
  withPorts(([a, b], pool) => {
    const [to, other] = [b.txQueue(0), b.txQueue(0)];
    using exchange = new Exchange(rxOf(a, a, a), { size: 2, to: [to, to.buffered, other] });
    inject(a, pool, ..."abcdef");
    assertStrictEquals(exchange.turn(), 6);
    exchange.decide(1, DROP);
    to[Symbol.dispose]();
    assertThrows(() => exchange.turn(), DpdkError, "Exchange");
    assertEquals([countsOf(exchange), to.sent], [[2, 2, 2], 0]);
    exchange.decide(0, other);
    // what was decided of the burst in hand holds
    assertEquals([exchange.turn(), countsOf(exchange), receive(b)], [0, [0, 0, 0], [..."abef"]]);
    inject(a, pool, ..."ghij");
    assertStrictEquals(exchange.turn(), 4);
    for (const i of [0, 1]) {
      assertThrows(() => exchange.turn(), DpdkError, "Exchange");
      exchange.decide(i, DROP);
    }
    assertStrictEquals(exchange.turn(), 0);
    other[Symbol.dispose]();
  });
});

test("disposal frees what is in hand", () => {
  withPorts(([a], pool) => {
    inject(a, pool, "1", "2");
    {
      using exchange = new Exchange(rxOf(a));
      assertEquals([exchange.turn(), pool.inUseCount], [2, 2]);
    }
    assertStrictEquals(pool.inUseCount, 0);
    assertThrows(() => new Exchange([]), RangeError, "rx queues");
    assertThrows(() => new Exchange(rxOf(a), { size: 0 }), RangeError, "Burst size");
  });
});

test("after EAL's end nothing is exchanged", () => {
  const pool = createPktmbufPool("P", 63);
  const port = Port.open(0, { pool });
  const rx = port.rxQueue(0);
  const exchange = new Exchange([rx]);
  port.stop();
  eal[Symbol.dispose]();
  assertThrows(() => exchange.turn(), DpdkError, "disposal");
  assertThrows(() => exchange.flush(), DpdkError, "disposal");
  assertThrows(() => new Exchange([rx]), DpdkError, "disposal");
  exchange[Symbol.dispose]();
});
