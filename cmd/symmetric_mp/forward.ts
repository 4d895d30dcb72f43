/**
 * A forwarding lcore, `lcore_main` of the C sample: what comes to this process's queue of a port
 * leaves by its queue of the other port of the pair.
 *
 * @module
 */

import { EthDev, lcoreMain, ObjTable, pktmbufFreeBulk } from "../../mod.ts";

/** Packets received at once: `PKT_BURST` of the C sample. */
const BURST = 32;

/** Counters of a port: received, sent, dropped. */
export const COUNTERS = 3;

/** What a forwarding lcore is given. */
export interface ForwardData {
  /** Its ports; each even one and the one behind it forward to each other. */
  ports: number[];
  /** This process's queue of every port. */
  queue: number;
  /** {@linkcode COUNTERS} numbers for each of its ports, written by this lcore alone. */
  stats: SharedArrayBuffer;
}

lcoreMain<ForwardData, "started">((context) => {
  const { ports, queue, stats: memory } = context.data;
  const stats = new Float64Array(memory);
  const devices = ports.map((port) => EthDev.of(port));
  const objs = new ObjTable(BURST);
  context.post("started");
  while (!context.stopRequested) {
    for (let i = 0; i < devices.length; i++) {
      const received = devices[i]!.rxBurst(queue, objs, BURST);
      if (received === 0) continue;
      const to = i ^ 1;
      stats[COUNTERS * i]! += received;
      const sent = devices[to]!.txBurst(queue, objs, received);
      stats[COUNTERS * to + 1]! += sent;
      if (sent < received) {
        stats[COUNTERS * to + 2]! += received - sent;
        pktmbufFreeBulk(objs, received - sent, sent);
      }
    }
  }
});
