/**
 * The ports: how the primary opens them, and which lcore forwards between which.
 *
 * @module
 */

import {
  DpdkError,
  type Mempool,
  Port,
  type PortOptions,
  RssHash,
  RxOffload,
  TxOffload,
} from "../../ffi/port_core.ts";
import { say, write } from "../lib/stdout.ts";

const hex = (flags: bigint) => `0x${flags.toString(16)}`;

/**
 * Opens a port. Where the device cannot do all that is asked for, opens it without, and prints what
 * is missing.
 */
function tryOpen(id: number, options: PortOptions, code: string, what: string): Port | undefined {
  try {
    return Port.open(id, options);
  } catch (error) {
    const refused = error instanceof DpdkError && error.code === code &&
      error.operation.startsWith("rte_eth_dev_configure");
    if (!refused) throw error;
    say(`Port ${id} configuration failed. Re-attempting with HW ${what} disabled.`);
  }
}

/** The primary starts a port with a queue of each kind for every process: `smp_port_init`. */
export function initPort(id: number, queues: number, pool: Mempool): Port {
  write(`# Initialising port ${id}... `);
  const { txOffloadCapa, rssCapa } = Port.attach(id).info();
  const rss = RssHash.IP & rssCapa;
  if (rss !== RssHash.IP) {
    say(
      `Port ${id} modified RSS hash function based on hardware support,` +
        `requested:${hex(RssHash.IP)} configured:${hex(rss)}`,
    );
  }
  const least: PortOptions = {
    rxQueues: queues,
    txQueues: queues,
    pool,
    txOffloads: txOffloadCapa & TxOffload.MBUF_FAST_FREE,
    start: false,
  };
  const all = { ...least, rss, rxOffloads: RxOffload.CHECKSUM };
  const port = tryOpen(id, all, "EINVAL", "checksum") ??
    tryOpen(id, { ...least, rss }, "ENOTSUP", "RSS") ??
    Port.open(id, least);
  port.promiscuous = true;
  port.start();
  return port;
}

/** The ports of each lcore, in pairs, the first lcores having more: `assign_ports_to_cores`. */
export function assignPorts(ports: readonly number[], lcores: readonly number[]): number[][] {
  const pairs = ports.length / 2;
  const each = Math.floor(pairs / lcores.length);
  const extra = pairs % lcores.length;
  let from = 0;
  return lcores.map((_, i) => {
    const count = 2 * (each + (i < extra ? 1 : 0));
    from += count;
    return ports.slice(from - count, from);
  });
}
