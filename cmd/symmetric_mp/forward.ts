/**
 * A forwarding lcore, `lcore_main` of the C sample: what comes to this process's queue of a port
 * leaves by its queue of the other port of the pair.
 *
 * @module
 */

import { Exchange, lcoreMain, Quiesce, type RxQueue, type TxQueue } from "../../ffi/port_worker.ts";

/** Packets received at once: `PKT_BURST` of the C sample. */
const BURST = 32;

/** Number of counters of a port: received, sent, dropped. */
export const COUNTERS = 3;

/** What a forwarding lcore is given. */
export interface ForwardData {
  /** This process's receive queue of each port; each even one and the next are a pair. */
  rx: RxQueue[];
  /** Its transmit queue of each of these ports. */
  tx: TxQueue[];
  /** {@linkcode COUNTERS} numbers for each port, written by this lcore alone. */
  stats: SharedArrayBuffer;
}

/** Turns of the loop between two looks at the stop flag. */
const ROUND = 16;

lcoreMain<ForwardData>((context) => {
  const { rx, tx, stats: memory } = context.data;
  using exchange = new Exchange(rx, { size: BURST, to: tx.map((own, i) => tx[i ^ 1] ?? own) });
  using participant = Quiesce.open().join();
  participant.enter();
  context.ready();
  while (!context.stopRequested) {
    if (participant.wanted) {
      exchange.flush();
      participant.pause();
    }
    for (let turn = 0; turn < ROUND; turn++) exchange.turn();
  }
  exchange.flush();
  const stats = new Float64Array(memory);
  tx.forEach(({ sent, dropped }, i) => {
    stats.set([exchange.received(i), sent, dropped], COUNTERS * i);
  });
});
