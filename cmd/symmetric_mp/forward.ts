/**
 * A forwarding lcore, `lcore_main` of the C sample: what comes to this process's queue of a port
 * leaves by its queue of the other port of the pair.
 *
 * @module
 */

import { BurstExchange, EthDev, lcoreMain, Objects, Quiesce } from "../../mod.ts";

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

/** Turns of the loop between two looks at the stop flag. */
const ROUND = 16;

lcoreMain<ForwardData, "started">((context) => {
  const { ports, queue, stats: memory } = context.data;
  const ends = ports.map((port) => ({ dev: EthDev.of(port), queue }));
  const bursts = ends.map((end) => ({ ...end, burst: new Objects(BURST) }));
  const exchange = new BurstExchange(bursts, ends);
  const { counts, to } = exchange;
  const count = ports.length;
  using participant = Quiesce.open().join();
  participant.enter();
  context.post("started");
  while (!context.stopRequested) {
    if (participant.wanted) {
      exchange.send();
      participant.pause();
    }
    for (let turn = 0; turn < ROUND; turn++) {
      if (exchange.turn() === 0) continue;
      for (let i = 0; i < count; i++) if (counts[i] !== 0) to[i] = i ^ 1;
    }
  }
  exchange.send();
  const stats = new Float64Array(memory);
  for (let i = 0; i < count; i++) {
    const counters = [exchange.received(i), exchange.sent(i), exchange.dropped(i)];
    stats.set(counters, COUNTERS * i);
  }
});
