/**
 * What a slave leaves behind, and how it is made good for the next one. All slaves that share a port
 * have ended when these steps run, so nobody uses its pool: every mbuf that no device holds is free.
 *
 * @module
 */

import {
  type Eal,
  type LcoreIds,
  type MempoolAudit,
  processEnd,
  type SlaveResource,
  type SupervisorEvent,
} from "../../mod.ts";
import type { Channel, Heartbeats } from "./objects.ts";
import { type Port, startPort } from "./ports.ts";

/** The order of the steps among all slaves of a group. */
const Step = {
  /** What belongs to one slave alone. */
  OWN: 0,
  /** A pool's ring first: a device that stops gives its mbufs back. */
  POOL_RING: 1,
  STOP: 2,
  QUEUES: 3,
  POOL: 4,
  START: 5,
} as const;

/** The command rings of a slave. */
export function channelResource(channel: Channel): SlaveResource {
  return { name: "command rings", order: Step.OWN, reset: () => channel.reset() };
}

/** Gives back the lcore ids of a process that has ended. */
export function returnLcoreIds(ids: LcoreIds, pid: number): number[] {
  return ids.of(pid).filter((id) => ids.release(id, pid));
}

/**
 * A port of a slave, its queues and its pool.
 *
 * @param neighbours All ports between which packets of this one's pool travel, itself included.
 * @param onAudit Called with what was found, before it is mended.
 */
export function portResources(
  { dev, pool, rings }: Port,
  neighbours: () => readonly Port[],
  onAudit: (pool: string, found: MempoolAudit) => void,
): SlaveResource[] {
  const { port } = dev;
  return [
    { name: `ring of ${pool.name}`, order: Step.POOL_RING, reset: () => void pool.repair() },
    { name: `stop port ${port}`, order: Step.STOP, reset: () => dev.stop() },
    {
      name: `queues of port ${port}`,
      order: Step.QUEUES,
      reset() {
        for (const ring of rings) {
          ring.repair("producer");
          ring.repair("consumer");
        }
      },
    },
    {
      name: pool.name,
      order: Step.POOL,
      reset() {
        const ports = neighbours();
        const names = ports.flatMap(({ rings }) => rings.map(({ name }) => name));
        const keepLost = ports.some(({ keeps }) => keeps > 0);
        onAudit(pool.name, pool.audit({ rings: names, repair: true, keepLost }));
      },
    },
    { name: `start port ${port}`, order: Step.START, reset: () => startPort(dev) },
  ];
}

/** How often it is looked whether EAL's locks can be cared for, in milliseconds. */
const LOCK_PERIOD = 100;

/** One that has not started up by then may wait for a lock that a dead one holds, in milliseconds. */
const HUNG = 1_000;

/**
 * EAL's shared locks: a slave that is killed while it starts up leaves them held. They are mended
 * when nobody starts up, so that who holds one for long is dead; or when nobody gets on with it,
 * and then those are ended too.
 */
export class LockCare implements Disposable {
  readonly #eal: Eal;
  readonly #beats: Heartbeats;
  /** Processes that have not forwarded yet, with their lcores and when they were spawned. */
  readonly #waiting = new Map<number, { lcore: number; at: number }>();
  readonly #timer: number;
  #spawned = 0;
  #due = false;
  #busy = false;

  constructor(eal: Eal, beats: Heartbeats) {
    this.#eal = eal;
    this.#beats = beats;
    this.#timer = setInterval(() => this.#look(), LOCK_PERIOD);
  }

  async #look(): Promise<void> {
    if (this.#busy) return;
    const starting = [...this.#waiting].filter(([pid, { lcore }]) =>
      !this.#beats.isReady(lcore, pid)
    );
    const hung = starting.length > 0 &&
      starting.every(([, { at }]) => performance.now() - at > HUNG);
    if (starting.length > 0 ? !hung : !this.#due) return;
    this.#busy = true;
    this.#due = false;
    const spawned = this.#spawned;
    const holders = await this.#eal.forgetDeadHolders({
      stillValid: () => this.#spawned === spawned,
      endDoubtful: () => endProcesses(starting.map(([pid]) => pid)),
    });
    if (holders > 0) console.log(`${holders} locks of EAL's were held by dead processes`);
    if (this.#spawned !== spawned) this.#due = true;
    this.#busy = false;
  }

  /** To be told of all that happens. */
  notice(event: SupervisorEvent): void {
    switch (event.kind) {
      case "spawned":
        this.#spawned++;
        this.#waiting.set(event.pid, { lcore: Number(event.slave), at: event.at });
        break;
      case "started":
        this.#waiting.delete(event.pid);
        break;
      case "died":
      case "killed":
        if (this.#waiting.delete(event.pid)) this.#due = true;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Kills children and waits until they have ended. */
async function endProcesses(pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch {
      // it has ended
    }
  }
  await Promise.all(pids.map((pid) => processEnd(pid)));
}
