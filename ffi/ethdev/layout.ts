/**
 * Where the members of the structs of queues lie: `libshim/shim.h`.
 *
 * @module
 */

/** `struct shim_tx_queue`: its size in bytes, and its members by words of 4 bytes. */
export const TX_QUEUE = {
  bytes: 56,
  packets: 0,
  dropped: 2,
  drainCycles: 4,
  pkts: 8,
  size: 10,
  length: 11,
  port: 12,
  queue: 13,
} as const;

/** `struct shim_lane`. */
export const LANE = {
  bytes: 40,
  objs: 0,
  packets: 2,
  received: 4,
  port: 6,
  queue: 7,
  size: 8,
} as const;

/** `struct shim_turn`, by words of 8 bytes, and where the number of lanes lies, by words of 4. */
export const TURN = { bytes: 32, lanes: 0, counts: 1, verdicts: 2, n: 6 } as const;

const HALF = 0x1_0000_0000;

/** A 64-bit number, exact to 2^53; 0 where there is none. */
export function readCount(words: Uint32Array, at: number): number {
  return (words[at + 1] ?? 0) * HALF + (words[at] ?? 0);
}

/** Writes an address or another number of 64 bits. */
export function writeLong(words: Uint32Array, at: number, value: bigint): void {
  words[at] = Number(value & 0xffff_ffffn);
  words[at + 1] = Number(value >> 32n);
}
