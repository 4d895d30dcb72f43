/**
 * What sends and receives in one direction, trial by trial, on the lcore of a measurement.
 *
 * @module
 */

import { Burst, type Mempool, type RxQueue, type TxQueue } from "../../mod.ts";
import { measuredCyclesPerSecond, tscCycles } from "../../ffi/eal_api.ts";
import {
  type Flow,
  Pacer,
  Receiver,
  Sender,
  type Spacing,
  type StreamJudge,
} from "../../ffi/traffic/traffic.ts";
import { flowOf, type SendFlow } from "./flow.ts";
import type { MeasureBoard, MeasureMemory } from "./measure_board.ts";
import type { Order, Orders } from "./orders.ts";

/** Packets that are sent at once, at most. */
const BURST = 32;
/** Packets that are received in a turn: more than are sent, so that what comes is never left. */
const RECEIVED = 64;

/** One direction of the traffic. */
export interface Direction {
  /** Its number, from 0. */
  direction: number;
  /** The stream of the first flow; the next flow has the next stream but one. */
  stream: number;
}

/** What an lcore is to do. */
export interface MeasureWork {
  orders: SharedArrayBuffer;
  /** {@linkcode MeasureBoard.memory}. */
  board: MeasureMemory;
  /** What may be ordered, without their streams. */
  flows: Omit<SendFlow, "stream">[];
  spacing: Spacing;
  /** A trial is over when nothing came for so many seconds. */
  drain: number;
  /** Where to send; empty for an lcore that receives alone. */
  senders: (Direction & { tx: TxQueue; pool: Mempool })[];
  /** Where to receive; empty for an lcore that sends alone. */
  receivers: (Direction & { rx: RxQueue })[];
}

/** The number of a flow's stream. */
const streamOf = (first: number, flow: number): number => (first + 2 * flow) & 0xffff;

/** Sends in one direction. */
export class Sending implements Disposable {
  readonly #to: MeasureWork["senders"][number];
  readonly #flows: readonly Flow[];
  readonly #pacer: Pacer;
  #sender: Sender | undefined;
  #flow = -1;

  constructor(to: MeasureWork["senders"][number], { flows, spacing }: MeasureWork) {
    this.#to = to;
    this.#flows = flows.map((flow, i) => flowOf({ ...flow, stream: streamOf(to.stream, i) }));
    const cyclesPerSecond = measuredCyclesPerSecond();
    this.#pacer = new Pacer({ cyclesPerSecond, spacing });
  }

  /** Gets ready for a trial. */
  prepare({ flow, load }: Order): void {
    this.#pacer.rate = load;
    if (flow === this.#flow) return;
    this.#sender?.[Symbol.dispose]();
    const { tx, pool } = this.#to;
    // made anew for each flow: the pool has the template of one flow alone
    this.#sender = new Sender({
      tx,
      pool,
      pacer: this.#pacer,
      flows: [this.#flows[flow]!],
      burst: BURST,
    });
    this.#flow = flow;
  }

  begin(now: number, { packets }: Order): void {
    this.#pacer.start(now, packets);
  }

  turn(): void {
    this.#sender?.turn(tscCycles());
  }

  get isDone(): boolean {
    return this.#pacer.isDone;
  }

  report(orders: Orders, board: MeasureBoard): void {
    const report = this.#pacer.report();
    board.tellSent(this.#to.direction, report);
    orders.tellSent(this.#to.direction, report.sent);
  }

  [Symbol.dispose](): void {
    this.#sender?.[Symbol.dispose]();
    this.#to.tx[Symbol.dispose]();
  }
}

/** Receives of one direction. */
export class Receiving implements Disposable {
  readonly #from: MeasureWork["receivers"][number];
  readonly #burst = new Burst(RECEIVED);
  #receiver = new Receiver();
  #judge: StreamJudge | undefined;

  constructor(from: MeasureWork["receivers"][number]) {
    this.#from = from;
  }

  /** Gets ready for a trial. */
  prepare({ flow }: Order, orders: Orders): void {
    const { stream, direction } = this.#from;
    this.#receiver = new Receiver();
    this.#judge = this.#receiver.restart(streamOf(stream, flow), orders.first(direction) >>> 0);
  }

  turn(): void {
    if (this.#from.rx.receive(this.#burst) === 0) return;
    this.#receiver.observe(this.#burst, tscCycles());
    this.#burst.clear();
  }

  /** How many different packets of the trial came. */
  get received(): number {
    return this.#judge?.received ?? 0;
  }

  /** Whether all that was sent has come. */
  hasAll(orders: Orders): boolean {
    return this.received >= orders.sent(this.#from.direction);
  }

  tell(orders: Orders): void {
    orders.tellCame(this.#from.direction, this.received);
  }

  report(board: MeasureBoard): void {
    const judge = this.#judge!;
    const { received, duplicates, reordered, tooLate } = judge.report();
    const foreign = this.#receiver.packets - received - duplicates - tooLate;
    const counts = { received, duplicates, reordered, tooLate, foreign };
    board.tellCame(this.#from.direction, counts, judge.latency);
  }

  [Symbol.dispose](): void {
    this.#burst[Symbol.dispose]();
  }
}
