/**
 * Processes of symmetric_mp and simple_mp, which are killed and stopped inside the rings that they
 * share, at all crash points.
 *
 * @module
 */

import { anyTwo, doHarm, type Harm, HARMS, type Scene } from "../../../tests/faults/harms.ts";
import {
  SIMPLE_POINTS,
  SIMPLE_VICTIMS,
  SimpleScene,
} from "../../../tests/faults/simple_mp_campaign.ts";
import { SYMMETRIC_POINTS, SymmetricScene } from "../../../tests/faults/symmetric_mp_campaign.ts";
import { type Maker, type Prefix, testPrefix } from "../../../tests/harness.ts";
import type { Random } from "../../../ffi/traffic/random.ts";

/** A program whose processes share rings. */
interface RingProgram {
  name: string;
  points: readonly string[];
  /** Indexes of the processes that are harmed. */
  victims: readonly number[];
  /** Whose processes: each of these has a third of the rounds. */
  makers: readonly (readonly Maker[])[];
  start(prefix: Prefix, makers: readonly Maker[]): Promise<RunningScene>;
}

/** Rounds after which C processes are ended. */
const BESIDE_C = 10;

type RunningScene = Scene & Disposable & { end(): Promise<void> };

const PROGRAMS: readonly RingProgram[] = [
  {
    name: "symmetric_mp",
    points: SYMMETRIC_POINTS,
    victims: [0, 1, 2],
    makers: [["ts", "ts", "ts"], ["ts", "c", "ts"], ["c", "ts", "ts"]],
    start: (prefix, makers) => SymmetricScene.start(prefix, makers),
  },
  {
    name: "simple_mp",
    points: SIMPLE_POINTS,
    victims: SIMPLE_VICTIMS,
    makers: [["ts", "ts", "ts"], ["ts", "c", "ts"], ["c", "ts", "ts"]],
    start: (prefix, makers) => SimpleScene.start(prefix, makers),
  },
];

/** Rounds of one harm with processes of these makers; whether all went well. */
async function rounds(
  { name, points, victims, start }: RingProgram,
  { harm, makers, count, random }: {
    harm: Harm;
    makers: readonly Maker[];
    count: number;
    random: Random;
  },
): Promise<boolean> {
  const begin = performance.now();
  let well = true;
  let done = 0;
  try {
    while (done < count) {
      await using prefix = testPrefix();
      using scene = await start(prefix, makers);
      // what killed processes held comes back when the C processes have ended
      const end = makers.includes("c") ? Math.min(count, done + BESIDE_C) : count;
      for (; done < end; done++) {
        // each point in turn
        const point = points[done % points.length] ?? "";
        await doHarm(scene, { ...anyTwo(victims, random), point, harm }, random);
      }
      await scene.end();
    }
  } catch (error) {
    well = false;
    console.error(`${name}, ${makers.join(" ")}, ${harm}, round ${done + 1}: ${error}`);
  }
  const seconds = ((performance.now() - begin) / 1000).toFixed(0);
  console.log(`${name}, ${makers.join(" ")}, ${harm}: ${done} of ${count} rounds in ${seconds} s`);
  return well;
}

/** Runs `count` rounds of each harm with each program; whether all went well. */
export async function ringCampaigns(count: number, random: Random): Promise<boolean> {
  let well = true;
  for (const program of PROGRAMS) {
    for (const harm of HARMS) {
      for (const [i, makers] of program.makers.entries()) {
        const share = Math.floor(count * (i + 1) / program.makers.length) -
          Math.floor(count * i / program.makers.length);
        if (share === 0) continue;
        well = await rounds(program, { harm, makers, count: share, random }) && well;
      }
    }
  }
  return well;
}
