/**
 * The ports: one receive and one transmit queue each, as the ancestor has them.
 *
 * @module
 */

import { createPktmbufPool, EthDev, type Mempool, Ring } from "../../mod.ts";
import { POOL_CACHE, POOL_SIZE, poolName } from "./objects.ts";

/** `RTE_TEST_RX_DESC_DEFAULT` and the other one. */
const RX_DESCRIPTORS = 128;
const TX_DESCRIPTORS = 512;

/** A port with what belongs to it. */
export interface Port {
  /** The port. */
  dev: EthDev;
  /** Where its packets come from. */
  pool: Mempool;
  /** The rings that are its queues, where it is a `net_ring`. */
  rings: Ring[];
}

/** Makes the pool of a port, and starts the port. */
export function initPort(port: number): Port {
  const dev = EthDev.of(port);
  const socket = dev.socket;
  const pool = createPktmbufPool(poolName(port), POOL_SIZE, { cacheSize: POOL_CACHE, socket });
  console.log(`Create mbuf ${pool.name}`);
  dev.configure({ rxQueues: 1, txQueues: 1 });
  const { rx, tx } = dev.adjustDescriptors(RX_DESCRIPTORS, TX_DESCRIPTORS);
  dev.setupRxQueue(0, { descriptors: rx, pool });
  dev.setupTxQueue(0, { descriptors: tx });
  startPort(dev);
  console.log(`Port ${port}, MAC address: ${dev.mac.toUpperCase()}`);
  return { dev, pool, rings: deviceRings(dev) };
}

/** Starts a port that is set up. */
export function startPort(dev: EthDev): void {
  dev.start();
  try {
    dev.promiscuous = true;
  } catch {
    // it takes what is for its own address then
  }
}

/** `net_ring` names its rings after the device. */
function deviceRings({ name }: EthDev): Ring[] {
  return Ring.list().map(({ name }) => name)
    .filter((ring) => /^ETH_RXTX\d+_/.test(ring) && ring.replace(/^ETH_RXTX\d+_/, "") === name)
    .map((ring) => Ring.lookup(ring));
}
