/**
 * Where the members of `struct shim_burst` lie, and what its bits mean: `libshim/shim.h`.
 *
 * @module
 */

/** `struct shim_burst`: its size in bytes, and its members by words of 4 bytes. */
export const BURST = {
  bytes: 72,
  base: 0,
  len: 2,
  objs: 4,
  offsets: 6,
  lengths: 8,
  ports: 10,
  count: 12,
  size: 14,
  wants: 15,
  told: 16,
  epoch: 17,
} as const;

/** `SHIM_TELL_*`. */
export const TELL = { offsets: 1, lengths: 2, ports: 4 } as const;

/** `SHIM_DROP` and `SHIM_KEEP`. */
export const VERDICT = { drop: 254, keep: 255 } as const;
