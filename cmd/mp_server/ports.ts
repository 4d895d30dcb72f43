/**
 * Sets the ports up: `init_port` and `check_all_ports_link_status` of the C sample.
 *
 * @module
 */

import { EthDev, type Mempool } from "../../mod.ts";

const DESCRIPTORS = 1024;
const LINK_INTERVAL = 100;
const LINK_TRIES = 90;

const encoder = new TextEncoder();

function write(text: string): void {
  Deno.stdout.writeSync(encoder.encode(text));
}

/** Configures and starts one port with one receive queue and so many transmit queues. */
export function initPort(port: number, txQueues: number, pool: Mempool): void {
  write(`Port ${port} init ... `);
  const dev = EthDev.of(port);
  dev.configure({ rxQueues: 1, txQueues, rss: 0n });
  const { rx, tx } = dev.adjustDescriptors(DESCRIPTORS, DESCRIPTORS);
  dev.setupRxQueue(0, { descriptors: rx, pool });
  for (let queue = 0; queue < txQueues; queue++) dev.setupTxQueue(queue, { descriptors: tx });
  dev.promiscuous = true;
  dev.start();
  write("done: \n");
}

/** Waits up to 9 s for all links, and prints them. */
export async function checkLinks(ports: readonly number[]): Promise<void> {
  write("\nChecking link status");
  const devs = ports.map((port) => EthDev.of(port));
  for (let i = 0; i < LINK_TRIES && !devs.every((dev) => dev.link().up); i++) {
    write(".");
    await new Promise((resolve) => setTimeout(resolve, LINK_INTERVAL));
  }
  write("done\n");
  for (const dev of devs) console.log(`Port ${dev.port} ${dev.link().text}`);
}
