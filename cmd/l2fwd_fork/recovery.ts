/**
 * What a slave leaves behind, and how it is made good for the next one. All slaves that share a port
 * have ended when these steps run, so nobody uses its pool: every mbuf that no device holds is free.
 *
 * @module
 */

import type { Eal, LcoreIds, MempoolAudit, SlaveResource, SupervisorEvent } from "../../mod.ts";
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
const LOCK_PERIOD = 500;

/**
 * EAL's shared locks: a slave that is killed while it starts up leaves them held. They are mended
 * when nobody starts up, so that who holds one for long is dead.
 */
export class LockCare implements Disposable {
  /** Processes that have not forwarded yet, and their lcores. */
  readonly #waiting = new Map<number, number>();
  readonly #timer: number;
  #spawned = 0;
  #due = false;

  constructor(eal: Eal, beats: Heartbeats) {
    this.#timer = setInterval(async () => {
      const allReady = [...this.#waiting].every(([pid, lcore]) => beats.isReady(lcore, pid));
      if (!this.#due || !allReady) return;
      this.#due = false;
      const spawned = this.#spawned;
      const readers = await eal.forgetDeadReaders(() => this.#spawned === spawned);
      if (readers > 0) console.log(`${readers} locks of EAL's were held by dead processes`);
      if (this.#spawned !== spawned) this.#due = true;
    }, LOCK_PERIOD);
  }

  /** To be told of all that happens. */
  notice(event: SupervisorEvent): void {
    switch (event.kind) {
      case "spawned":
        this.#spawned++;
        this.#waiting.set(event.pid, Number(event.slave));
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
