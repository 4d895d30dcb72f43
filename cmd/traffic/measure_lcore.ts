/**
 * What an lcore does that measures: it sends, or receives, or both in turns.
 *
 * @module
 */

import { delayUsSleep, lcoreMain, measuredCyclesPerSecond, tscCycles } from "../../ffi/eal_api.ts";
import { measureFloor } from "../../ffi/traffic/traffic.ts";
import { MeasureBoard } from "./measure_board.ts";
import { type MeasureWork, Receiving, Sending } from "./measure_ways.ts";
import { type Order, Orders } from "./orders.ts";
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

/** Carries out orders, on one lcore. */
class Measuring implements Disposable {
  readonly #orders: Orders;
  readonly #board: MeasureBoard;
  readonly #senders: Sending[];
  readonly #receivers: Receiving[];
  readonly #cyclesPerSecond = measuredCyclesPerSecond();
  readonly #drain: number;
  readonly #isStopped: () => boolean;

  constructor(work: MeasureWork, orders: Orders, board: MeasureBoard, isStopped: () => boolean) {
    this.#orders = orders;
    this.#board = board;
    this.#senders = work.senders.map((to) => new Sending(to, work));
    this.#receivers = work.receivers.map((from) => new Receiving(from));
    this.#drain = work.drain * this.#cyclesPerSecond;
    this.#isStopped = isStopped;
  }

  /** Carries out the last order, and tells what came of it. */
  carryOut(): void {
    const orders = this.#orders;
    const { number, order } = orders;
    for (const receiver of this.#receivers) receiver.prepare(order, orders);
    if (this.#receivers.length > 0) orders.ready(number);
    if (this.#senders.length > 0) this.#send(number, order);
    else this.#receiveUntilSent(number);
    if (this.#receivers.length > 0) this.#drainAll();
    for (const receiver of this.#receivers) receiver.report(this.#board);
    orders.done();
  }

  /** Receives what comes while there is no order. */
  idle(): void {
    for (const receiver of this.#receivers) receiver.turn();
    delayUsSleep(NAP);
  }

  /** Sends all, and receives meanwhile where this lcore does both. */
  #send(number: number, order: Order): void {
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
      for (const sender of senders) sender.report(orders, this.#board);
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

lcoreMain<MeasureWork, string>((context) => {
  const work = context.data;
  const [orders, board] = [new Orders(work.orders), new MeasureBoard(work.board)];
  const [sender] = work.senders;
  if (sender) board.floor.add(measureFloor({ pool: sender.pool }));
  using measuring = new Measuring(work, orders, board, () => context.stopRequested);
  context.ready();
  let done = 0;
  while (!context.stopRequested) {
    const { number } = orders;
    if (number === done) {
      measuring.idle();
      continue;
    }
    done = number;
    measuring.carryOut();
  }
  context.post("done");
});
