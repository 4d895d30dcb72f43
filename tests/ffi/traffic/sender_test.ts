/** Sending: what leaves a port is what the flows and the pacer say. */

import { Burst, createPktmbufPool, type Mempool, Port } from "../../../mod.ts";
import { tscCycles, tscCyclesPerSecond } from "../../../ffi/eal_api.ts";
import { ether, frame, ipv4, parse, udp, verify } from "../../../ffi/net/net.ts";
import {
  type Flow,
  flow,
  list,
  Pacer,
  range,
  Receiver,
  Sender,
} from "../../../ffi/traffic/traffic.ts";
import { assert, assertEquals, assertGreater, assertThrows } from "../../assert.ts";
import { initTestEal, test } from "../eal.ts";

// a port that is closed is gone: each test has its own
const DEVICES = [
  "net_ring0",
  "net_ring1",
  "net_ring2",
  "net_ring3",
  "net_ring4",
  "net_null0",
  "net_null1",
  "net_null2",
  "net_null3",
];

initTestEal("0@0", {}, ...DEVICES.map((device) => `--vdev=${device}`));

const HZ = 1e9;

function packetsOf(weight = 1, sizes = "64", ttl = 64): Flow {
  return flow(
    frame(
      ether({ dst: "02:00:00:00:00:02" }),
      ipv4({ dst: "192.0.2.1", ttl }),
      udp({ dstPort: 9 }),
      "hello",
    ),
    { ipv4: { src: range("10.0.0.1", 3) }, udp: { srcPort: list([1000, 2000]) } },
    { sizes, weight },
  );
}

/** A port, opened, with a pool for what it receives, and a pool for what is sent. */
function opened(id: number, count = 63) {
  const stack = new DisposableStack();
  const pool = stack.use(createPktmbufPool("SEND", count));
  const port = stack.use(Port.open(id, { rxDescriptors: 64, txDescriptors: 64 }));
  const tx = stack.use(port.txQueue(0));
  return { pool, port, tx, [Symbol.dispose]: () => stack.dispose() };
}

/** What a packet of a test is told by. */
function described(bytes: Uint8Array): string {
  const { ipv4, udp } = parse(bytes);
  assert(verify(bytes).ok);
  return `${ipv4?.src} ${ipv4?.ttl} ${udp?.srcPort} ${bytes.length}`;
}

/** A pacer that has so many packets due at time 0, and no more. */
function pacerOf(count: number): Pacer {
  const pacer = new Pacer({ cyclesPerSecond: HZ, rate: 1, spacing: { burst: count } });
  pacer.start(0);
  return pacer;
}

/** Sends so many packets through a port and gives what comes back, changed by its receiver. */
function sendAndReceive(
  { port, tx, pool }: { port: Port; tx: ReturnType<Port["txQueue"]>; pool: Mempool },
  flows: [Flow, ...Flow[]],
  count: number,
): { seen: string[]; sender: Sender; pacer: Pacer } {
  const pacer = pacerOf(count);
  using sender = new Sender({ tx, flows, pool, pacer, burst: 8 });
  const rx = port.rxQueue(0);
  using burst = new Burst(8);
  const seen: string[] = [];
  for (let left = count; left > 0;) {
    left -= sender.turn(0);
    while (rx.receive(burst) > 0) {
      for (const packet of burst) {
        seen.push(described(packet.bytes()));
        // the very mbuf of the sender
        packet.data.fill(0xee);
      }
      burst.clear();
    }
  }
  return { seen, sender, pacer };
}

const PORTS = new Map(Port.list().map(({ id, name }) => [name, id]));

test("a flow over net_ring: all bytes are written anew, since the receiver may change them", () => {
  using own = opened(PORTS.get("net_ring0")!);
  const { seen, sender, pacer } = sendAndReceive(own, [packetsOf()], 200);
  assert(!sender.keepsTemplate);
  assertEquals(
    seen,
    Array.from({ length: 200 }, (_, i) => `10.0.0.${1 + i % 3} 64 ${1000 + i % 2 * 1000} 60`),
  );
  assertEquals([pacer.report().sent, own.pool.inUseCount], [200, 0]);
});

test("flows with weights, and sizes that differ", () => {
  using own = opened(PORTS.get("net_ring1")!);
  const flows: [Flow, Flow] = [packetsOf(2, "64,128", 1), packetsOf(1, "256", 2)];
  const { seen } = sendAndReceive(own, flows, 300);
  const [ones, twos] = [
    seen.filter((one) => one.includes(" 1 ")),
    seen.filter((one) => one.includes(" 2 ")),
  ];
  assertEquals([ones.length, twos.length], [200, 100]);
  ones.forEach((one, i) =>
    assertEquals(one, `10.0.0.${1 + i % 3} 1 ${1000 + i % 2 * 1000} ${i % 2 ? 124 : 60}`)
  );
  twos.forEach((two, i) => assertEquals(two, `10.0.0.${1 + i % 3} 2 ${1000 + i % 2 * 1000} 252`));
  // 1, 2, 1, and so on
  assertEquals(seen.slice(0, 6).map((one) => one.split(" ")[1]), ["1", "2", "1", "1", "2", "1"]);
});

test("probes over net_ring: all come, in order, after the time that they took", () => {
  using own = opened(PORTS.get("net_ring2")!);
  const pacer = new Pacer({ cyclesPerSecond: tscCyclesPerSecond(), rate: Infinity });
  const probes = flow(packetsOf().template, {}, { sizes: "64,128", stream: 3 });
  using sender = new Sender({ tx: own.tx, flows: [probes], pool: own.pool, pacer });
  using burst = new Burst(32);
  const rx = own.port.rxQueue(0);
  const receiver = new Receiver();
  const begin = tscCycles();
  pacer.start(begin);
  while (receiver.packets < 1000) {
    sender.turn(tscCycles());
    rx.receive(burst);
    receiver.observe(burst, tscCycles());
    burst.clear();
  }
  const report = receiver.streams.get(3)!.report({ sent: pacer.report().sent });
  assertEquals([receiver.probes, report.received], [receiver.packets, receiver.packets]);
  assertEquals([report.lost, report.reordered, report.duplicates, report.negative], [0, 0, 0, 0]);
  assert(report.latency.min > 0 && report.latency.max < tscCycles() - begin);
});

test("packets that the port does not take have no number: nothing is lost that never left", () => {
  using own = opened(PORTS.get("net_ring3")!, 4095);
  const pacer = new Pacer({ cyclesPerSecond: tscCyclesPerSecond(), rate: Infinity });
  const flows: [Flow, Flow] = [
    flow(packetsOf().template, {}, { sizes: "64", stream: 1, weight: 3 }),
    flow(packetsOf().template, {}, { sizes: "64", stream: 2 }),
  ];
  using sender = new Sender({ tx: own.tx, flows, pool: own.pool, pacer });
  using burst = new Burst(32);
  const rx = own.port.rxQueue(0);
  const receiver = new Receiver();
  pacer.start(tscCycles());
  for (let round = 0; round < 5; round++) {
    // the ring has room for 1023
    const before = pacer.report().refused;
    while (pacer.report().refused < before + 100) sender.turn(tscCycles());
    while (rx.receive(burst) > 0) {
      receiver.observe(burst, tscCycles());
      burst.clear();
    }
  }
  const { sent, refused } = pacer.report();
  assert(refused >= 500);
  assertEquals(receiver.probes, sent);
  const reports = [1, 2].map((stream) => receiver.streams.get(stream)!.report());
  assertEquals(reports.map(({ lost, duplicates, reordered }) => [lost, duplicates, reordered]), [
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

test("packets that the port does not take are offered again, until it has taken none for 100 ms", () => {
  using own = opened(PORTS.get("net_ring4")!, 4095);
  const pacer = new Pacer({ cyclesPerSecond: HZ, rate: 1e6 });
  const flows: [Flow, Flow] = [
    flow(packetsOf().template, {}, { sizes: "64", stream: 1, weight: 3 }),
    flow(packetsOf().template, {}, { sizes: "64", stream: 2 }),
  ];
  using burst = new Burst(32);
  const rx = own.port.rxQueue(0);
  const receiver = new Receiver();
  const receive = () => {
    while (rx.receive(burst) > 0) {
      receiver.observe(burst, tscCycles());
      burst.clear();
    }
  };
  let now = HZ;
  {
    using sender = new Sender({ tx: own.tx, flows, pool: own.pool, pacer, retry: true });
    pacer.start(now);
    const turns = (seconds: number) => {
      for (const end = now + seconds * HZ; now < end; now += 1e4) sender.turn(now);
    };
    // the ring has room for 1023, so 40 ms are too long, but not for the packets
    turns(0.04);
    assertEquals([pacer.report().sent, pacer.report().refused], [1023, 0]);
    // and a part of a burst waits
    const waiting = own.pool.inUseCount - 1023;
    assert(waiting > 0 && waiting < 32, `${waiting} wait`);
    receive();
    turns(0.0001);
    const { sent, refused } = pacer.report();
    assertGreater(sent, 1200);
    assertEquals(refused, 0);
    receive();
    assertEquals(receiver.packets, sent);
    // the port takes nothing for more than 100 ms: packets are given up, and then at once
    turns(0.13);
    const stuck = pacer.report();
    assertEquals(stuck.sent, sent + 1023);
    assertGreater(stuck.refused, 500);
    turns(0.01);
    const { sent: still, refused: more, skipped } = pacer.report();
    assertEquals(still, stuck.sent);
    assertGreater(more, stuck.refused + 5000);
    assertGreater(skipped, 0);
    receive();
    turns(0.0001);
    receive();
    const { sent: all } = pacer.report();
    assertGreater(all, still + 32);
    assertEquals(receiver.packets, all);
  }
  // what waited for the ring at the end
  assertEquals(own.pool.inUseCount, 0);
  const reports = [1, 2].map((stream) => receiver.streams.get(stream)!.report());
  assertEquals(reports.map(({ lost, duplicates, reordered }) => [lost, duplicates, reordered]), [
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

test("with retry, packets wait for mbufs too", () => {
  using own = opened(PORTS.get("net_null3")!);
  using held = new Burst(own.pool.size);
  const pacer = pacerOf(10);
  using sender = new Sender({
    ...{ tx: own.tx, flows: [packetsOf(1, "64,128")], pool: own.pool, pacer, retry: true },
  });
  own.pool.getBulk(held);
  assertEquals([sender.turn(0), sender.turn(1), pacer.report().refused], [0, 0, 0]);
  held.clear();
  assertEquals([sender.turn(2), sender.turn(3), own.tx.sent], [10, 0, 10]);
  const { sent, refused } = pacer.report();
  assertEquals([sent, refused, own.pool.inUseCount], [10, 0, 0]);
});

test("a port that only takes packets: they keep what they have in common", () => {
  using own = opened(PORTS.get("net_null0")!);
  const pacer = new Pacer({ cyclesPerSecond: tscCyclesPerSecond(), rate: 1e5 });
  using sender = new Sender({ tx: own.tx, flows: [packetsOf(1, "imix")], pool: own.pool, pacer });
  assert(sender.keepsTemplate);
  pacer.start(tscCycles());
  while (own.tx.sent < 2000) sender.turn(tscCycles());
  const { sent, refused, skipped } = pacer.report();
  assertEquals([sent, refused, skipped], [own.tx.sent, 0, 0]);
  assertEquals(own.port.stats().opackets, sent);
  assertEquals(own.pool.inUseCount, 0);
  // each mbuf has the template and the fields of some packet
  using all = new Burst(own.pool.size);
  all.allocate(own.pool, new Uint16Array(own.pool.size).fill(1514));
  for (const packet of all) assertEquals(parse(packet.bytes()).ipv4?.dst, "192.0.2.1");
});

test("a pool of which packets are in use is written anew; an empty one is told", () => {
  using own = opened(PORTS.get("net_null1")!);
  using held = new Burst(own.pool.size);
  own.pool.getBulk(held, 1);
  using sender = new Sender({
    tx: own.tx,
    flows: [packetsOf()],
    pool: own.pool,
    pacer: pacerOf(10),
  });
  assert(!sender.keepsTemplate);
  held.clear();
  const pacer = pacerOf(10);
  using starved = new Sender({ tx: own.tx, flows: [packetsOf()], pool: own.pool, pacer });
  own.pool.getBulk(held);
  assertEquals(starved.turn(0), 0);
  const { sent, refused } = pacer.report();
  assertEquals([sent, refused], [0, 10]);
});

test("packets that do not fit into the pool's mbufs are refused", () => {
  using own = opened(PORTS.get("net_null2")!);
  const make = () =>
    new Sender({ tx: own.tx, flows: [packetsOf(1, "9000")], pool: own.pool, pacer: pacerOf(1) });
  assertThrows(make, RangeError, "8996 bytes do not fit into an mbuf of SEND");
  assertEquals(own.pool.inUseCount, 0);
});

test("bursts are allocated with lengths, all or none", () => {
  using pool = createPktmbufPool("P", 31);
  using burst = new Burst(32);
  const lengths = Uint16Array.from({ length: 32 }, (_, i) => 60 + i);
  assertEquals([burst.allocate(pool, lengths), burst.count], [0, 0]);
  assertEquals(burst.allocate(pool, lengths, 31), 31);
  assertEquals([...burst].map(({ length }) => length), [...lengths.subarray(0, 31)]);
  assertEquals([...burst.lengths].slice(0, 31), [...lengths.subarray(0, 31)]);
  assertThrows(() => burst.allocate(pool, lengths, 1), Error, "EBUSY");
  burst.clear();
  assertEquals(burst.allocate(pool, lengths, 0), 0);
  for (const count of [33, -1, 0.5, NaN]) {
    assertThrows(() => burst.allocate(pool, lengths, count), RangeError, `got a count of ${count}`);
  }
  const long = Uint16Array.of(60, 2049);
  assertThrows(
    () => burst.allocate(pool, long),
    RangeError,
    "2049 bytes do not fit into an mbuf of P",
  );
  assertEquals(burst.allocate(pool, Uint16Array.of(2048)), 1);
  assertGreater(pool.inUseCount, 0);
});
