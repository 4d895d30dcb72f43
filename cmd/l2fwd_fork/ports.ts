/**
 * The ports: one receive and one transmit queue each, as the ancestor has them.
 *
 * @module
 */

import { createPktmbufPool, EthDev, type Mempool, Ring } from "../../mod.ts";
import { counted } from "../lib/counted.ts";
import { setUpQueues } from "../lib/ports.ts";
import { say } from "../lib/stdout.ts";
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
  /** Mbufs that it holds while it is stopped. */
  keeps: number;
}

/** Virtual devices that hold no mbufs of their own: nothing to find out, and no need to stop them. */
const KEEP_NONE = ["net_null", "net_ring", "net_pcap", "net_af_packet"];

/** Makes the pool of a port, and starts the port. */
export function initPort(port: number): Port {
  const dev = EthDev.of(port);
  const socket = dev.socket;
  const pool = createPktmbufPool(poolName(port), POOL_SIZE, { cacheSize: POOL_CACHE, socket });
  say(`Create mbuf ${pool.name}`);
  dev.configure({ rxQueues: 1, txQueues: 1 });
  const descriptors = { rxDescriptors: RX_DESCRIPTORS, txDescriptors: TX_DESCRIPTORS };
  setUpQueues(dev, { rx: 1, tx: 1, pool, ...descriptors });
  const keeps = keptWhileStopped(dev, pool);
  startPort(dev);
  say(`Port ${port}, MAC address: ${dev.mac}`);
  return { dev, pool, rings: deviceRings(dev), keeps };
}

/** Most devices give their mbufs back when they stop; some, as net_tap, do so when they are closed. */
function keptWhileStopped(dev: EthDev, pool: Mempool): number {
  if (KEEP_NONE.includes(dev.info().driver)) return 0;
  dev.start();
  dev.stop();
  const keeps = pool.inUseCount;
  if (keeps > 0) {
    say(
      `Port ${dev.port} keeps ${
        counted(keeps, "mbuf")
      } while it is stopped: those that a killed slave ` +
        "loses cannot be told from them and stay lost",
    );
  }
  return keeps;
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
