/**
 * Ports for tests.
 *
 * @module
 */

import { type EthDev, Mempool, Objects, OldPacketMemory, pktmbufAllocBulk } from "../../mod.ts";

/** Configures and starts a port with as many queues each way. */
export function startPort(dev: EthDev, pool: Mempool, queues = 1): void {
  dev.configure({ rxQueues: queues, txQueues: queues });
  for (let queue = 0; queue < queues; queue++) {
    dev.setupRxQueue(queue, { descriptors: 128, pool });
    dev.setupTxQueue(queue, { descriptors: 128 });
  }
  dev.start();
}

/** Packets with these texts, which the caller has. */
export function textPackets(pool: Mempool, ...texts: string[]): Objects {
  using memory = OldPacketMemory.of(pool);
  const objs = new Objects(texts.length);
  if (!pktmbufAllocBulk(pool, objs, texts.length)) throw new Error(`pool ${pool.name} is empty`);
  texts.forEach((text, i) => memory.packet(objs, i).write(new TextEncoder().encode(text)));
  return objs;
}

/** How many pieces of memory a pool has. */
export function chunkCount(pool: string): number {
  using found = Mempool.lookup(pool);
  return found.chunks().length;
}
