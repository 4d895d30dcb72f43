/**
 * The ports: one receive and one transmit queue each, as the ancestor has them.
 *
 * @module
 */

import { createPktmbufPool, type Mempool, Port, Ring } from "../../ffi/port_core.ts";
import { counted } from "../lib/counted.ts";
import { say } from "../lib/stdout.ts";
import { POOL_CACHE, POOL_SIZE, poolName } from "./objects.ts";

/** `RTE_TEST_RX_DESC_DEFAULT` and the other one. */
const RX_DESCRIPTORS = 128;
const TX_DESCRIPTORS = 512;

/** A port that the slaves use, with its pool and rings. */
export interface SharedPort {
  /** The port. */
  port: Port;
  /** The pool of the port's packets. */
  pool: Mempool;
  /** The rings that are the port's queues, for a `net_ring`. */
  rings: Ring[];
  /** Number of mbufs that the device keeps while it is stopped. */
  keeps: number;
}

/** Virtual devices that keep no mbufs, and need not be stopped for an audit. */
const KEEP_NONE = ["net_null", "net_ring", "net_pcap", "net_af_packet"];

/** Makes the pool of a port, and starts the port. */
export function initPort(id: number): SharedPort {
  const { socket } = Port.attach(id);
  const pool = createPktmbufPool(poolName(id), POOL_SIZE, { cacheSize: POOL_CACHE, socket });
  say(`Create mbuf ${pool.name}`);
  const port = Port.open(id, {
    pool,
    rxDescriptors: RX_DESCRIPTORS,
    txDescriptors: TX_DESCRIPTORS,
    start: false,
  });
  const keeps = keptWhileStopped(port, pool);
  startPort(port);
  say(`Port ${id}, MAC address: ${port.mac}`);
  return { port, pool, rings: deviceRings(port), keeps };
}

/**
 * The number of mbufs that a stopped device keeps. Most devices give their mbufs back when they
 * stop; some, such as net_tap, do so when they are closed.
 */
function keptWhileStopped(port: Port, pool: Mempool): number {
  if (KEEP_NONE.includes(port.info().driver)) return 0;
  port.start();
  port.stop();
  const keeps = pool.inUseCount;
  if (keeps > 0) {
    say(
      `Port ${port.id} keeps ${counted(keeps, "mbuf")} while it is stopped: ` +
        "those that a killed slave loses cannot be told from them and stay lost",
    );
  }
  return keeps;
}

/** Starts a port that is set up. */
export function startPort(port: Port): void {
  port.start();
  try {
    port.promiscuous = true;
  } catch {
    // the device receives only what is for its own address then
  }
}

/** `net_ring` names its rings after the device. */
function deviceRings({ name }: Port): Ring[] {
  return Ring.list().map(({ name }) => name)
    .filter((ring) => /^ETH_RXTX\d+_/.test(ring) && ring.replace(/^ETH_RXTX\d+_/, "") === name)
    .map((ring) => Ring.lookup(ring));
}
