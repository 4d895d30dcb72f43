/**
 * Sets a port up: `init_port` of the C sample.
 *
 * @module
 */

import { type Mempool, Port } from "../../../ffi/port_core.ts";
import { write } from "../../lib/stdout.ts";

/** Opens one port with one receive queue and so many transmit queues. */
export function initPort(id: number, txQueues: number, pool: Mempool): Port {
  write(`Port ${id} init ... `);
  const port = Port.open(id, { rxQueues: 1, txQueues, pool, rss: 0n, promiscuous: true });
  write("done: \n");
  return port;
}
