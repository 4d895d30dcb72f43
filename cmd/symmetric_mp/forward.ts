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

/** A port of this lcore, and what it did: numbers that V8 keeps as integers while a round lasts. */
class Port {
  rx = 0;
  tx = 0;
  drop = 0;
  readonly dev: EthDev;

  constructor(port: number) {
    this.dev = EthDev.of(port);
  }
}

/** Turns of the loop between two looks at the stop flag and the way of counts to the main thread. */
const ROUND = 64;

function forward(from: Port, to: Port, queue: number, objs: ObjTable): void {
  const received = from.dev.rxBurst(queue, objs, BURST);
  if (received === 0) return;
  from.rx += received;
  const sent = to.dev.txBurst(queue, objs, received);
  to.tx += sent;
  if (sent === received) return;
  to.drop += received - sent;
  pktmbufFreeBulk(objs, received - sent, sent);
}

/** Adds what ports did in a round to the counters. */
function publish(ports: readonly Port[], stats: Float64Array): void {
  ports.forEach((port, i) => {
    stats[COUNTERS * i]! += port.rx;
    stats[COUNTERS * i + 1]! += port.tx;
    stats[COUNTERS * i + 2]! += port.drop;
    port.rx = port.tx = port.drop = 0;
  });
}

lcoreMain<ForwardData, "started">((context) => {
  const { ports: ids, stats: memory } = context.data;
  const queue = context.data.queue | 0;
  const stats = new Float64Array(memory);
  const ports = ids.map((port) => new Port(port));
  const objs = new ObjTable(BURST);
  context.post("started");
  while (!context.stopRequested) {
    for (let turn = 0; turn < ROUND; turn++) {
      for (let i = 0; i < ports.length; i++) forward(ports[i]!, ports[i ^ 1]!, queue, objs);
    }
    publish(ports, stats);
  }
});
