/**
 * What is done to the processes of an l2fwd_fork: each harm takes its slaves down in its own way.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { isAlive, type L2fwdFork, type TestProcess } from "../../../tests/harness.ts";
import type { Random } from "../../../ffi/traffic/random.ts";

/** What one harm needs. */
export interface Scene {
  fork: L2fwdFork;
  /** tests/fixtures/first_packet.ts, which kills and measures. */
  killer: TestProcess;
  random: Random;
  /** Milliseconds from each measured SIGKILL to the first packet of the replacement. */
  times: number[];
}

/** The killer's answer to a line. */
async function ask(killer: TestProcess, line: string): Promise<number> {
  const count = killer.lines.length;
  await killer.send(line);
  return Number(await killer.waitUntil(() => killer.lines[count], `waiting for "${line}"`));
}

/** Milliseconds until both ports have sent a packet. */
export function untilForwarding({ killer }: Scene): Promise<number> {
  return ask(killer, "forwards");
}

function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch {
    // it has been stopped meanwhile
  }
}

const anySlave = (random: Random) => random.pick([1, 2]);

async function killMeasured({ fork, killer, times }: Scene, slave: number): Promise<void> {
  await fork.recoversFrom(async () => {
    times.push(await ask(killer, `${slave - 1} ${fork.pid(slave)}`));
  });
}

/** All of them; a name is as often in WEIGHTS as it shall come. */
export const HARMS = {
  /** SIGKILL of a slave. */
  slave: (scene: Scene) => killMeasured(scene, anySlave(scene.random)),
  /** SIGKILL of both. */
  async both(scene: Scene): Promise<void> {
    const slave = anySlave(scene.random);
    signal(scene.fork.pid(3 - slave), "SIGKILL");
    await killMeasured(scene, slave);
  },
  /** SIGKILL of a process that starts up, then of the slave that it was for. */
  async starting({ fork, random }: Scene): Promise<void> {
    const slave = anySlave(random);
    const count = fork.spawned(slave).length;
    signal(await fork.readyReserve(slave), "SIGKILL");
    const next = await fork.process.waitUntil(
      () => fork.spawned(slave)[count],
      "waiting for the next reserve",
    );
    await delay(random.below(200));
    signal(next, "SIGKILL");
    await delay(random.below(300));
    await fork.recoversFrom(() => signal(fork.pid(slave), "SIGKILL"));
  },
  /** SIGKILL of a slave, and soon of the process that takes over for one of the two. */
  async recovering({ fork, random }: Scene): Promise<void> {
    const slave = anySlave(random);
    const next = await fork.reserve(anySlave(random));
    await fork.recoversFrom(async () => {
      signal(fork.pid(slave), "SIGKILL");
      await delay(random.below(60));
      signal(next, "SIGKILL");
    });
    while (isAlive(next)) await delay(1);
  },
  /** SIGSTOP of a slave. */
  async hung({ fork, random }: Scene): Promise<void> {
    await fork.recoversFrom(() => signal(fork.pid(anySlave(random)), "SIGSTOP"));
  },
  /** SIGSTOP of a slave, which then cannot obey STOP when the other one is killed. */
  async deaf({ fork, random }: Scene): Promise<void> {
    const slave = anySlave(random);
    await fork.recoversFrom(() => {
      signal(fork.pid(slave), "SIGSTOP");
      signal(fork.pid(3 - slave), "SIGKILL");
    });
  },
} as const;

/** The name of a harm. */
export type Harm = keyof typeof HARMS;

/** In twenty. */
export const WEIGHTS: readonly Harm[] = [
  ...Array<Harm>(9).fill("slave"),
  ...Array<Harm>(3).fill("both"),
  ...Array<Harm>(3).fill("starting"),
  ...Array<Harm>(3).fill("recovering"),
  "hung",
  "deaf",
];
