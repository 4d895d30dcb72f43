/** Queues: what is sent, collected, not taken, and counted; and queues that a Worker is given. */

import {
  Burst,
  createPktmbufPool,
  DpdkError,
  type Mempool,
  Port,
  type RxQueue,
} from "../../../mod.ts";
import { launchOnLcore, releaseMainLcore } from "../../../ffi/eal_api.ts";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "../../assert.ts";
import { initTestEal, test } from "../eal.ts";
import type { Given } from "../fixtures/queue_worker.ts";
import { burstOf, textsOf } from "../packets.ts";

// a net_ring port has a ring of 1024, of which 1023 can be used; what is sent to it comes from it
initTestEal("0@0,1@1", {}, "--vdev=net_ring0", "--vdev=net_null0,size=100");
const [RING, NULL] = [0, 1];

/** A started port with two queues each way. */
function withPort(id: number, work: (port: Port, pool: Mempool) => void): void {
  using pool = createPktmbufPool("P", 4095);
  const port = Port.open(id, { rxQueues: 2, txQueues: 2, pool });
  try {
    work(port, pool);
  } finally {
    port.stop();
  }
  assertStrictEquals(pool.inUseCount, 0);
}

/** Packets with numbers. */
const numbered = (pool: Mempool, count: number) =>
  burstOf(pool, ...Array.from({ length: count }, (_, i) => `${i}`));

/** How many arrive, which are freed. */
function drain(rx: RxQueue): number {
  using burst = new Burst(2048);
  return rx.receive(burst);
}

test("what is sent comes back in order, and has left the burst", () => {
  withPort(RING, (port, pool) => {
    using tx = port.txQueue(0);
    const rx = port.rxQueue(0);
    using burst = burstOf(pool, "a", "bc", "def");
    assertEquals([tx.send(burst), burst.count, tx.send(burst)], [3, 0, 0]);
    assertStrictEquals(rx.receive(burst), 3);
    assertEquals(textsOf(burst), ["a", "bc", "def"]);
    const full = assertThrows(() => rx.receive(burst), DpdkError, "it still holds 3 packets");
    assertStrictEquals(full.code, "EBUSY");
    burst.clear();
    assertEquals([rx.receive(burst), tx.sent, tx.dropped], [0, 3, 0]);
    assertEquals([`${rx}`, `${tx}`], ["rx queue 0 of port 0", "tx queue 0 of port 0"]);
  });
});

test("what the port does not take is freed and counted", () => {
  withPort(RING, (port, pool) => {
    using tx = port.txQueue(0);
    using burst = numbered(pool, 1100);
    assertEquals([tx.send(burst), burst.count], [1023, 0]);
    assertEquals([tx.sent, tx.dropped, pool.inUseCount], [1023, 77, 1023]);
    assertStrictEquals(drain(port.rxQueue(0)), 1023);
  });
});

test("what a try does not send stays in the burst, at its front", () => {
  withPort(RING, (port, pool) => {
    using tx = port.txQueue(0);
    using burst = numbered(pool, 1100);
    assertEquals([...burst.lengths.subarray(0, 11)], [...Array(10).fill(1), 2]);
    assertEquals([tx.trySend(burst), burst.count, textsOf(burst)[0]], [1023, 77, "1023"]);
    assertEquals([burst.lengths[0], tx.trySend(burst), burst.count], [4, 0, 77]);
    assertEquals([tx.sent, tx.dropped], [1023, 0]);
    assertStrictEquals(drain(port.rxQueue(0)), 1023);
    assertEquals([tx.trySend(burst), burst.count], [77, 0]);
    assertStrictEquals(drain(port.rxQueue(0)), 77);
  });
});

test("collected packets leave when enough have come together, in order, and the rest with a flush", () => {
  withPort(RING, (port, pool) => {
    using tx = port.txQueue(0, { bufferSize: 8 });
    const rx = port.rxQueue(0);
    const seen: string[] = [];
    using came = new Burst(64);
    const see = () => {
      rx.receive(came);
      seen.push(...textsOf(came));
      came.clear();
    };
    let next = 0;
    const add = (count: number) => {
      using burst = burstOf(pool, ...Array.from({ length: count }, () => `${next++}`));
      const sent = tx.buffer(burst);
      assertStrictEquals(burst.count, 0);
      see();
      return [sent, tx.pending];
    };
    assertEquals([add(5), add(2)], [[0, 5], [0, 7]]);
    assertEquals(seen, []);
    // one more fills it; then several times full in one call
    assertEquals([add(1), add(20), add(2)], [[8, 0], [16, 4], [0, 6]]);
    assertEquals([tx.flush(), tx.flush(), tx.pending], [6, 0, 0]);
    see();
    assertEquals(seen, Array.from({ length: 30 }, (_, i) => `${i}`));
    assertEquals([tx.sent, tx.dropped], [30, 0]);
  });
});

test("collected packets that the port does not take are freed and counted", () => {
  withPort(RING, (port, pool) => {
    using tx = port.txQueue(0);
    using burst = numbered(pool, 1100);
    assertEquals([tx.buffer(burst), tx.pending], [1023, 1100 % 32]);
    assertStrictEquals(tx.flush(), 0);
    assertEquals([tx.dropped, pool.inUseCount], [77, 1023]);
    assertStrictEquals(drain(port.rxQueue(0)), 1023);
  });
});

test("collected packets are drained when they have waited, and found by an audit", () => {
  withPort(RING, (port, pool) => {
    using lazy = port.txQueue(0, { drainUs: 1_000_000_000 });
    using eager = port.txQueue(0, { drainUs: 0 });
    for (const tx of [lazy, eager]) {
      tx.drain();
      using burst = burstOf(pool, "a", "b");
      tx.buffer(burst);
    }
    assertEquals([lazy.drain(), eager.drain()], [0, 2]);
    assertEquals([lazy.pending, eager.pending, drain(port.rxQueue(0))], [2, 0, 2]);
    const { lost, recorded } = pool.audit({ recorded: [lazy.collected] });
    assertEquals([lost, recorded, lazy.flush(), drain(port.rxQueue(0))], [0, 2, 2, 2]);
  });
});

test("disposal of a queue sends what it collected", () => {
  withPort(RING, (port, pool) => {
    {
      using tx = port.txQueue(0);
      using burst = burstOf(pool, "a");
      tx.buffer(burst);
    }
    assertStrictEquals(drain(port.rxQueue(0)), 1);
  });
});

test("a packet of several segments goes through whole", () => {
  withPort(RING, (port, pool) => {
    using tx = port.txQueue(0);
    using burst = burstOf(pool, "one ", "packet");
    burst.packet(0).chain(burst.packet(1));
    assertStrictEquals(tx.send(burst), 1);
    port.rxQueue(0).receive(burst);
    assertEquals(textsOf(burst), ["one packet"]);
  });
});

test("offloads and tags of a packet reach the port", () => {
  withPort(RING, (port, pool) => {
    using tx = port.txQueue(0);
    using burst = burstOf(pool, "x".repeat(64));
    burst.packet(0).offload = { ip: 6, l2Length: 18 };
    burst.packet(0).insertVlan(5);
    // net_ring hands the very mbuf on
    assertEquals([tx.prepare(burst), tx.send(burst)], [1, 1]);
    port.rxQueue(0).receive(burst);
    assertStrictEquals(burst.packet(0).offload?.l2Length, 18);
  });
});

test("net_null fills as many as are wanted, and says where they are", () => {
  withPort(NULL, (port) => {
    using tx = port.txQueue(1);
    using burst = new Burst(20);
    assertStrictEquals(port.rxQueue(1).receive(burst), 20);
    assertEquals([...new Set(burst.lengths)], [100]);
    assertEquals([...new Set(burst.ports)], [NULL]);
    assertStrictEquals(burst.packet(3).port, NULL);
    assertStrictEquals(new Set(burst.offsets).size, 20);
    assertEquals([tx.send(burst), tx.sent], [20, 20]);
  });
});

test("a Worker that is given queues, pools and rings has them as its own", async () => {
  using pool = createPktmbufPool("P", 4095);
  const port = Port.open(RING, { rxQueues: 2, txQueues: 2, pool });
  using tx = port.txQueue(0);
  releaseMainLcore();
  const data: Given = {
    rx: port.rxQueue(1),
    list: [{ tx: port.txQueue(1, { bufferSize: 2 }) }],
    port,
    pool,
  };
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const module = new URL("../fixtures/queue_worker.ts", import.meta.url);
  const worker = launchOnLcore<Given, unknown>(module, 1, { data, onMessage: resolve });
  await worker.done;
  const shown = "IP 10.0.0.1.0 > 0.0.0.0.9: UDP, length 5";
  assertEquals(await promise, [["worker"], [shown], 2, "net_ring0", "P"]);
  assertStrictEquals(pool.inUseCount, 0);
  port.stop();
  assert(tx.pending === 0);
});
