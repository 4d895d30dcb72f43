/** Searches for throughput, of devices that are simulated. */

import {
  backToBack,
  type GoalResult,
  type Measure,
  NDR,
  PDR,
  RFC2544_THROUGHPUT,
  search,
  type SearchGoal,
  type SearchOptions,
  type SearchResult,
} from "../../../ffi/traffic/traffic.ts";
import { Random } from "../../../ffi/traffic/random.ts";
import { classify, lossAt, type TrialDone } from "../../../ffi/traffic/trials.ts";
import { assert, assertEquals, assertRejects, fail } from "../../assert.ts";

const LINK = { minLoad: 9001, maxLoad: 14_880_952 };

/** A device that forwards so many packets a second, and loses the rest. */
function device(capacity: (duration: number) => number): Measure {
  return ({ load, duration }) => {
    const sent = Math.round(load * duration);
    return { sent, received: Math.min(sent, Math.round(capacity(duration) * duration)) };
  };
}

const exactly = (capacity: number) => device(() => capacity);

/** Two goals, narrow bounds. */
function pair({ goals }: SearchResult): [ndr: GoalResult, pdr: GoalResult] {
  const [ndr, pdr] = goals;
  return ndr && pdr ? [ndr, pdr] : fail("two goals are searched for");
}

/** Asserts that a goal's bounds are around a load, and as close as was asked. */
function assertAround({ lower, upper, goal }: GoalResult, load: number): void {
  assert(lower !== undefined && upper !== undefined);
  // a packet more or less in a second is no other load
  assert(lower <= load + 1 && upper >= load - 1, `${load} is not in ${lower}..${upper}`);
  assert(upper - lower <= upper * goal.width, `${lower}..${upper}`);
}

/** What the model of MLRsearch by the authors of the draft does with a device. */
interface Model {
  /** Packets a second that the device forwards, and how many in a million it loses of them. */
  capacity: number;
  lostPerMillion: number;
  maxLoad: number;
  goal: { final_trial_duration?: number; exceed_ratio?: number };
  /** How many trials it needs, and the bounds of each goal. */
  trials: number;
  bounds: [lower: number | null, upper: number | null][];
}

const MODELS: Model[] = JSON.parse(
  Deno.readTextFileSync(new URL("./fixtures/mlrsearch_trials.json", import.meta.url)),
);

for (const { capacity, lostPerMillion, maxLoad, goal, trials, bounds } of MODELS) {
  const long = goal.exceed_ratio === undefined ? "" : ", long trials that decide alone";
  const loss = lostPerMillion === 0 ? "" : `, less ${lostPerMillion} in a million`;
  Deno.test(`search: ${capacity} of ${maxLoad} pps${loss}${long}: the model's bounds, in ${trials} trials at most`, async () => {
    const { final_trial_duration: finalTrialDuration = 1, exceed_ratio: exceedRatio = 0.5 } = goal;
    const goals = [NDR, PDR].map((one) => ({ ...one, finalTrialDuration, exceedRatio }));
    const result = await search({ ...LINK, maxLoad, goals }, ({ load, duration }) => {
      const sent = Math.round(load * duration);
      const left = sent - Math.floor(sent * lostPerMillion / 1e6);
      return { sent, received: Math.min(left, Math.round(capacity * duration)) };
    });
    assert(result.complete);
    assert(result.trials.length <= trials, `${result.trials.length} trials`);
    for (const [i, [modelLower, modelUpper]] of bounds.entries()) {
      const { lower, upper } = result.goals[i]!;
      if (modelUpper === null) {
        assertEquals([lower, upper], [maxLoad, undefined]);
        continue;
      }
      // of both the answer is in between, and each is as narrow as was asked
      assert(upper! - lower! <= upper! * 0.005, `${lower}..${upper}`);
      assert(lower! <= modelUpper + 1 && upper! >= modelLower! - 1, `${lower}..${upper}`);
    }
  });
}

Deno.test("search: exactly 1 Mpps, found within one width", async () => {
  const [ndr, pdr] = pair(await search(LINK, exactly(1e6)));
  assertAround(ndr, 1e6);
  assertAround(pdr, 1e6 / 0.995);
  assert(Math.abs(pdr.throughput! / 1e6 - 1) < 0.005);
  assertEquals(ndr.throughput, ndr.lower);
});

Deno.test("search: devices of any capacity, in as many trials (seed 4)", async () => {
  const random = new Random(4);
  for (let i = 0; i < 300; i++) {
    const capacity = 9100 * Math.exp(random.below(7.3));
    const result = await search(LINK, exactly(capacity));
    const [ndr, pdr] = pair(result);
    assertAround(ndr, capacity);
    assertAround(pdr, capacity / 0.995);
    assert(result.trials.length <= 35, `${result.trials.length} trials for ${capacity}`);
  }
});

Deno.test("search: a device that loses 1 packet in 10^6 has NDR below and PDR above", async () => {
  const result = await search(LINK, ({ load, duration }) => {
    const sent = Math.round(load * duration);
    return { sent, received: Math.min(sent - Math.floor(sent / 1e6), 10e6 * duration) };
  });
  const [ndr, pdr] = pair(result);
  // in a second, a million packets are the first to lose one
  assertAround(ndr, 1e6);
  assertAround(pdr, 10e6 / 0.995);
});

Deno.test("search: devices whose capacity varies are searched to the end (seed 6)", async () => {
  const random = new Random(6);
  for (let i = 0; i < 100; i++) {
    const mean = 20_000 * Math.exp(random.below(6));
    const result = await search(LINK, device(() => mean * (0.98 + random.below(0.04))));
    assert(result.complete);
    for (const { lower, upper, throughput } of result.goals) {
      assert(lower! > 0.97 * mean && upper! < 1.03 * mean, `${lower}..${upper} of ${mean}`);
      assert(throughput! <= lower! && throughput! > 0.97 * mean);
    }
  }
});

Deno.test("search: a load that loses less than a lower one does not count", async () => {
  // loses between 2 and 3 Mpps, forwards up to 5
  const result = await search(LINK, ({ load, duration }) => {
    const sent = Math.round(load * duration);
    const hole = load > 2e6 && load < 3e6 ? 0.9 : 1;
    return { sent, received: Math.min(sent * hole, 5e6 * duration) };
  });
  // the first guess is 5 Mpps: the hole is not seen, as in any search that does not try all loads
  assertAround(pair(result)[0], 5e6);
  const low = await search({ ...LINK, maxLoad: 2_500_000 }, ({ load, duration }) => {
    const sent = Math.round(load * duration);
    return { sent, received: load > 2e6 ? sent * 0.9 : sent };
  });
  for (const goal of low.goals) assertAround(goal, 2e6);
});

Deno.test("search: what the sender could not send is a loss", async () => {
  const { goals: [ndr] } = await search({ ...LINK, goals: [NDR] }, ({ load, duration }) => {
    const asked = Math.round(load * duration);
    const sent = Math.min(asked, 3e6 * duration);
    return { asked, sent, received: sent };
  });
  assertAround(ndr!, 3e6);
});

Deno.test("search: a device that forwards nothing has no lower bound", async () => {
  const { goals, complete } = await search(LINK, ({ load }) => ({ sent: load, received: 0 }));
  assert(complete);
  assertEquals(goals.map(({ lower, upper, throughput }) => [lower, upper, throughput]), [
    [undefined, 9001, undefined],
    [undefined, 9001, undefined],
  ]);
});

Deno.test("search: the throughput of RFC 2544, with trials of 60 seconds and no loss", async () => {
  const { goals: [goal], trials } = await search(
    { ...LINK, goals: [RFC2544_THROUGHPUT] },
    exactly(1e6),
  );
  assertAround(goal!, 1e6);
  assertEquals([...new Set(trials.map(({ duration }) => duration))], [60]);
  assert(trials.length <= 12, `${trials.length} trials`);
});

Deno.test("search: goals of other widths, sums and expansions", async () => {
  const goals: SearchGoal[] = [
    { lossRatio: 0.01, width: 0.02, expansion: 3 },
    { lossRatio: 0, width: 0.001, precedingTargets: 4 },
    { lossRatio: 0.1, durationSum: 1, precedingTargets: 0 },
  ];
  const result = await search({ ...LINK, goals }, exactly(1e6));
  assert(result.complete);
  assertAround(result.goals[0]!, 1e6 / 0.99);
  assertAround(result.goals[1]!, 1e6);
  assertAround(result.goals[2]!, 1e6 / 0.9);
});

Deno.test("search: a warm-up does not count, and an end that comes early keeps what was measured", async () => {
  const seen: number[] = [];
  const measure: Measure = (trial) => {
    seen.push(trial.duration);
    return exactly(1e6)(trial);
  };
  const result = await search({ ...LINK, warmupDuration: 3, maxDuration: 5 }, measure);
  assertEquals([seen[0], seen.length, result.trials.length, result.complete], [3, 6, 5, false]);

  const controller = new AbortController();
  const aborted = await search({ ...LINK, signal: controller.signal }, (trial) => {
    if (trial.load < LINK.maxLoad) controller.abort();
    return exactly(1e6)(trial);
  });
  assertEquals([aborted.trials.length, aborted.complete], [2, false]);
});

Deno.test("search: loads and goals that are none are refused", async () => {
  const wrong: [Partial<SearchOptions>, string][] = [
    [{ minLoad: 0 }, "loads with 0 < min < max, got 0 and 14880952"],
    [{ maxLoad: 9001 }, "got 9001 and 9001"],
    [{ maxLoad: Infinity }, "got 9001 and Infinity"],
    [{ goals: [] }, "expected a goal, got none"],
    [{ goals: [{ lossRatio: 1 }] }, "a loss ratio from 0 to below 1, got 1"],
    [{ goals: [{ exceedRatio: -0.1 }] }, "an exceed ratio from 0 to below 1, got -0.1"],
    [{ goals: [{ width: 0 }] }, "a width above 0 and below 1, got 0"],
    [{ goals: [{ initialTrialDuration: 0 }] }, "an initial trial duration above 0, got 0"],
    [{ goals: [{ finalTrialDuration: 0.5 }] }, "not below the initial one, got 0.5"],
    [{ goals: [{ durationSum: 0.5 }] }, "a duration sum not below that of a trial, got 0.5"],
    [{ goals: [{ expansion: 1 }] }, "an expansion above 1, got 1"],
    [{ goals: [{ precedingTargets: 0 }] }, "1 preceding targets or more, got 0"],
  ];
  for (const [options, message] of wrong) {
    await assertRejects(() => search({ ...LINK, ...options }, exactly(1)), RangeError, message);
  }
});

const GOAL = { lossRatio: 0.005, exceedRatio: 0.5, trialDuration: 1, durationSum: 21, width: 1 };

function trial(lossRatio: number, duration = 1): TrialDone {
  return { load: 1, duration, took: duration, sent: 1, received: 1, lossRatio };
}

Deno.test("a load is a bound when the trials that are missing cannot decide otherwise", () => {
  for (let good = 0; good <= 21; good++) {
    for (let bad = 0; good + bad <= 21; bad++) {
      const trials = [...Array(good).fill(trial(0.005)), ...Array(bad).fill(trial(0.0051))];
      // all ways to go on: 21 trials in all, of which bad ones may be half
      const left = 21 - good - bad;
      const ways = new Set(Array.from({ length: left + 1 }, (_, more) => bad + more <= 10.5));
      const expected = ways.size > 1 ? undefined : ways.has(true);
      assertEquals(classify(trials, GOAL), expected, `${good} good, ${bad} bad`);
    }
  }
});

Deno.test("short trials: good ones make up for bad ones, and decide nothing alone", () => {
  const target = { ...GOAL, trialDuration: 10, durationSum: 10, exceedRatio: 0 };
  assertEquals(classify(Array(30).fill(trial(0)), target), undefined);
  assertEquals(classify([trial(1)], target), false);
  assertEquals(classify([trial(1), trial(0, 10)], target), false);
  const half = { ...target, exceedRatio: 0.5 };
  assertEquals(classify([trial(1), trial(0)], half), undefined);
  assertEquals(classify([trial(1), trial(0, 10)], half), true);
  assertEquals(classify(Array(6).fill(trial(1)), half), false);
});

Deno.test("the loss at a lower bound is that of the worst trial that must be good", () => {
  const losses = [0.3, 0, 0.001, 0.2, 0.002].map((loss) => trial(loss));
  const target = { ...GOAL, durationSum: 5 };
  // half of five seconds is two and a half: the third best
  assertEquals(lossAt(losses, target), 0.002);
  assertEquals(lossAt(losses.slice(1, 3), target), 1);
  assertEquals(lossAt(losses, { ...target, exceedRatio: 0 }), 0.3);
});

Deno.test("back to back: the longest burst without loss, of each search (seed 8)", async () => {
  for (const [queue, maxBurst, resolution] of [[1024, 1e6, 1], [1, 100, 1], [100_000, 1e6, 64]]) {
    const { bursts, mean, min, max, deviation } = await backToBack(
      { maxBurst: maxBurst!, resolution: resolution!, repeats: 3 },
      (frames) => ({ sent: frames, received: Math.min(frames, queue!) }),
    );
    for (const burst of bursts) assert(burst <= queue! && burst > queue! - resolution!, `${burst}`);
    assertEquals([mean, min, max, deviation], [bursts[0], bursts[0], bursts[0], 0]);
  }
  const random = new Random(8);
  const varying = await backToBack({ maxBurst: 1e5 }, (frames) => ({
    sent: frames,
    received: Math.min(frames, 900 + Math.floor(random.below(200))),
  }));
  assertEquals(varying.bursts.length, 50);
  assert(varying.mean > 850 && varying.mean < 1150 && varying.deviation > 0);
});

Deno.test("back to back: all or none taken, an early end, options that are none", async () => {
  const lossless = await backToBack(
    { maxBurst: 500, repeats: 2 },
    (n) => ({ sent: n, received: n }),
  );
  assertEquals([lossless.bursts, lossless.complete], [[500, 500], true]);
  const dead = await backToBack({ maxBurst: 500, repeats: 2 }, (n) => ({ sent: n, received: 0 }));
  assertEquals([dead.bursts, dead.mean], [[0, 0], 0]);
  const controller = new AbortController();
  let calls = 0;
  const ended = await backToBack({ maxBurst: 500, signal: controller.signal }, (n) => {
    if (++calls === 3) controller.abort();
    return { sent: n, received: n };
  });
  assertEquals([ended.bursts, ended.complete], [[500, 500, 500], false]);
  for (
    const options of [{ maxBurst: 0 }, { maxBurst: 1, resolution: 0.5 }, {
      maxBurst: 1,
      repeats: 0,
    }]
  ) {
    await assertRejects(() => backToBack(options, () => ({ sent: 0, received: 0 })), RangeError);
  }
});
