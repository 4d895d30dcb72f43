/**
 * What an lcore does that measures: it sends, or receives, or both in turns.
 *
 * @module
 */

import { Burst, type Mempool, type RxQueue, type TxQueue } from "../../mod.ts";
import { delayUsSleep, lcoreMain, measuredCyclesPerSecond, tscCycles } from "../../ffi/eal_api.ts";
import {
  type Flow,
  type HistogramData,
  measureFloor,
  Pacer,
  type PaceReport,
  Receiver,
  Sender,
  type Spacing,
  type StreamJudge,
} from "../../ffi/traffic/traffic.ts";
import { flowOf, type SendFlow } from "./flow.ts";
import { type Order, Orders } from "./orders.ts";
import type { Note } from "./session.ts";

/** Packets that are sent at once, at most. */
const BURST = 32;
/** Packets that are received in a turn: more than are sent, so that what comes is never left. */
const RECEIVED = 64;
/** Turns of the loop between two looks at what other threads say. */
const ROUND = 16;
/** How long an lcore without an order sleeps between two looks, microseconds. */
const NAP = 50;

/**
 * How much longer a trial may take than it should: a share of its time, and seconds at least. What is
 * sent later would be a lower load than the one that was asked for. A packet that is sent late before
 * the end makes it harder for the device, and never easier.
 */
const GRACE = { share: 0.001, least: 0.001 };

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

/** What came in one direction. */
export interface CameReport {
  /** Different packets of the trial. */
  received: number;
  duplicates: number;
  reordered: number;
  /** Packets of earlier trials, or far too late. */
  tooLate: number;
  /** Packets that are none of ours. */
  foreign: number;
  /** Delays, in cycles. */
  latency: HistogramData;
}

/** What an lcore says before the first order, and when it has carried one out. */
export type MeasureNews = { floor: HistogramData } | TrialNews;

/** What an lcore says when it has carried out an order. */
export interface TrialNews {
  /** Of each direction that it sends. */
  sent: PaceReport[];
  /** Of each direction that it receives. */
  came: CameReport[];
}

/** The number of a flow's stream. */
export const streamOf = (first: number, flow: number): number => (first + 2 * flow) & 0xffff;

/** Sends in one direction. */
class Sending implements Disposable {
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

  report(orders: Orders): PaceReport {
    const report = this.#pacer.report();
    orders.tellSent(this.#to.direction, report.sent);
    return report;
  }

  [Symbol.dispose](): void {
    this.#sender?.[Symbol.dispose]();
    this.#to.tx[Symbol.dispose]();
  }
}

/** Receives of one direction. */
class Receiving implements Disposable {
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

  report(): CameReport {
    const judge = this.#judge!;
    const { received, duplicates, reordered, tooLate } = judge.report();
    return {
      received,
      duplicates,
      reordered,
      tooLate,
      foreign: this.#receiver.packets - received - duplicates - tooLate,
      latency: judge.latency.toJSON(),
    };
  }

  [Symbol.dispose](): void {
    this.#burst[Symbol.dispose]();
  }
}

/** Carries out orders, on one lcore. */
class Measuring implements Disposable {
  readonly #orders: Orders;
  readonly #senders: Sending[];
  readonly #receivers: Receiving[];
  readonly #cyclesPerSecond = measuredCyclesPerSecond();
  readonly #drain: number;
  readonly #isStopped: () => boolean;

  constructor(work: MeasureWork, isStopped: () => boolean) {
    this.#orders = new Orders(work.orders);
    this.#senders = work.senders.map((to) => new Sending(to, work));
    this.#receivers = work.receivers.map((from) => new Receiving(from));
    this.#drain = work.drain * this.#cyclesPerSecond;
    this.#isStopped = isStopped;
  }

  /** Carries out the last order. */
  carryOut(): TrialNews {
    const orders = this.#orders;
    const { number, order } = orders;
    for (const receiver of this.#receivers) receiver.prepare(order, orders);
    if (this.#receivers.length > 0) orders.ready(number);
    let sent: PaceReport[] = [];
    if (this.#senders.length > 0) sent = this.#send(number, order);
    else this.#receiveUntilSent(number);
    if (this.#receivers.length > 0) this.#drainAll();
    return { sent, came: this.#receivers.map((receiver) => receiver.report()) };
  }

  /** Receives what comes while there is no order. */
  idle(): void {
    for (const receiver of this.#receivers) receiver.turn();
    delayUsSleep(NAP);
  }

  /** Sends all, and receives meanwhile where this lcore does both. */
  #send(number: number, order: Order): PaceReport[] {
    const [orders, senders] = [this.#orders, this.#senders];
    try {
      for (const sender of senders) sender.prepare(order);
      // the receiver is an lcore of its own, or this one
      while (!orders.isReady(number) && !this.#isStopped()) delayUsSleep(1);
      const begin = tscCycles();
      for (const sender of senders) sender.begin(begin, order);
      const grace = order.load === Infinity
        ? 0
        : Math.max(GRACE.least, GRACE.share * order.seconds);
      const end = begin + (order.seconds + grace) * this.#cyclesPerSecond;
      while (!this.#isStopped() && tscCycles() < end && !senders.every(({ isDone }) => isDone)) {
        for (let turn = 0; turn < ROUND; turn++) {
          for (let i = 0; i < senders.length; i++) senders[i]!.turn();
          for (let i = 0; i < this.#receivers.length; i++) this.#receivers[i]!.turn();
        }
        this.#tell();
      }
      return senders.map((sender) => sender.report(orders));
    } finally {
      // also after an error: the receiver must not wait for ever
      orders.allSent(number);
    }
  }

  /** Receives until another lcore has sent all; where that has died, until a second after the end. */
  #receiveUntilSent(number: number): void {
    let end = Infinity;
    while (!this.#orders.isSent(number)) {
      this.#receiveRound();
      if (!this.#isStopped()) continue;
      const now = tscCycles();
      if (end === Infinity) end = now + this.#cyclesPerSecond;
      else if (now > end) return;
    }
  }

  #receiveRound(): void {
    for (let turn = 0; turn < ROUND; turn++) {
      for (let i = 0; i < this.#receivers.length; i++) this.#receivers[i]!.turn();
    }
    this.#tell();
  }

  /** Waits until all has come, or nothing has come for long enough. */
  #drainAll(): void {
    let last = -1;
    let since = 0;
    for (;;) {
      this.#receiveRound();
      if (this.#receivers.every((receiver) => receiver.hasAll(this.#orders))) return;
      const now = tscCycles();
      const received = this.#receivers.reduce((sum, receiver) => sum + receiver.received, 0);
      if (received !== last) [last, since] = [received, now];
      else if (now - since > this.#drain) return;
    }
  }

  #tell(): void {
    for (let i = 0; i < this.#receivers.length; i++) this.#receivers[i]!.tell(this.#orders);
  }

  [Symbol.dispose](): void {
    for (const sender of this.#senders) sender[Symbol.dispose]();
    for (const receiver of this.#receivers) receiver[Symbol.dispose]();
  }
}

lcoreMain<MeasureWork, Note<MeasureNews> | string>((context) => {
  const orders = new Orders(context.data.orders);
  const [sender] = context.data.senders;
  if (sender) context.post({ noted: { floor: measureFloor({ pool: sender.pool }).toJSON() } });
  using measuring = new Measuring(context.data, () => context.stopRequested);
  let done = 0;
  while (!context.stopRequested) {
    const { number } = orders;
    if (number === done) {
      measuring.idle();
      continue;
    }
    done = number;
    context.post({ noted: measuring.carryOut() });
  }
  context.post("done");
});
