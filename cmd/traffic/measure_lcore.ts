/**
 * What an lcore does that measures: it sends, or receives, or both in turns.
 *
 * @module
 */

import { delayUsSleep, lcoreMain, measuredCyclesPerSecond, tscCycles } from "../../ffi/eal_api.ts";
import { type HistogramData, measureFloor, type PaceReport } from "../../ffi/traffic/traffic.ts";
import { type CameReport, type MeasureWork, Receiving, Sending } from "./measure_ways.ts";
import { type Order, Orders } from "./orders.ts";
import type { Note } from "./session.ts";
import { Silence } from "./silence.ts";

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

/** What an lcore says before the first order, and when it has carried one out. */
export type MeasureNews = { floor: HistogramData } | TrialNews;

/** What an lcore says when it has carried out an order. */
export interface TrialNews {
  /** Of each direction that it sends. */
  sent: PaceReport[];
  /** Of each direction that it receives. */
  came: CameReport[];
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
    const silence = new Silence(this.#drain);
    for (;;) {
      const began = tscCycles();
      this.#receiveRound();
      if (this.#receivers.every((receiver) => receiver.hasAll(this.#orders))) return;
      const received = this.#receivers.reduce((sum, receiver) => sum + receiver.received, 0);
      if (silence.isLong(began, tscCycles(), received)) return;
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
