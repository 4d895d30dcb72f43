/**
 * Deals queues out to lcores, as l2fwd does.
 *
 * @module
 */

import { DpdkError } from "../../../ffi/boundary/errors.ts";

/** The numbers of queues of a port. */
export interface PortQueues {
  /** The port's id. */
  id: number;
  /** Number of receive queues. */
  rx: number;
  /** Number of transmit queues. */
  tx: number;
}

/** A queue of a port, by the port's place among those of the program. */
export interface QueueAt {
  /** The port's place. */
  port: number;
  /** Number of the queue. */
  queue: number;
}

/** A receive queue, and the transmit queue for its packets. */
export interface PairAt {
  /** The queue to receive from. */
  rx: QueueAt;
  /** The queue to send to. */
  tx: QueueAt;
}

/**
 * The other port of a pair: 0 and 1 are a pair, 2 and 3, and so on; a last port without a partner
 * is paired with itself.
 */
const peerOf = (port: number, count: number) => (port ^ 1) < count ? port ^ 1 : port;

/**
 * The pairs of queues of all ports, dealt out to `lcores` lcores. Each receive queue goes to one
 * lcore, together with the transmit queue of the same number of the other port; no other lcore has
 * that transmit queue.
 *
 * @throws {DpdkError} EINVAL when a port has fewer transmit queues than the other port of the pair
 * has receive queues.
 */
export function dealPairs(ports: readonly PortQueues[], lcores: number): PairAt[][] {
  const dealt: PairAt[][] = Array.from({ length: lcores }, () => []);
  const most = Math.max(0, ...ports.map(({ rx }) => rx));
  let next = 0;
  for (let queue = 0; queue < most; queue++) {
    for (const [port, { id, rx }] of ports.entries()) {
      if (queue >= rx) continue;
      const peer = peerOf(port, ports.length);
      const to = ports[peer]!;
      if (queue >= to.tx) {
        throw new DpdkError({
          operation: `queues of port ${to.id}`,
          code: "EINVAL",
          reason: `${to.tx} tx queues cannot take what ${rx} rx queues of port ${id} receive`,
          hint: "open each port with as many tx queues as rx queues",
        });
      }
      dealt[next++ % lcores]!.push({ rx: { port, queue }, tx: { port: peer, queue } });
    }
  }
  return dealt;
}
