/** Sending bytes, receiving with `for await`, and checksums of a port that computes none. */

import { fillSums } from "../../../ffi/net/fill.ts";
import {
  Burst,
  createPktmbufPool,
  DpdkError,
  type Packet,
  Port,
  type PortOptions,
} from "../../../mod.ts";
import { probeDevice } from "../../../ffi/eal_api.ts";
import { frame, parse, verify } from "../../../ffi/net/net.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../../assert.ts";
import { initTestEal, test } from "../eal.ts";
import { STACKS } from "../net/stacks.ts";
import { burstOf } from "../packets.ts";

initTestEal("0@0");

let rings = 0;

/** A port that gives back what is sent into it. */
function ringPort(options: PortOptions = {}): Port {
  const name = `net_ring_${rings++}`;
  probeDevice(name);
  return Port.open(name, options);
}

/** Frames whose checksums are right, none of them longer than a segment. */
const FRAMES = STACKS.filter(([, scapy]) => !/chksum=|len=9999|version=/.test(scapy))
  .map(([parts]) => frame(...parts));

/** Spoils all checksums of bytes. */
function spoilt(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (const { at, size } of fillSums(Uint8Array.from(bytes), [])) copy.fill(0xab, at, at + size);
  return copy;
}

test("bytes are sent as packets, as many as are wanted", () => {
  using pool = createPktmbufPool("P", 255);
  using port = ringPort({ pool });
  using tx = port.txQueue(0);
  const rx = port.rxQueue(0);
  const bytes = new TextEncoder().encode("some bytes");
  assertEquals([tx.sendBytes(bytes), tx.sendBytes(bytes, 99)], [1, 99]);
  using burst = new Burst(100);
  assertEquals(rx.receive(burst), 100);
  for (const packet of burst) assertEquals(packet.bytes(), bytes);
  burst.clear();
  assertEquals(pool.inUseCount, 0);
  for (const copies of [0, -1, 1.5, NaN]) {
    assertThrows(() => tx.sendBytes(bytes, copies), RangeError, "TxQueue.sendBytes");
  }
});

test("what does not fit, an empty pool and a gone port are refused, and nothing is lost", () => {
  using pool = createPktmbufPool("P", 31);
  const port = ringPort({ pool });
  const tx = port.txQueue(0);
  assertThrows(() => tx.sendBytes(new Uint8Array(5000)), RangeError, "5000 bytes into 1 segment");
  assertEquals(pool.inUseCount, 0);
  {
    using all = new Burst(31);
    assertEquals(pool.getBulk(all), 31);
    const error = assertThrows(() => tx.sendBytes(new Uint8Array(60)), DpdkError);
    assertEquals([error.code, error.reason], ["ENOMEM", "mempool P is empty"]);
  }
  assertEquals(tx.sendBytes(new Uint8Array(60)), 1);
  port[Symbol.dispose]();
  assertThrows(() => tx.sendBytes(new Uint8Array(60)), DpdkError, "disposal");
});

test("a port that was attached to sends from the pool that the port made, or says that it cannot", () => {
  {
    using port = ringPort();
    using attached = Port.attach(port.id);
    using tx = attached.txQueue(0);
    assertEquals(tx.sendBytes(new Uint8Array(60)), 1);
    assertEquals(port.stats().opackets, 1);
  }
  using pool = createPktmbufPool("P", 255);
  using port = ringPort({ pool });
  using attached = Port.attach(port.id);
  using tx = attached.txQueue(0);
  const error = assertThrows(() => tx.sendBytes(new Uint8Array(60)), DpdkError);
  assertEquals([error.code, error.hint], [
    "ENOENT",
    "fill a burst from a pool instead: pool.getBulk(burst)",
  ]);
});

test("for await gives each burst that comes, and takes back what is left in it", async () => {
  using pool = createPktmbufPool("P", 255);
  using port = ringPort({ pool });
  using tx = port.txQueue(0);
  const over = new AbortController();
  const counts: number[] = [];
  tx.sendBytes(new Uint8Array(60), 70);
  for await (const burst of port.rxQueue(0).bursts({ signal: over.signal })) {
    counts.push(burst.count);
    if (counts.length === 1) burst.drop(0, 30);
    // nothing waits any more: the next ones come later
    if (counts.length === 3) setTimeout(() => tx.sendBytes(new Uint8Array(60)), 5);
    if (counts.length === 4) over.abort();
  }
  assertEquals([counts, pool.inUseCount], [[32, 32, 6, 1], 0]);
});

test("for await: a loop that breaks or throws loses nothing", async () => {
  using pool = createPktmbufPool("P", 255);
  using port = ringPort({ pool });
  using tx = port.txQueue(0);
  tx.sendBytes(new Uint8Array(60), 8);
  for await (const burst of port.rxQueue(0).bursts({ size: 4 })) {
    assertEquals(burst.count, 4);
    break;
  }
  assertEquals(pool.inUseCount, 4);
  await assertRejects(
    async () => {
      for await (const _ of port.rxQueue(0).bursts()) throw new RangeError("of the loop");
    },
    RangeError,
    "of the loop",
  );
  assertEquals(pool.inUseCount, 0);
});

test("for await: timers and signals have their turns while packets keep coming", async () => {
  using port = ringPort();
  using tx = port.txQueue(0);
  const over = new AbortController();
  setTimeout(() => over.abort(), 20);
  tx.sendBytes(new Uint8Array(60), 32);
  let bursts = 0;
  for await (const burst of port.rxQueue(0).bursts({ signal: over.signal })) {
    bursts++;
    tx.send(burst);
  }
  assert(bursts > 1);
});

test("for await: a port that stops ends it with an error", async () => {
  using port = ringPort();
  const error = await assertRejects(async () => {
    setTimeout(() => port.stop(), 5);
    for await (const _ of port.rxQueue(0).bursts()) { /* nothing comes */ }
  }, DpdkError);
  assertEquals(error.code, "ENOTSUP");
});

/** Sends a packet that `prepare` was given, and what came of it. */
function pass(port: Port, bytes: Uint8Array, prepare: (packet: Packet) => void): Uint8Array {
  using tx = port.txQueue(0);
  using burst = burstOf(port.pool!, "");
  burst.packet(0).write(bytes);
  prepare(burst.packet(0));
  tx.send(burst);
  using came = new Burst(1);
  port.rxQueue(0).receive(came);
  return came.packet(0).bytes();
}

test(`a port that computes no checksums: those of ${FRAMES.length} frames are computed here`, () => {
  using port = ringPort();
  using tx = port.txQueue(0);
  for (const bytes of FRAMES) {
    const came = pass(port, spoilt(bytes), (packet) => {
      tx.offload(packet);
      assertEquals(packet.offload, undefined);
    });
    assertEquals(came.toHex(), bytes.toHex(), `${parse(bytes)}`);
    assert(verify(came).ok);
  }
});

test("checksums are written in whatever segment they lie", () => {
  using pool = createPktmbufPool("P", 255);
  using port = ringPort({ pool });
  using tx = port.txQueue(0);
  const rx = port.rxQueue(0);
  using came = new Burst(1);
  for (const bytes of FRAMES) {
    const cut = spoilt(bytes);
    using burst = burstOf(pool, "", "", "");
    const [head, middle, tail] = [0, 1, 2].map((i) => burst.packet(i));
    assert(head && middle && tail);
    // in the midst of a checksum too
    const [first, second] = [Math.min(25, cut.length), Math.min(41, cut.length)];
    head.write(cut.subarray(0, first));
    middle.write(cut.subarray(first, second));
    tail.write(cut.subarray(second));
    middle.chain(tail);
    head.chain(middle);
    tx.offload(burst);
    tx.send(burst);
    rx.receive(came);
    assertEquals(came.packet(0).bytes().toHex(), bytes.toHex(), `${parse(bytes)}`);
    came.clear();
  }
});
