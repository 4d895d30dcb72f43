/**
 * All crash points of a slave of l2fwd_fork, and how each is reached: slave 1 takes packets from a
 * net_null port, whose pool it empties, and puts them into the ring of a net_ring port; slave 2 takes
 * them out of there and gives them back to the pool.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import {
  CrashPoints,
  isAlive,
  isInReserve,
  L2FWD_POOL_SIZE,
  type L2fwdFork,
  type PoolAccount,
  type Prefix,
  startL2fwdFork,
  until,
} from "../harness.ts";

/** The devices that the matrix is made for. */
const CRASH_VDEVS = ["net_null0", "net_ring0"] as const;

/** What a process does when it comes to a point. */
export type Phase = "forwards" | "is told to stop" | "is told to start" | "starts up";

/** A place to die. */
export interface CrashPoint {
  /** As the shim calls it. */
  point: string;
  /** Which slave. */
  slave: 1 | 2;
  /** When. */
  phase: Phase;
  /** Only floating slaves come there. */
  floating?: true;
  /** How often it comes there before. */
  skip?: number;
}

const pointsOf = (slave: 1 | 2, phase: Phase, points: readonly string[]) =>
  points.map((point): CrashPoint => ({ point, slave, phase }));

const floating = (phase: Phase, points: readonly string[]) =>
  pointsOf(1, phase, points).map((point): CrashPoint => ({ ...point, floating: true }));

/** Steps in the update of a ring: head moved, pointers copied, tail moved. */
const PUT = ["put-head", "put-tail", "put-done"];
const TAKE = ["take-head", "take-tail", "take-done"];
const steps = (ring: string, names: readonly string[]) => names.map((name) => `${name} ${ring}`);

/** Steps of a command: taken out of the one ring, acknowledged in the other. */
const COMMAND = [...steps("l2fwd_ring_m2s_", TAKE), ...steps("l2fwd_ring_s2m_", PUT)];

/** Those of a slave that forwards. */
const FORWARDING: readonly CrashPoint[] = [
  // mbufs out of the pool, into the cache, to the process, into the other port's queue
  ...pointsOf(1, "forwards", [...steps("MP_", ["take-head", "take-tail"]), "cache-refilled"]),
  ...pointsOf(1, "forwards", ["received", "flush", "sent", ...steps("ETH_RXTX", PUT)]),
  // out of that queue, to the process, into the cache, back into the pool
  ...pointsOf(2, "forwards", [...steps("ETH_RXTX", TAKE), "received", "half-sent", "cache-put"]),
  ...pointsOf(2, "forwards", [...steps("MP_", ["put-head", "put-tail"]), "cache-flushed", "sent"]),
];

/** The others. */
const COMMANDED: readonly CrashPoint[] = [
  ...pointsOf(1, "is told to start", COMMAND),
  ...floating("is told to start", ["lcore-release", "lcore-claimed", "lcore-taken"]),
  ...pointsOf(1, "is told to stop", COMMAND),
  ...floating("is told to stop", ["lcore-release", "lcore-released"]),
  ...pointsOf(1, "starts up", [
    "memory-lock",
    "memory-write-lock",
    "tailq-lock",
    "mempool-lock",
    "memzone-lock",
    "ports-lock",
  ]),
];

/**
 * The points that are wanted, in an order in which no slave dies at once after its start several
 * times in a row.
 */
export function crashPoints(wanted: (point: CrashPoint) => boolean): CrashPoint[] {
  const commanded = COMMANDED.filter(wanted);
  const forwarding = FORWARDING.filter(wanted);
  return [
    ...forwarding.flatMap((point, i) => [...commanded.slice(i, i + 1), point]),
    ...commanded.slice(forwarding.length),
  ];
}

/** What messages call it. */
function crashName({ point, slave, phase }: CrashPoint): string {
  return `${point}, slave ${slave} ${phase}`;
}

/** How often a process is started anew until one is armed before it comes to its point. */
const STARTS = 5;

/** Lets a slave die there, and waits until both forward again. The pid of the one that died. */
export async function crashAt(
  fork: L2fwdFork,
  crashes: CrashPoints,
  { point, slave, phase, skip = 0 }: CrashPoint,
): Promise<number> {
  const other = slave === 1 ? 2 : 1;
  const { process } = fork;
  const arm = (pid: number) => {
    crashes.arm(pid, point, skip);
    return pid;
  };
  const dies = async (pid: number) => {
    await process.waitFor(`crash point: ${point} (pid ${pid})`, { on: "stderr" });
    await until(() => !isAlive(pid), `the end of ${pid} at ${point}`, [pid]);
    return pid;
  };
  if (phase === "starts up") {
    // the next process in reserve, as soon as the one there is dies
    for (let left = STARTS;; left--) {
      const old = await fork.readyReserve(slave);
      const count = fork.spawned(slave).length;
      Deno.kill(old, "SIGKILL");
      const next = await process.waitUntil(
        () => fork.spawned(slave)[count],
        "waiting for the next reserve",
      );
      const line = `crash point: ${point} (pid ${arm(next)})`;
      // on a busy machine it may have come past before it was armed
      const came = () => process.stderr.includes(line);
      await process.waitUntil(() => came() || isInReserve(next), `waiting for "${line}"`);
      if (!came() && left > 1) continue;
      await dies(next);
      await fork.readyReserve(slave);
      return next;
    }
  }
  const reserve = await fork.readyReserve(slave);
  let victim = fork.pid(slave);
  await fork.recoversFrom(async () => {
    if (phase === "is told to start") victim = reserve;
    arm(victim);
    if (phase !== "forwards") Deno.kill(fork.pid(other), "SIGKILL");
    await dies(victim);
  });
  return victim;
}

/** A slave that dies sooner after its start is started again later, in the end never. */
const QUICK = 550;

/** What came of it. */
export interface CrashReport {
  /** How many points there were, each of which was hit. */
  points: number;
  /** The longest time until both slaves forwarded again, those at a start left out. */
  longest: { ms: number; at: string };
  /** Mbufs that the killed ones had in their hands, and that were given back. */
  givenBack: number;
}

/** After each death every mbuf was somewhere or was found to be lost; at the end none is. */
export function assertAccounts(fork: L2fwdFork, last: readonly PoolAccount[]): void {
  assert(fork.accounts.length >= 2 * fork.recoveries);
  for (const { pool, free, cached, queued, lost } of fork.accounts) {
    assertEquals([pool, free + cached + queued + lost], [pool, L2FWD_POOL_SIZE]);
  }
  assertEquals(last.map(({ lost }) => lost), [0, 0]);
}

/** Starts an l2fwd_fork whose slaves die at these points, one after the other, and ends it. */
export async function crashAtAll(
  prefix: Prefix,
  points: readonly CrashPoint[],
  args: readonly string[],
): Promise<CrashReport> {
  using crashes = await CrashPoints.create();
  const fork = await startL2fwdFork(prefix, {
    vdevs: CRASH_VDEVS,
    args: ["-p", "3", ...args],
    env: crashes.env,
  });
  const longest = { ms: 0, at: "" };
  for (const point of points) {
    await delay(QUICK);
    const begin = performance.now();
    try {
      await crashAt(fork, crashes, point);
    } catch (error) {
      throw new Error(crashName(point), { cause: error });
    }
    const ms = performance.now() - begin;
    if (point.phase === "starts up" || ms < longest.ms) continue;
    Object.assign(longest, { ms, at: crashName(point) });
  }
  await fork.forwards();
  const { end, pools } = await fork.end();
  assertEquals(end.code, 0);
  assertAccounts(fork, pools);
  const givenBack = fork.accounts.reduce((sum, { lost }) => sum + lost, 0);
  return { points: points.length, longest, givenBack };
}
