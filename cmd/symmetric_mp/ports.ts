/**
 * Which ports there are to forward between, how the primary starts them, and which lcore has which.
 *
 * @module
 */

import { DpdkError, EthDev, type Mempool, RssHash, RxOffload, TxOffload } from "../../mod.ts";
import { setUpQueues } from "../lib/ports.ts";
import { say, write } from "../lib/stdout.ts";

const hex = (flags: bigint) => `0x${flags.toString(16)}`;

/** Configures a port as it can be: `smp_port_init`. The offloads that it was given. */
function configure(dev: EthDev, queues: number): { rx: bigint; tx: bigint } {
  const { txOffloadCapa, rssCapa } = dev.info();
  const tx = txOffloadCapa & TxOffload.MBUF_FAST_FREE;
  const rss = RssHash.IP & rssCapa;
  if (rss !== RssHash.IP) {
    say(
      `Port ${dev.port} modified RSS hash function based on hardware support,` +
        `requested:${hex(RssHash.IP)} configured:${hex(rss)}`,
    );
  }
  const wanted = { rxQueues: queues, txQueues: queues, txOffloads: tx };
  const failed = (code: string, what: string) => (error: unknown) => {
    if (!(error instanceof DpdkError) || error.code !== code) throw error;
    say(`Port ${dev.port} configuration failed. Re-attempting with HW ${what} disabled.`);
  };
  let rx: bigint = RxOffload.CHECKSUM;
  try {
    dev.configure({ ...wanted, rxOffloads: rx, rss });
    return { rx, tx };
  } catch (error) {
    failed("EINVAL", "checksum")(error);
    rx = 0n;
  }
  try {
    dev.configure({ ...wanted, rss });
  } catch (error) {
    failed("ENOTSUP", "RSS")(error);
    dev.configure(wanted);
  }
  return { rx, tx };
}

/** The primary starts a port with a queue of each kind for every process: `smp_port_init`. */
export function initPort(port: number, queues: number, pool: Mempool): void {
  write(`# Initialising port ${port}... `);
  const dev = EthDev.of(port);
  const { rx: rxOffloads, tx: txOffloads } = configure(dev, queues);
  setUpQueues(dev, { rx: queues, tx: queues, pool, rxOffloads, txOffloads });
  dev.promiscuous = true;
  dev.start();
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
