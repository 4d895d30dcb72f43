/** Streams of numbered packets: what the judge says is what a naive model knows. */

import { Random } from "../../../ffi/traffic/random.ts";
import { StreamJudge, type StreamReport } from "../../../ffi/traffic/traffic.ts";
import { assertEquals, assertThrows } from "../../assert.ts";

/** A packet on its way: its place in the stream, and its times. */
interface Arrival {
  index: number;
  sentAt: number;
  receivedAt: number;
}

/** Sends packets through a path that loses, copies, delays and swaps, each so often. */
function path(random: Random, sent: number, often: Record<string, number>): Arrival[] {
  const arrivals: (Arrival & { order: number })[] = [];
  for (let index = 0; index < sent; index++) {
    const hits = (what: string) => random.below(1) < often[what]!;
    const sentAt = 1000 * index;
    if (hits("loss")) continue;
    const times = hits("copy") ? 2 + Math.floor(random.below(3)) : 1;
    for (let copy = 0; copy < times; copy++) {
      const back = hits("swap") ? Math.floor(random.below(often.far!)) : 0;
      arrivals.push({ index, sentAt, receivedAt: 0, order: index + back + copy / 8 });
    }
  }
  arrivals.sort((a, b) => a.order - b.order);
  let clock = 0;
  for (const arrival of arrivals) {
    clock = Math.max(clock, arrival.sentAt) + 50 + Math.floor(random.below(900));
    arrival.receivedAt = clock;
  }
  return arrivals;
}

/** RFC 4737 and RFC 3393 word by word, with all arrivals in memory. */
function naive(arrivals: readonly Arrival[], sent: number) {
  const first = arrivals.filter(({ index }, i) =>
    arrivals.findIndex((other) => other.index === index) === i
  );
  const extents: number[] = [];
  const lateness: number[] = [];
  for (const [i, packet] of first.entries()) {
    const j = first.findIndex((other, at) => at < i && other.index > packet.index);
    if (j < 0) continue;
    extents.push(i - j);
    lateness.push(packet.receivedAt - first[j]!.receivedAt);
  }
  const delays = new Map(first.map((packet) => [packet.index, packet.receivedAt - packet.sentAt]));
  const variations = [...delays].flatMap(([index, delay]) => {
    const before = delays.get(index - 1);
    return before === undefined ? [] : [Math.abs(delay - before)];
  });
  return {
    counts: {
      received: first.length,
      duplicates: arrivals.length - first.length,
      lost: sent - first.length,
      tooLate: 0,
      reordered: extents.length,
      negative: 0,
    },
    reorderedRatio: first.length > 0 ? extents.length / first.length : 0,
    extents: ends(extents),
    lateness: ends(lateness),
    latency: ends([...delays.values()]),
    ipdv: ends(variations),
  };
}

/** RFC 5236, section 4, with all arrivals in memory: a packet's place less its number. */
function displacements(arrivals: readonly Arrival[], threshold: number) {
  const seen = new Set<number>();
  const placed: number[] = [];
  let [highest, beyond] = [-1, 0];
  for (const { index } of arrivals) {
    if (seen.has(index)) continue;
    seen.add(index);
    if (index <= highest - threshold) beyond++;
    else placed.push(index);
    highest = Math.max(highest, index);
  }
  const places = placed.toSorted((a, b) => a - b);
  const all = placed.map((index, i) => places[i]! - index).sort((a, b) => a - b);
  const displacements = [...new Set(all)];
  const counts = displacements.map((one) => all.filter((other) => other === one).length);
  return { threshold, displacements, counts, beyond };
}

/** What a histogram has exactly of these values. */
function ends(values: readonly number[]) {
  const sum = values.reduce((sum, value) => sum + value, 0);
  return {
    count: values.length,
    min: values.length > 0 ? Math.min(...values) : 0,
    max: values.length > 0 ? Math.max(...values) : 0,
    mean: values.length > 0 ? sum / values.length : 0,
  };
}

function exact({ count, min, max, mean }: StreamReport["latency"]) {
  return { count, min, max, mean };
}

function judged(report: StreamReport) {
  const { received, duplicates, lost, tooLate, reordered, negative, reorderedRatio } = report;
  return {
    counts: { received, duplicates, lost, tooLate, reordered, negative },
    reorderedRatio,
    extents: exact(report.extent),
    lateness: exact(report.lateness),
    latency: exact(report.latency),
    ipdv: exact(report.ipdv),
  };
}

const MIXES: Record<string, Record<string, number>> = {
  "nothing": { loss: 0, copy: 0, swap: 0, far: 0 },
  "loss": { loss: 0.1, copy: 0, swap: 0, far: 0 },
  "copies": { loss: 0, copy: 0.2, swap: 0, far: 0 },
  "swaps": { loss: 0, copy: 0, swap: 0.2, far: 4 },
  "far swaps": { loss: 0, copy: 0, swap: 0.05, far: 60 },
  "all of it": { loss: 0.05, copy: 0.05, swap: 0.1, far: 30 },
  "hardly a packet in order": { loss: 0.3, copy: 0.5, swap: 0.9, far: 60 },
  "hardly a packet at all": { loss: 0.98, copy: 0.5, swap: 0.5, far: 60 },
};

for (const [name, often] of Object.entries(MIXES)) {
  for (const first of [0, 2 ** 31 - 100, 2 ** 32 - 100]) {
    const seed = first % 1000 + name.length;
    Deno.test(`stream from ${first}, ${name}, seed ${seed}: as a naive model has it`, () => {
      const random = new Random(seed);
      for (let turn = 0; turn < 20; turn++) {
        const sent = Math.floor(random.below(400));
        const arrivals = path(random, sent, often);
        // the window is just what the farthest swap needs
        const judge = new StreamJudge({ window: 64, first });
        for (const { index, sentAt, receivedAt } of arrivals) {
          judge.observe((first + index) % 2 ** 32, sentAt, receivedAt);
        }
        assertEquals(judged(judge.report({ sent })), naive(arrivals, sent));
      }
    });

    Deno.test(`stream from ${first}, ${name}, seed ${seed}: density as a naive model has it`, () => {
      const random = new Random(seed);
      for (let turn = 0; turn < 4; turn++) {
        const arrivals = path(random, Math.floor(random.below(400)), often);
        const densityThreshold = random.pick([1, 2, 8, 64]);
        const judge = new StreamJudge({ window: 64, first, densityThreshold });
        for (const [i, { index, sentAt, receivedAt }] of arrivals.entries()) {
          judge.observe((first + index) % 2 ** 32, sentAt, receivedAt);
          // what is told in between is of what came so far, and changes nothing
          if (i % 101 !== 0) continue;
          const { density } = judge.report();
          assertEquals(density, displacements(arrivals.slice(0, i + 1), densityThreshold));
        }
        assertEquals(judge.report().density, displacements(arrivals, densityThreshold));
      }
    });
  }
}

Deno.test("stream: without the sender's count, losses are those below the highest number", () => {
  const judge = new StreamJudge();
  for (const sequence of [0, 1, 4]) judge.observe(sequence, 0, 10);
  assertEquals(judge.report().lost, 2);
  assertEquals(judge.report({ sent: 7 }).lost, 4);
  assertThrows(() => judge.report({ sent: 2 }), RangeError, "3 packets of one stream came, 2");
});

Deno.test("stream: extents of a block that three packets overtook", () => {
  const judge = new StreamJudge({ first: 1 });
  for (const [i, sequence] of [1, 2, 3, 7, 8, 9, 4, 5, 6].entries()) judge.observe(sequence, 0, i);
  const { reordered, reorderedRatio, extent } = judge.report();
  assertEquals([reordered, reorderedRatio], [3, 1 / 3]);
  assertEquals([extent.values, extent.counts], [[3, 4, 5], [1, 1, 1]]);
});

Deno.test("stream: the density of an example: 2 is lost, 3 comes twice, 4 and 8 come early", () => {
  const judge = new StreamJudge({ first: 1, densityThreshold: 4 });
  for (const sequence of [1, 4, 3, 5, 3, 8, 7, 6]) judge.observe(sequence, 0, 10);
  const { density } = judge.report({ sent: 8 });
  assertEquals(density, {
    threshold: 4,
    displacements: [-2, -1, 0, 1, 2],
    counts: [1, 1, 3, 1, 1],
    beyond: 0,
  });
});

Deno.test("stream: a packet behind the density's threshold is told, and the others keep their places", () => {
  const judge = new StreamJudge({ densityThreshold: 2 });
  for (const sequence of [0, 3, 4, 1, 5, 2 ** 31 - 2]) judge.observe(sequence, 0, 10);
  const { density, reordered } = judge.report();
  assertEquals(density, { threshold: 2, displacements: [0], counts: [5], beyond: 1 });
  assertEquals(reordered, 1);
});

Deno.test("stream: what is later than the window is told, and what is in it is exact", () => {
  const judge = new StreamJudge({ window: 4 });
  for (const sequence of [0, 5, 1, 2, 5]) judge.observe(sequence, 0, 10);
  const { received, lost, tooLate, reordered, duplicates } = judge.report({ sent: 6 });
  assertEquals({ received, lost, tooLate, reordered, duplicates }, {
    received: 3,
    lost: 3,
    tooLate: 1,
    reordered: 1,
    duplicates: 1,
  });
});

Deno.test("stream: a gap that is larger than the window, and numbers that begin again", () => {
  const judge = new StreamJudge({ window: 4, first: 2 ** 32 - 2 });
  for (const sequence of [2 ** 32 - 2, 2 ** 32 - 1, 0, 1, 1000, 999, 1001]) {
    judge.observe(sequence, 0, 10);
  }
  const { received, lost, reordered } = judge.report({ sent: 1004 });
  assertEquals([received, lost, reordered], [7, 997, 1]);
});

Deno.test("stream: packets before the first number are none of it", () => {
  const judge = new StreamJudge({ first: 10 });
  for (const sequence of [9, 10, 9, 11]) judge.observe(sequence, 0, 10);
  const { received, tooLate, duplicates } = judge.report({ sent: 2 });
  assertEquals([received, tooLate, duplicates], [2, 2, 0]);
});

Deno.test("stream: times of clocks that differ are no latency", () => {
  const judge = new StreamJudge();
  judge.observe(0, 100, 50);
  judge.observe(1, 100, 150);
  const { negative, latency, received } = judge.report();
  assertEquals([negative, latency.count, latency.max, received], [1, 1, 50, 2]);
});

Deno.test("stream: PDV is the 99.9th percentile less the lowest delay, in the report's unit", () => {
  const judge = new StreamJudge();
  for (let i = 0; i < 1000; i++) judge.observe(i, 0, i === 999 ? 90_000 : i === 998 ? 2000 : 1000);
  assertEquals(judge.report().pdv, 1000);
  assertEquals(judge.report({ unit: 10 }).pdv, 100);
});

Deno.test("stream: windows and first numbers that are none are refused", () => {
  for (const window of [0, 1, 3, -4, NaN, 2 ** 25]) {
    assertThrows(() => new StreamJudge({ window }), RangeError, `packets, got ${window}`);
  }
  for (const densityThreshold of [0, 3, 2 ** 17, NaN]) {
    const make = () => new StreamJudge({ window: 2 ** 17, densityThreshold });
    assertThrows(make, RangeError, `packets, got ${densityThreshold}`);
  }
  assertThrows(
    () => new StreamJudge({ window: 2, densityThreshold: 4 }),
    RangeError,
    "a threshold of 4 packets is larger than the window, 2",
  );
  for (const first of [-1, 0.5, 2 ** 32]) {
    assertThrows(() => new StreamJudge({ first }), RangeError, `32 bits, got ${first}`);
  }
});
