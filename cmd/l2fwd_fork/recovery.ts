/**
 * What a slave leaves behind, and how it is made good for the next one. All slaves that share a port
 * have ended when these steps run, so nobody uses its pool: every mbuf that no device holds is free.
 *
 * @module
 */

import type { LcoreIds, MempoolAudit, SlaveResource } from "../../mod.ts";
import type { Channel } from "./objects.ts";
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
