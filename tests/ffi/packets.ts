/**
 * Packets for tests.
 *
 * @module
 */

import { Burst, Mempool } from "../../mod.ts";

/** A burst of packets with these texts. */
export function burstOf(pool: Mempool, ...texts: string[]): Burst {
  const burst = new Burst(texts.length);
  if (pool.getBulk(burst) < texts.length) throw new Error(`pool ${pool.name} is empty`);
  texts.forEach((text, i) => burst.packet(i).write(new TextEncoder().encode(text)));
  return burst;
}

/** The texts of a burst's packets. */
export function textsOf(burst: Burst): string[] {
  return Array.from(burst, (packet) => new TextDecoder().decode(packet.bytes()));
}

/** How many pieces of memory a pool has. */
export function chunkCount(name: string): number {
  using pool = Mempool.lookup(name);
  return pool.chunks().length;
}
