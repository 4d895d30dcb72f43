/**
 * A device whose faults and delays are known, between two net_ring ports: what a sender and a receiver
 * make of it is what the device did.
 *
 * Sender, device and receiver are one loop, so that a machine with few CPUs cannot come between
 * them without being in the times that the test knows too.
 */

import { build } from "hdr-histogram-js";
import { Burst, createPktmbufPool, Port } from "../../mod.ts";
import { measuredCyclesPerSecond, tscCycles } from "../../ffi/eal_api.ts";
import { ether, frame, ipv4, udp } from "../../ffi/net/net.ts";
import { flow, Pacer, Receiver, Sender, type StreamJudge } from "../../ffi/traffic/traffic.ts";
import { assert, assertEquals, assertLess } from "../assert.ts";
import { initTestEal, test } from "../ffi/eal.ts";
import { note } from "../harness.ts";
import { Device, type Faults, LENGTH } from "./device.ts";

initTestEal("0@0", {}, "--vdev=net_ring0", "--vdev=net_ring1");

const STREAM = 11;
const PACKETS = 20_000;
const RATE = 100_000;
const PERCENTS = [0, 10, 50, 90, 99, 99.9, 99.99, 100];

const hz = measuredCyclesPerSecond();
const microsecond = hz / 1e6;

const pool = createPktmbufPool("SEND", 2047);
const copies = createPktmbufPool("COPY", 1023);
const options = { pool: copies, rxDescriptors: 64, txDescriptors: 64 };
const [into, outOf] = [Port.open(0, options), Port.open(1, options)];
const [toDevice, fromDevice] = [into.txQueue(0), outOf.txQueue(0)];
Deno.test.afterAll(() => {
  for (const held of [toDevice, fromDevice, into, outOf, pool, copies]) held[Symbol.dispose]();
});

/** What came of a run: the judge's view, and the device's and the test's own. */
interface Run {
  judge: StreamJudge;
  sent: number;
  device: Device;
  /** From each packet's send call to the receive call of its first copy, in cycles, by number. */
  took: Map<number, number>;
  /** The numbers in the order in which they came. */
  came: number[];
}

/** Sends packets through the device, and receives them. */
function through(faults: Faults): Run {
  const packets = flow(
    frame(ether({ dst: "02:00:00:00:00:02" }), ipv4({ dst: "192.0.2.1" }), udp({ dstPort: 9 })),
    {},
    { sizes: `${LENGTH + 4}`, stream: STREAM },
  );
  const pacer = new Pacer({ cyclesPerSecond: hz, rate: RATE });
  using device = new Device({ rx: into.rxQueue(0), tx: fromDevice, pool: copies }, faults);
  using sender = new Sender({ tx: toDevice, flows: [packets], pool, pacer });
  using burst = new Burst(32);
  const rx = outOf.rxQueue(0);
  const receiver = new Receiver();
  const sentAt: number[] = [];
  const took = new Map<number, number>();
  const came: number[] = [];
  const receive = () => {
    while (rx.receive(burst) > 0) {
      const now = tscCycles();
      receiver.observe(burst, now);
      for (let i = 0; i < burst.count; i++) {
        const number = burst.view.getUint32(burst.offsets[i]! + LENGTH - 12);
        came.push(number);
        if (!took.has(number)) took.set(number, now - sentAt[number]!);
      }
      burst.clear();
    }
  };
  pacer.start(tscCycles());
  while (sentAt.length < PACKETS) {
    const now = tscCycles();
    for (let count = sender.turn(now); count > 0; count--) sentAt.push(now);
    device.turn();
    receive();
  }
  while (device.took < sentAt.length || device.holds > 0) {
    if (device.took === sentAt.length) device.end();
    device.turn();
    receive();
  }
  receive();
  return { judge: receiver.streams.get(STREAM)!, sent: sentAt.length, device, took, came };
}

function sortedBy(values: Iterable<number>): number[] {
  return [...values].sort((a, b) => a - b);
}

function quantile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(1, Math.ceil(percent * sorted.length / 100)) - 1]!;
}

/** What the judge says of delays is what an exact sort, and HdrHistogram, make of the test's own. */
function assertLatencies({ judge: { latency }, took }: Run): void {
  const sorted = sortedBy(took.values());
  const hdr = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 2 ** 52 - 1,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 64,
  });
  for (const value of sorted) hdr.recordValue(value);
  for (const percent of PERCENTS) {
    const [got, exact] = [latency.percentile(percent), quantile(sorted, percent)];
    assert(got >= exact && got <= exact * (1 + 1 / 1024), `p${percent}: ${got} for ${exact}`);
    const theirs = hdr.getValueAtPercentile(percent);
    assertLess(Math.abs(got - theirs), exact / 1000 + 1, `p${percent}: ${got}, Hdr ${theirs}`);
  }
  assertEquals([latency.count, latency.min, latency.max], [
    sorted.length,
    sorted[0],
    sorted.at(-1),
  ]);
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  assertLess(Math.abs(latency.mean - mean), 1e-3);
}

const MIXES: Record<string, Faults> = {
  "nothing": {},
  "every 7th lost": { lose: 7 },
  "every 11th twice": { copy: 11 },
  "every 13th pair swapped": { swap: 13 },
  "all of it": { lose: 10, copy: 15, swap: 25 },
};

for (const [name, faults] of Object.entries(MIXES)) {
  test(`device, ${name}: loss, copies and order as the device made them, to the packet`, () => {
    const run = through(faults);
    const { judge, sent, device: { did } } = run;
    const { lost, duplicates, reordered, received, tooLate, ...report } = judge.report({ sent });
    const { extent, density } = report;
    assertEquals({ lost, copied: duplicates, swapped: reordered }, { ...did });
    assertEquals([received, tooLate], [sent - did.lost, 0]);
    const every = (often: number | undefined, which: number) =>
      often === undefined ? 0 : Math.floor((sent - 1 - which) / often) + 1;
    if (name !== "all of it") {
      const expected = [every(faults.lose, 1), every(faults.copy, 2)];
      assertEquals([lost, duplicates], expected);
      // the last one may have had nobody behind it
      assert(every(faults.swap, 3) - reordered <= 1);
    }
    const { swapped } = did;
    assertEquals([extent.values, extent.counts], swapped > 0 ? [[1], [swapped]] : [[], []]);
    assertEquals(density, {
      threshold: 1024,
      displacements: swapped > 0 ? [-1, 0, 1] : [0],
      counts: swapped > 0 ? [swapped, received - 2 * swapped, swapped] : [received],
      beyond: 0,
    });
    assertLatencies(run);
    assertEquals([pool.inUseCount, copies.inUseCount], [0, 0]);
  });
}

/**
 * The least time that a packet took beside what the device kept it, in cycles: that of one which no
 * other process of the machine has lengthened.
 */
function besides({ took, device }: Run): number {
  return [...device.kept].reduce(
    (least, [number, kept]) => Math.min(least, took.get(number)! - kept),
    Infinity,
  );
}

/** How far what the judge sees of a delay is from what the device made of it, in cycles. */
function missedBy(delay: number): number {
  const floor = through({});
  const run = through({ delay: () => delay * microsecond });
  for (const it of [floor, run]) assertLatencies(it);
  // no packet came sooner than the device let it go
  for (const [number, kept] of run.device.kept) {
    assert(kept >= delay * microsecond && run.took.get(number)! > kept);
  }
  const us = (cycles: number) => (cycles / microsecond).toFixed(2);
  const [more, without] = [besides(run), besides(floor)];
  note(`${us(more)} us beside what the device kept it, ${us(without)} where it kept nothing`);
  return Math.abs(more - without);
}

for (const delay of [5, 50, 500]) {
  test(`device, ${delay} us longer: seen to a microsecond beyond the floor`, () => {
    // another process may lengthen every packet of a run, and does not in each of five
    let missed = missedBy(delay);
    for (let again = 0; again < 4 && missed >= microsecond; again++) missed = missedBy(delay);
    assertLess(missed, microsecond);
  });
}
