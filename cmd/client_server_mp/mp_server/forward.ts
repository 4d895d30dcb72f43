/**
 * The main lcore, `do_packet_forwarding` of the C sample: receives from each port in turn and deals
 * the packets out to the clients, one each, round and round.
 *
 * @module
 */

import {
  Burst,
  lcoreMain,
  Memzone,
  Quiesce,
  Ring,
  type RxQueue,
} from "../../../ffi/port_worker.ts";
import { BURST, MAX_CLIENTS, MZ_PORT_INFO, PortInfo, rxQueueName } from "../shared/common.ts";
import { FeedControl, type Orders } from "./control.ts";
import { RX, RX_DROP } from "./client_stats.ts";

/** Bursts between two looks at the stop flag and the orders. */
const ROUND = 16;

/** What the forwarding lcore is given. */
export interface ForwardData {
  /** The receive queue of each port. */
  rx: RxQueue[];
  /** The most clients that there can be. */
  clients: number;
  /** {@linkcode FeedControl.memory}. */
  control: SharedArrayBuffer;
  /** Counters of the clients, see {@linkcode ClientStats}. */
  stats: SharedArrayBuffer;
}

/** What the lcore needs for a client: `struct client` and `struct client_rx_buf`. */
interface Lane {
  ring: Ring;
  burst: Burst;
  /** Index of the client's first counter. */
  at: number;
}

/** Deals packets out to the clients. */
class Dealer {
  readonly #lanes: Lane[];
  readonly #stats: Float64Array;
  #fed: Lane[] = [];
  /** The bursts of the clients that are fed. */
  #bursts: Burst[] = [];
  /** The verdicts on the packets of a burst, for each client whose turn can be first. */
  #deals: Uint8Array<ArrayBuffer>[] = [];
  /** Whose turn it is, among the clients that are fed, or among all where none is fed. */
  #turn = 0;

  constructor(clients: number, stats: SharedArrayBuffer) {
    this.#stats = new Float64Array(stats);
    this.#lanes = Array.from({ length: clients }, (_, client) => ({
      ring: Ring.lookup(rxQueueName(client)),
      burst: new Burst(BURST),
      at: client * (RX_DROP + 1),
    }));
  }

  /**
   * Obeys new orders: which clients are fed from now on, and whose rings are emptied into the pool.
   */
  obey({ fed, emptied }: Orders): void {
    const lanes = this.#lanes.filter((_, client) => (fed >> client) & 1);
    this.#fed = lanes;
    this.#bursts = lanes.map(({ burst }) => burst);
    this.#deals = lanes.map((_, turn) =>
      Uint8Array.from({ length: BURST }, (_, i) => (turn + i) % lanes.length)
    );
    this.#turn = 0;
    const left = this.#lanes.filter((_, client) => (emptied >> client) & 1);
    for (const { ring, burst } of left) {
      while (ring.dequeueBurst(burst) > 0) burst.clear();
    }
  }

  /** Deals the packets of a burst out, one to each client that is fed, in turn: `process_packets`. */
  deal(burst: Burst): void {
    const fed = this.#fed;
    if (fed.length === 0) return this.#drop(burst);
    if (fed.length === 1) return this.#flush(fed[0]!, burst);
    const { count } = burst;
    burst.split(this.#deals[this.#turn]!, this.#bursts);
    for (const lane of fed) if (lane.burst.count > 0) this.#flush(lane, lane.burst);
    this.#turn = (this.#turn + count) % fed.length;
  }

  /** Puts all packets of a burst into a client's ring, or none: `flush_rx_queue`. */
  #flush({ ring, at }: Lane, burst: Burst): void {
    const stats = this.#stats;
    const count = ring.enqueueBulk(burst);
    if (count === 0) {
      stats[at + RX_DROP] = (stats[at + RX_DROP] ?? 0) + burst.count;
      burst.clear();
    } else {
      stats[at + RX] = (stats[at + RX] ?? 0) + count;
    }
  }

  /**
   * Drops the packets of a burst, since no client is there; each is counted for the client that
   * would have got it.
   */
  #drop(burst: Burst): void {
    const { count } = burst;
    burst.clear();
    const stats = this.#stats;
    const lanes = this.#lanes;
    for (let i = 0; i < count; i++) {
      const at = (lanes[this.#turn]?.at ?? 0) + RX_DROP;
      stats[at] = (stats[at] ?? 0) + 1;
      this.#turn = this.#turn + 1 === lanes.length ? 0 : this.#turn + 1;
    }
  }
}

lcoreMain<ForwardData>((context) => {
  const { rx, clients, control: memory, stats } = context.data;
  using zone = Memzone.lookup(MZ_PORT_INFO);
  const info = new PortInfo(zone.buffer);
  const control = new FeedControl(memory);
  const dealer = new Dealer(Math.min(clients, MAX_CLIENTS), stats);
  using burst = new Burst(BURST);
  using participant = Quiesce.open().join();
  participant.enter();
  let index = 0;
  while (!context.stopRequested) {
    if (participant.wanted) participant.pause();
    if (control.changed) control.obey((orders) => dealer.obey(orders));
    for (let turn = 0; turn < ROUND; turn++) {
      const count = rx[index]!.receive(burst);
      if (count > 0) {
        info.rx.add(index, count);
        dealer.deal(burst);
      }
      index = index + 1 === rx.length ? 0 : index + 1;
    }
  }
});
