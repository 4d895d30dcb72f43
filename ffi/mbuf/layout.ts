/**
 * Where the members of `struct shim_burst` lie, and what its bits mean: `libshim/shim.h`.
 *
 * @module
 */

import {
  SHIM_DROP,
  SHIM_KEEP,
  SHIM_TELL_LENGTHS,
  SHIM_TELL_OFFSETS,
  SHIM_TELL_PACKETS,
  SHIM_TELL_PORTS,
  struct_shim_burst,
} from "../boundary/constants.ts";

/** Bytes of a word. */
const WORD = Uint32Array.BYTES_PER_ELEMENT;

const { bytes, at } = struct_shim_burst;

/** `struct shim_burst`: its size in bytes, and its members by words. */
export const BURST = {
  bytes,
  base: at.base / WORD,
  len: at.len / WORD,
  objs: at.objs / WORD,
  offsets: at.offsets / WORD,
  lengths: at.lengths / WORD,
  ports: at.ports / WORD,
  count: at.count / WORD,
  size: at.size / WORD,
  wants: at.wants / WORD,
  told: at.told / WORD,
  epoch: at.epoch / WORD,
} as const;

/** `SHIM_TELL_*`. */
export const TELL = {
  offsets: SHIM_TELL_OFFSETS,
  lengths: SHIM_TELL_LENGTHS,
  ports: SHIM_TELL_PORTS,
  packets: SHIM_TELL_PACKETS,
} as const;

/** `SHIM_DROP` and `SHIM_KEEP`. */
export const VERDICT = { drop: SHIM_DROP, keep: SHIM_KEEP } as const;
