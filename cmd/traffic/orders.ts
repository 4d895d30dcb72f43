/**
 * What the main thread orders of the lcores that measure, and what these tell each other, in memory
 * that all of them share. An lcore polls, so that it cannot wait for messages.
 *
 * @module
 */

/**
 * Words: the number of the last order, the last ones whose receiver was ready or sender done, and how
 * many lcores have carried out the last one.
 */
const NUMBER = 0;
const READY = 1;
const SENT = 2;
const DONE = 3;
const WORDS = 4;

/** Numbers behind the words. */
const FLOW = 0;
const RATE = 1;
const PACKETS = 2;
const SECONDS = 3;
/** The number of the first packet, and how many packets were sent and came: of each direction. */
const FIRST = 4;
const COUNT = 6;
const CAME = 8;
const NUMBERS = 10;

/** A trial: what to send. All numbers are those of each direction. */
export interface Order {
  /** Which flow, of those that the lcores know. */
  flow: number;
  /** Packets a second; Infinity for as fast as it goes. */
  load: number;
  /** How many packets; Infinity for as many as there are in the time. */
  packets: number;
  /** How long, at most. */
  seconds: number;
}

/** The memory. The main thread writes an order, the lcores carry it out and say how far they are. */
export class Orders {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;

  /** @param memory that of another thread; new memory where left out. */
  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(4 * WORDS + 8 * NUMBERS);
    this.#words = new Int32Array(this.memory, 0, WORDS);
    this.#numbers = new Float64Array(this.memory, 4 * WORDS);
  }

  /** Orders a trial, when the last one is done by all; returns the number of the order. */
  give({ flow, load, packets, seconds }: Order, firsts: readonly number[]): number {
    const numbers = this.#numbers;
    numbers.fill(0);
    numbers[FLOW] = flow;
    numbers[RATE] = load;
    numbers[PACKETS] = packets;
    numbers[SECONDS] = seconds;
    numbers.set(firsts, FIRST);
    Atomics.store(this.#words, DONE, 0);
    return Atomics.add(this.#words, NUMBER, 1) + 1;
  }

  /** The number of the last order; 0 where there was none. */
  get number(): number {
    return Atomics.load(this.#words, NUMBER);
  }

  /** The last order. */
  get order(): Order {
    const numbers = this.#numbers;
    return {
      flow: numbers[FLOW]!,
      load: numbers[RATE]!,
      packets: numbers[PACKETS]!,
      seconds: numbers[SECONDS]!,
    };
  }

  /** The number of the first packet in a direction. */
  first(direction: number): number {
    return this.#numbers[FIRST + direction]!;
  }

  /** Whether the receiver is ready for an order. */
  isReady(number: number): boolean {
    return Atomics.load(this.#words, READY) === number;
  }

  /** Says that the receiver is ready for an order. */
  ready(number: number): void {
    Atomics.store(this.#words, READY, number);
  }

  /** Whether all packets of an order were sent. */
  isSent(number: number): boolean {
    return Atomics.load(this.#words, SENT) === number;
  }

  /** Says that all packets of an order were sent. */
  allSent(number: number): void {
    Atomics.store(this.#words, SENT, number);
  }

  /** An lcore says that it has carried out the last order, and has reported. */
  done(): void {
    Atomics.add(this.#words, DONE, 1);
    Atomics.notify(this.#words, DONE);
  }

  /** Waits until so many lcores have carried out the last order. */
  async untilDone(lcores: number): Promise<void> {
    for (;;) {
      const done = Atomics.load(this.#words, DONE);
      if (done >= lcores) return;
      const wait = Atomics.waitAsync(this.#words, DONE, done);
      if (wait.async) await wait.value;
    }
  }

  /** How many packets were sent in a direction so far. */
  sent(direction: number): number {
    return this.#numbers[COUNT + direction]!;
  }

  /** Tells how many packets were sent in a direction so far. */
  tellSent(direction: number, count: number): void {
    this.#numbers[COUNT + direction] = count;
  }

  /** How many packets came of a direction so far. */
  came(direction: number): number {
    return this.#numbers[CAME + direction]!;
  }

  /** Tells how many packets came of a direction so far. */
  tellCame(direction: number, count: number): void {
    this.#numbers[CAME + direction] = count;
  }
}
