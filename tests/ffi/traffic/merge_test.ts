/** What several judged and sent, merged, is what one that saw all of it would say. */

import { Random } from "../../../ffi/traffic/random.ts";
import {
  Histogram,
  mergePaced,
  mergeReceived,
  Pacer,
  type PaceReport,
  Receiver,
  type ReceiverData,
  type StreamData,
  StreamJudge,
  streamReport,
} from "../../../ffi/traffic/traffic.ts";
import { assert, assertEquals, assertThrows } from "../../assert.ts";

const SEED = 3;

/** Judges a stream that loses, copies and swaps packets; delays go into `all` as well. */
function judgedStream(random: Random, count: number, all: Histogram): StreamJudge {
  const judge = new StreamJudge({ window: 64 });
  const come = (number: number) => {
    const delay = 1000 + Math.floor(random.below(90_000));
    judge.observe(number, 1e12, 1e12 + delay);
    return delay;
  };
  for (let number = 0; number < count; number += 2) {
    const order = random.below(1) < 0.2 ? [number + 1, number] : [number, number + 1];
    for (const one of order) {
      if (random.below(1) < 0.1) continue;
      all.record(come(one));
      if (random.below(1) < 0.1) come(one);
    }
  }
  return judge;
}

Deno.test(`merge (seed ${SEED}): streams together are their sum, and percentiles those of all packets`, () => {
  const random = new Random(SEED);
  const all = new Histogram();
  const judges = [100, 3000, 2, 777_0].map((count) => judgedStream(random, count, all));
  // as they come out of another process
  const parts: StreamData[] = JSON.parse(JSON.stringify(judges.map((judge) => judge.data(20_000))));
  const reports = judges.map((judge) => judge.report({ sent: 20_000, unit: 10 }));
  const merged = streamReport(parts, 10);
  for (const key of ["received", "duplicates", "lost", "tooLate", "reordered"] as const) {
    assertEquals(merged[key], reports.reduce((sum, report) => sum + report[key], 0), key);
  }
  assertEquals(merged.latency, all.summary(10));
  assertEquals(merged.pdv, (all.percentile(99.9) - all.min) / 10);
  assertEquals(merged.reorderedRatio, merged.reordered / merged.received);
  const displaced = new Map<number, number>();
  for (const { density } of reports) {
    density.displacements.forEach((displacement, i) =>
      displaced.set(displacement, (displaced.get(displacement) ?? 0) + density.counts[i]!)
    );
  }
  const { displacements, counts } = merged.density;
  assertEquals(displacements, [...displaced.keys()].sort((a, b) => a - b));
  assertEquals(counts, displacements.map((displacement) => displaced.get(displacement)));
  assertEquals(counts.reduce((sum, count) => sum + count, 0), merged.received);
});

Deno.test("merge: the report from one stream's data is the judge's own", () => {
  const judge = judgedStream(new Random(SEED), 5000, new Histogram());
  assertEquals(streamReport(judge.data(6000), 7), judge.report({ sent: 6000, unit: 7 }));
  assertEquals(streamReport([judge.data()]), judge.report());
  const nothing = streamReport([]);
  assertEquals([nothing.received, nothing.lost, nothing.latency.count], [0, 0, 0]);
  assertEquals(nothing.reorderedRatio, 0);
});

Deno.test("merge: receivers of different streams are one; of the same stream they are refused", () => {
  const random = new Random(SEED);
  const of = (packets: number, ...streams: number[]): ReceiverData => ({
    packets,
    bytes: 60 * packets,
    probes: packets - 1,
    streams: Object.fromEntries(
      streams.map((stream) => [stream, judgedStream(random, 100, new Histogram()).data()]),
    ),
  });
  const parts = [of(100, 1), of(50, 2, 65_535), of(3)];
  const { packets, bytes, probes, streams } = mergeReceived(parts);
  assertEquals([packets, bytes, probes], [153, 153 * 60, 150]);
  assertEquals(Object.keys(streams), ["1", "2", "65535"]);
  assertEquals(streams[1], parts[0]!.streams[1]);
  assertThrows(
    () => mergeReceived([of(1, 1, 2), of(1, 2, 3)]),
    RangeError,
    "stream 2 was judged by two receivers",
  );
  assertEquals(new Receiver({ steadyClock: true }).data(), mergeReceived([]));
});

/** What judges of several queues know of one stream, of which `queueOf` says where a packet comes. */
function ofQueues(
  arrivals: readonly number[],
  queueOf: (number: number, copy: boolean) => number,
): ReceiverData[] {
  const judges = new Map<number, StreamJudge>();
  const seen = new Set<number>();
  for (const number of arrivals) {
    const queue = queueOf(number, seen.has(number));
    seen.add(number);
    const judge = judges.get(queue) ?? new StreamJudge();
    judges.set(queue, judge);
    judge.observe(number, 1000, 1000 + number);
  }
  return [...judges.values()].map((judge): ReceiverData => {
    const data = judge.data();
    const packets = data.received + data.duplicates;
    return { packets, bytes: 60 * packets, probes: packets, streams: { 5: data } };
  });
}

Deno.test("merge: a stream that came on several queues has the counts of one that came on one", () => {
  const lost = new Set([0, 17, 18, 500, 998]);
  const copied = new Set([3, 4, 700]);
  const arrivals = Array.from({ length: 1000 }, (_, number) => number)
    .filter((number) => !lost.has(number))
    .flatMap((number) => copied.has(number) ? [number, number] : [number]);
  const one = new StreamJudge();
  for (const number of arrivals) one.observe(number, 1000, 1000 + number);
  const whole = one.data();
  for (const queues of [2, 3, 8]) {
    const parts = ofQueues(arrivals, (number) => (number * 7) % queues);
    assertEquals(parts.length, queues);
    const { packets, streams } = mergeReceived(parts, { spread: true });
    const merged = streams[5]!;
    assertEquals(packets, arrivals.length);
    for (const key of ["received", "lost", "duplicates", "tooLate", "reordered"] as const) {
      assertEquals(merged[key], whole[key], key);
    }
    assertEquals(merged.latency, whole.latency);
  }
  // a copy on another queue is known for one only by there being more packets than numbers
  const apart = ofQueues(arrivals, (_, copy) => copy ? 1 : 0);
  assertEquals(mergeReceived(apart, { spread: true }).streams[5]!.received, 998);
  const twice = ofQueues([0, 1, 2, 0, 1, 2], (_, copy) => copy ? 1 : 0);
  const { received, duplicates, lost: none } = mergeReceived(twice, { spread: true }).streams[5]!;
  assertEquals([received, duplicates, none], [3, 3, 0]);
  // streams of one queue stay as they are
  const alone = ofQueues(arrivals, () => 0);
  assertEquals(mergeReceived(alone, { spread: true }).streams[5], whole);
});

Deno.test("merge: senders together ask for and send the sum, in the longest time", () => {
  const hz = 1e9;
  const run = (rate: number, seconds: number, taken: number): PaceReport => {
    const pacer = new Pacer({ cyclesPerSecond: hz, rate, catchUp: 10 });
    pacer.start(0);
    const due = pacer.due(seconds * hz, 1e9);
    pacer.sent(due, Math.floor(due * taken));
    return pacer.report();
  };
  const [one, other] = [run(1000, 1, 1), run(3000, 2, 0.5)];
  const merged = mergePaced([one, other]);
  assertEquals(merged.asked, one.asked + other.asked);
  assertEquals(merged.sent + merged.refused, one.sent + other.sent + other.refused);
  assertEquals(merged.late, one.late + other.late);
  assertEquals([merged.seconds, merged.maxLate], [2, other.maxLate]);
  assert(Math.abs(merged.askedRate - 4000) < 1e-6);
  assertEquals(merged.achievedRate, one.achievedRate + other.achievedRate);
  assertEquals(mergePaced([one]), one);
  assertEquals(mergePaced([]).seconds, 0);
});
