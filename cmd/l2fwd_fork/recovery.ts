/**
 * Puts in order what a slave leaves behind, for the next process. All slaves that share a port have
 * ended when these steps run, so no process uses the port's pool, and every mbuf that no device
 * holds is free.
 *
 * @module
 */

import type { Eal } from "../../ffi/port_core.ts";
import { type LcoreIds, type MempoolAudit, StartWatch } from "../../ffi/recovery/recovery.ts";
import {
  processEnd,
  type SlaveResource,
  type SupervisorEvent,
} from "../../ffi/supervise/supervise.ts";
import { waitingForLocks } from "../lib/lock_recovery.ts";
import { say } from "../lib/stdout.ts";
import type { Channel, Heartbeats } from "./objects.ts";
import { type SharedPort, startPort } from "./ports.ts";

/** The order of the steps among all slaves of a group. */
const Step = {
  /** Resources of one slave alone. */
  OWN: 0,
  /** The ring of a pool, before the ports: a device that stops puts its mbufs back there. */
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
  return ids.heldBy(pid).filter((id) => ids.release(id, pid));
}

/**
 * A port of a slave, its queues and its pool.
 *
 * @param neighbours all ports between which packets of this port's pool travel, this one included.
 * @param onAudit called with the result of the audit, before anything is repaired.
 */
export function portResources(
  { port, pool, rings }: SharedPort,
  neighbours: () => readonly SharedPort[],
  onAudit: (pool: string, found: MempoolAudit) => void,
): SlaveResource[] {
  return [
    { name: `ring of ${pool.name}`, order: Step.POOL_RING, reset: () => void pool.repair() },
    { name: `stop port ${port.id}`, order: Step.STOP, reset: () => port.stop() },
    {
      name: `queues of port ${port.id}`,
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
    { name: `start port ${port.id}`, order: Step.START, reset: () => startPort(port) },
  ];
}

/** Milliseconds between two attempts to free EAL's locks. */
const LOCK_PERIOD = 100;

/**
 * Frees EAL's shared locks: a slave that is killed while it starts up leaves them held. They are
 * freed when no slave is starting up, since slaves that are ready take none; or when all that start
 * up hang on a lock, and then these are ended too. Other processes of the prefix must be seen to
 * hold no lock, or are waited for.
 */
export class LockCare implements Disposable {
  readonly #eal: Eal;
  readonly #beats: Heartbeats;
  /** Living processes of slaves, by pid: their lcores, and whether they have forwarded. */
  readonly #slaves = new Map<number, { lcore: number; worked: boolean }>();
  readonly #starts = new StartWatch();
  readonly #timer: number;
  #waitsFor = "";
  #spawned = 0;
  #due = false;
  #busy = false;
  /** The obstacle that was last reported, so that it is reported once. */
  #told = "";

  constructor(eal: Eal, beats: Heartbeats) {
    this.#eal = eal;
    this.#beats = beats;
    const unknown = eal.locksUnknown;
    if (unknown) say(`recovery of EAL's locks unavailable: ${unknown}`);
    this.#timer = setInterval(() => this.#look(), LOCK_PERIOD);
  }

  async #look(): Promise<void> {
    if (this.#busy) return;
    const starting = [...this.#slaves].flatMap(([pid, { lcore, worked }]) =>
      worked || this.#beats.isReady(lcore, pid) ? [] : [pid]
    );
    const hang = this.#starts.allHang(starting);
    if (starting.length > 0 ? !hang : !this.#due) return;
    this.#busy = true;
    this.#due = false;
    try {
      await this.#mend(starting);
    } catch (error) {
      // for lack of descriptors, for example; the next attempt may succeed
      this.#due = true;
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== this.#told) say(`EAL's locks cannot be looked after now: ${reason}`);
      this.#told = reason;
    } finally {
      this.#busy = false;
    }
  }

  async #mend(starting: readonly number[]): Promise<void> {
    const spawned = this.#spawned;
    const holders = await this.#eal.forgetDeadHolders({
      outside: () => this.#slaves.keys(),
      stillValid: () => this.#spawned === spawned,
      endDoubtful: () => endProcesses(starting),
      onWait: (pids) => {
        this.#due = true;
        this.#sayWaits(pids);
      },
    });
    if (holders > 0) say(`${holders} locks of EAL's were held by dead processes`);
    if (this.#spawned !== spawned) this.#due = true;
    this.#told = "";
  }

  /** Names the processes that may hold a lock, once. */
  #sayWaits(pids: readonly number[]): void {
    const line = waitingForLocks(this.#eal, pids);
    if (line !== this.#waitsFor) say(line);
    this.#waitsFor = line;
  }

  /** Must be called for every event of the supervisor. */
  notice(event: SupervisorEvent): void {
    switch (event.kind) {
      case "spawned":
        this.#spawned++;
        this.#slaves.set(event.pid, { lcore: Number(event.slave), worked: false });
        break;
      case "started": {
        const slave = this.#slaves.get(event.pid);
        if (slave) slave.worked = true;
        break;
      }
      case "killed":
      case "died":
        if (!this.#slaves.get(event.pid)?.worked) this.#due = true;
        this.#slaves.delete(event.pid);
        break;
      case "stopped":
        this.#slaves.delete(event.pid);
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
      // the process has ended
    }
  }
  await Promise.all(pids.map((pid) => processEnd(pid)));
}
