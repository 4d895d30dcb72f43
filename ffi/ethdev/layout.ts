/**
 * Where the members of the structures of queues lie: `libshim/shim.h`.
 *
 * @module
 */

import { struct_shim_lane, struct_shim_turn, struct_shim_tx_queue } from "../boundary/constants.ts";

/** Bytes of words of 4 bytes, and of 8. */
const WORD = Uint32Array.BYTES_PER_ELEMENT;
const LONG = BigUint64Array.BYTES_PER_ELEMENT;

const { at: queue } = struct_shim_tx_queue;

/** `struct shim_tx_queue`: its size in bytes, and its members by words of 4 bytes. */
export const TX_QUEUE = {
  bytes: struct_shim_tx_queue.bytes,
  packets: queue.packets / WORD,
  dropped: queue.dropped / WORD,
  drainCycles: queue.drain_cycles / WORD,
  pkts: queue.pkts / WORD,
  size: queue.size / WORD,
  length: queue.length / WORD,
  port: queue.port / WORD,
  queue: queue.queue / WORD,
} as const;

const { at: lane } = struct_shim_lane;

/** `struct shim_lane`. */
export const LANE = {
  bytes: struct_shim_lane.bytes,
  objs: lane.objs / WORD,
  packets: lane.packets / WORD,
  received: lane.received / WORD,
  /** By words of 8 bytes. */
  otherwise: lane.otherwise / LONG,
  port: lane.port / WORD,
  queue: lane.queue / WORD,
  size: lane.size / WORD,
} as const;

const { at: turn } = struct_shim_turn;

/** `struct shim_turn`, by words of 8 bytes, and where the number of lanes lies, by words of 4. */
export const TURN = {
  bytes: struct_shim_turn.bytes,
  lanes: turn.lanes / LONG,
  counts: turn.counts / LONG,
  verdicts: turn.verdicts / LONG,
  n: turn.n / WORD,
} as const;

const HALF = 0x1_0000_0000;

/** Reads a 64-bit number, exact to 2^53; 0 where the memory is too short. */
export function readCount(words: Uint32Array, at: number): number {
  return (words[at + 1] ?? 0) * HALF + (words[at] ?? 0);
}

/** Writes an address or another number of 64 bits. */
export function writeLong(words: Uint32Array, at: number, value: bigint): void {
  words[at] = Number(value & 0xffff_ffffn);
  words[at + 1] = Number(value >> 32n);
}
