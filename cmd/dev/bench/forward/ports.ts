/**
 * What the forwarder's main thread sets up and its lcore looks up.
 *
 * @module
 */

import type { RxQueue, TxQueue } from "../../../../mod.ts";

/** The pool of all packets, named as in DPDK's l2fwd. */
export const POOL = "mbuf_pool";

/** Packets that are received and sent at once: what all C peers have. */
export const BURST = 32;

/** How often what waits in transmit buffers is sent, in microseconds: `BURST_TX_DRAIN_US`. */
export const DRAIN_US = 100;

/**
 * What is done with a burst on its way to the other port. Each is its C peer's:
 *
 * - `l2fwd`: DPDK's l2fwd sample: both MACs rewritten, buffered transmit, a drain timer.
 * - `mac`: `dpdk-testpmd --forward-mode=mac`: both MACs rewritten.
 * - `io`: `dpdk-testpmd --forward-mode=io`: nothing.
 * - `pause`: as `l2fwd`, and the time of each turn of the loop is taken.
 * - `flows`, `route`, `filter`: `c/packets.c`, the same in C: packets are counted by their flows,
 *   routed, or filtered, see headers.ts.
 */
export const MODES = ["l2fwd", "mac", "io", "pause", "flows", "route", "filter"] as const;

/** One of {@linkcode MODES}. */
export type Mode = typeof MODES[number];

/** Modes in which packets have headers. */
export const WITH_HEADERS: readonly Mode[] = ["flows", "route", "filter"];

/** What the lcore is given. */
export interface ForwardData {
  /** What to do with packets. */
  mode: Mode;
  /** The receive queues of the ports, which belong together two by two. */
  rx: RxQueue[];
  /** Their transmit queues. */
  tx: TxQueue[];
  /** Their MAC addresses. */
  macs: Uint8Array[];
  /** Where turns are counted: {@linkcode Pauses.memory}. */
  pauses: SharedArrayBuffer;
}
