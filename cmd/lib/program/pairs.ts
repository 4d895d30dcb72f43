/**
 * Which lcore receives where, and sends where: as l2fwd does it.
 *
 * @module
 */

import { DpdkError } from "../../../ffi/boundary/errors.ts";

/** How many queues a port has. */
export interface PortQueues {
  /** Its id. */
  id: number;
  /** Receive queues. */
  rx: number;
  /** Transmit queues. */
  tx: number;
}

/** A queue of a port, by the port's place among those of the program. */
export interface QueueAt {
  /** The port's place. */
  port: number;
  /** Number of the queue. */
  queue: number;
}

/** Where packets come in, and where they go out. */
export interface PairAt {
  /** Where they come in. */
  rx: QueueAt;
  /** Where they go out. */
  tx: QueueAt;
}

/** The other port of a pair: 0 and 1 belong together, 2 and 3; a last one alone to itself. */
const peerOf = (port: number, count: number) => (port ^ 1) < count ? port ^ 1 : port;

/**
 * The pairs of queues of all ports, dealt out to so many lcores: each receive queue to one of them,
 * with the transmit queue of the same number of the other port, which no other lcore has then.
 *
 * @throws {DpdkError} EINVAL where a port has fewer transmit queues than the other one receive queues.
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
          errno: 22,
          reason: `${to.tx} tx queues cannot take what ${rx} rx queues of port ${id} receive`,
          hint: "open each port with as many tx queues as rx queues",
        });
      }
      dealt[next++ % lcores]!.push({ rx: { port, queue }, tx: { port: peer, queue } });
    }
  }
  return dealt;
}
