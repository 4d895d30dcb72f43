/**
 * The main lcore, `do_packet_forwarding` of the C sample: receives from each port in turn and deals
 * the packets out to the clients, one each, round and round.
 *
 * @module
 */

import {
  EthDev,
  lcoreMain,
  Memzone,
  Objects,
  pktmbufFreeBulk,
  Quiesce,
  Ring,
} from "../../../mod.ts";
import { BURST, MAX_CLIENTS, MZ_PORT_INFO, PortInfo, rxQueueName } from "../shared/common.ts";
import { FeedControl, type Orders } from "./control.ts";
import { RX, RX_DROP } from "./client_stats.ts";

/** Bursts between two looks at what else it is to do. */
const ROUND = 16;

/** What the forwarding lcore is given. */
export interface ForwardData {
  /** Ids of the ports. */
  ports: number[];
  /** How many clients there can be. */
  clients: number;
  /** {@linkcode FeedControl.memory}. */
  control: SharedArrayBuffer;
  /** Counters of the clients, see {@linkcode ClientStats}. */
  stats: SharedArrayBuffer;
}

/** A client's end of the work: `struct client` and `struct client_rx_buf`. */
interface Lane {
  ring: Ring;
  buffer: Objects;
  /** Where its counters begin. */
  at: number;
}

/** Deals packets out. */
class Dealer {
  readonly #lanes: Lane[];
  readonly #stats: Float64Array;
  #fed: Lane[] = [];
  /** Whose turn it is among those that are fed, and among all where none is. */
  #turn = 0;

  constructor(clients: number, stats: SharedArrayBuffer) {
    this.#stats = new Float64Array(stats);
    this.#lanes = Array.from({ length: clients }, (_, client) => ({
      ring: Ring.lookup(rxQueueName(client)),
      buffer: new Objects(BURST),
      at: client * (RX_DROP + 1),
    }));
  }

  /** From now on these are fed; what others of them left in their rings goes back to the pool. */
  obey({ fed, emptied }: Orders): void {
    this.#fed = this.#lanes.filter((_, client) => (fed >> client) & 1);
    this.#turn = 0;
    const left = this.#lanes.filter((_, client) => (emptied >> client) & 1);
    for (const { ring, buffer } of left) {
      for (let count; (count = ring.dequeueBurst(buffer, BURST)) > 0;) {
        pktmbufFreeBulk(buffer, count);
      }
    }
  }

  /** Every client that is fed gets each so manieth packet: `process_packets`. */
  deal(objs: Objects, count: number): void {
    const fed = this.#fed;
    const among = fed.length;
    if (among === 0) return this.#drop(objs, count);
    let turn = this.#turn;
    if (among === 1) {
      const lane = fed[0];
      if (lane) this.#flush(lane, objs, count);
      return;
    }
    const from = objs.slots;
    for (let first = 0; first < among && first < count; first++) {
      const lane = fed[turn];
      turn = turn + 1 === among ? 0 : turn + 1;
      if (!lane) continue;
      const to = lane.buffer.slots;
      let n = 0;
      for (let i = first; i < count; i += among) to[n++] = from[i] ?? 0;
      this.#flush(lane, lane.buffer, n);
    }
    this.#turn = (this.#turn + count) % among;
  }

  /** All of them or none go into the client's ring: `flush_rx_queue`. */
  #flush(lane: Lane, objs: Objects, count: number): void {
    const stats = this.#stats;
    if (lane.ring.enqueueBulk(objs, count) === 0) {
      pktmbufFreeBulk(objs, count);
      stats[lane.at + RX_DROP] = (stats[lane.at + RX_DROP] ?? 0) + count;
    } else {
      stats[lane.at + RX] = (stats[lane.at + RX] ?? 0) + count;
    }
  }

  /** Nobody is there: what each client would have got is its drop. */
  #drop(objs: Objects, count: number): void {
    pktmbufFreeBulk(objs, count);
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
  const { ports, clients, control: memory, stats } = context.data;
  using zone = Memzone.lookup(MZ_PORT_INFO);
  const { rx } = new PortInfo(zone.buffer);
  const devices = ports.map((port) => EthDev.of(port));
  const control = new FeedControl(memory);
  const dealer = new Dealer(Math.min(clients, MAX_CLIENTS), stats);
  const objs = new Objects(BURST);
  using participant = Quiesce.open().join();
  participant.enter();
  let index = 0;
  while (!context.stopRequested) {
    if (participant.wanted) participant.pause();
    if (control.changed) control.obey((orders) => dealer.obey(orders));
    for (let turn = 0; turn < ROUND; turn++) {
      const device = devices[index];
      const count = device ? device.rxBurst(0, objs, BURST) : 0;
      if (count > 0) {
        rx.add(index, count);
        dealer.deal(objs, count);
      }
      index = index + 1 === devices.length ? 0 : index + 1;
    }
  }
});
