/**
 * Sets a port up: `init_port` of the C sample.
 *
 * @module
 */

import { EthDev, type Mempool } from "../../../mod.ts";
import { setUpQueues } from "../../lib/ports.ts";
import { write } from "../../lib/stdout.ts";

/** Configures and starts one port with one receive queue and so many transmit queues. */
export function initPort(port: number, txQueues: number, pool: Mempool): void {
  write(`Port ${port} init ... `);
  const dev = EthDev.of(port);
  dev.configure({ rxQueues: 1, txQueues, rss: 0n });
  setUpQueues(dev, { rx: 1, tx: txQueues, pool });
  dev.promiscuous = true;
  dev.start();
  write("done: \n");
}
