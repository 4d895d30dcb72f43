/**
 * Processes that share rings and pools, and that are killed or stopped at the worst instants, alone and
 * in pairs. After each harm all that live go on, all that were killed come back, and every element is
 * in one place.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import type { CrashPoints, TestProcess } from "../harness.ts";
import type { Random } from "../../ffi/traffic/random.ts";

/** What happens to a process that comes to a point. */
export const HARMS = [
  "kill",
  "stop",
  "stop, kill another",
  "stop, kill both",
  "kill two",
] as const;

/** One of {@linkcode HARMS}. */
export type Harm = typeof HARMS[number];

/** How long one that is stopped stands, in milliseconds at most. */
const STANDS = 120;

/** How often it is looked whether the end of a C process is waited for, in milliseconds. */
const WAITS = 300;

/** The last line by which it is. */
const WAITED_FOR = /^Waits for the end of .*$(?![^]*^Waits for the end of )/m;

/**
 * Whether one of these waits for the end of this process: a C process that nobody can ask, and which
 * may be inside what a killed one left half-way.
 */
export function isWaitedFor(process: TestProcess, all: readonly TestProcess[]): boolean {
  const name = `(pid ${process.pid})`;
  return process.running &&
    all.some(({ stdout }) => stdout.match(WAITED_FOR)?.[0].includes(name));
}

/** Ends, every now and then, those that are waited for, until this is so. */
export async function whileEnding<T>(outcome: Promise<T>, end: () => Promise<void>): Promise<T> {
  let waits = true;
  const over = outcome.finally(() => waits = false);
  for (;;) {
    await Promise.race([over, delay(WAITS)]);
    if (!waits) return await over;
    await end();
  }
}

/** Steps of an update: the head is to move, has moved, objects are copied, the tail has moved. */
const STEPS = ["try", "moved", "head", "tail", "done"];

/** The points of a ring whose name begins so. */
export const pointsOf = (ring: string, kind: "put" | "take") =>
  STEPS.map((step) => `${kind}-${step} ${ring}`);

/** Processes of one primary. */
export interface Scene {
  /** Each of them by number; those that were killed last have ended. */
  readonly processes: TestProcess[];
  /** What stops and kills them. */
  readonly crashes: CrashPoints;
  /** Starts the process of this number again, where the one before had its place. */
  bring(id: number): Promise<void>;
  /** Makes a process come to its points, if it does not by itself, until disposal. */
  stir(id: number): AsyncDisposable;
  /** Waits until all go on, and all elements are in one place. */
  allWell(): Promise<void>;
}

/** A harm to be done. */
export interface Plan {
  /** The one that comes to the point. */
  victim: number;
  /** Another one. */
  other: number;
  point: string;
  harm: Harm;
}

/** Two of these processes. */
export function anyTwo(
  processes: readonly number[],
  random: Random,
): Pick<Plan, "victim" | "other"> {
  const victim = random.pick(processes);
  return { victim, other: random.pick(processes.filter((id) => id !== victim)) };
}

/** Kills them in the same millisecond, and waits until they have ended. */
async function kill(scene: Scene, ...ids: number[]): Promise<void> {
  for (const id of ids) scene.processes[id]?.kill("SIGKILL");
  for (const id of ids) await scene.processes[id]?.ended();
}

/** Does a harm, and waits until all is well again. */
export async function doHarm(scene: Scene, plan: Plan, random: Random): Promise<void> {
  try {
    await harmed(scene, plan, random);
  } catch (error) {
    const { victim, other, point, harm } = plan;
    const what = `${harm}, process ${victim} at ${point}, the other one is ${other}`;
    const said = scene.processes.map(({ name, pid, stdout }) =>
      `${name} (pid ${pid}): ${stdout.slice(-400).trimEnd()}`
    );
    const why = error instanceof Error ? error.message : error;
    throw new Error(`${what}: ${why}\n${said.join("\n")}`);
  }
}

async function harmed(scene: Scene, plan: Plan, random: Random): Promise<void> {
  const { victim, other, point, harm } = plan;
  const { crashes, processes } = scene;
  const process = processes[victim];
  if (!process) throw new Error(`no process ${victim}`);
  const stops = harm.startsWith("stop");
  const from = process.stderr.length;
  crashes.arm(process.pid, point, 0, stops ? "SIGSTOP" : "SIGKILL");
  {
    await using _stirred = scene.stir(victim);
    await process.waitFor(`crash point: ${point} (pid ${process.pid})`, { on: "stderr", from });
  }
  const gone: number[] = [];
  if (harm === "kill" || harm === "kill two") gone.push(victim);
  if (harm === "kill two") gone.push(other);
  if (stops) {
    await process.stopped();
    await delay(random.below(STANDS));
    if (harm === "stop, kill another") gone.push(other);
    if (harm === "stop, kill both") gone.push(...random.pick([[victim, other], [other, victim]]));
    await kill(scene, ...gone);
    if (harm !== "stop, kill both") {
      await delay(random.below(STANDS));
      process.resume();
    }
  } else {
    await kill(scene, ...gone);
  }
  for (const id of gone) await scene.bring(id);
  await scene.allWell();
}
