/**
 * What the forwarder's main thread sets up and its lcore looks up.
 *
 * @module
 */

/** The pool of all packets, named as in DPDK's l2fwd. */
export const POOL = "mbuf_pool";

/** Packets that are received and sent at once: what all C peers have. */
export const BURST = 32;

/**
 * What is done with a burst on its way to the other port. Each is its C peer's:
 *
 * - `l2fwd`: DPDK's l2fwd sample: both MACs rewritten, buffered transmit, a drain timer.
 * - `mac`: `dpdk-testpmd --forward-mode=mac`: both MACs rewritten.
 * - `io`: `dpdk-testpmd --forward-mode=io`: nothing.
 * - `pause`: as `l2fwd`, and the time of each turn of the loop is taken.
 */
export const MODES = ["l2fwd", "mac", "io", "pause"] as const;

/** One of {@linkcode MODES}. */
export type Mode = typeof MODES[number];

/** What the lcore is given. */
export interface ForwardData {
  /** What to do with packets. */
  mode: Mode;
  /** Port ids, two by two. */
  ports: number[];
  /** Where turns are counted: {@linkcode Pauses.memory}. */
  pauses: SharedArrayBuffer;
}

/** The port on the other side: 0-1, 2-3. */
export function otherPort(ports: readonly number[], index: number): number {
  return ports[index ^ 1] ?? 0;
}
