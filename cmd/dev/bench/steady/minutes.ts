/**
 * What is told of each minute of sending and receiving, and of all of them.
 *
 * @module
 */

import type { RxQueue, TxQueue } from "../../../../mod.ts";
import { SharedNumbers } from "../../../lib/shared_numbers.ts";

/** The pool of all packets. */
export const POOL = "steady_pool";
/** Packets at once, and the room of the port's ring is far above. */
export const BURST = 32;
/** Packets of a window, over which cycles are averaged: some milliseconds. */
export const WINDOW = 8192;
/** Of what the loop can do, so much is sent. */
export const LOAD = 0.5;

/** What the lcore is given. */
export interface SteadyData {
  tx: TxQueue;
  rx: RxQueue;
  minutes: number;
  /** {@linkcode MinuteBoard.memory}. */
  board: MinuteMemory;
}

/** A minute, or what is left of one at the end. */
export interface Minute {
  /** Cycles for a packet, sent and received: of the least disturbed tenth of the windows at most. */
  cycles: number;
  /** The same of half of the windows. */
  median: number;
  /** Packets a second that were asked for, and sent. */
  asked: number;
  achieved: number;
  /** From the beginning on: packets sent, not sent since their time was long ago, received, lost. */
  sent: number;
  skipped: number;
  received: number;
  lost: number;
  /** Copies, and packets out of order, of which there are none. */
  strange: number;
}

/** A minute of which nothing is known. */
const NONE: Minute = {
  cycles: 0,
  median: 0,
  asked: 0,
  achieved: 0,
  sent: 0,
  skipped: 0,
  received: 0,
  lost: 0,
  strange: 0,
};

/** The memory of a board, for a Worker. */
export interface MinuteMemory {
  minute: SharedArrayBuffer;
  written: SharedArrayBuffer;
}

/** Where the lcore writes its last minute, and the main thread reads it. */
export class MinuteBoard {
  /** The memory; made anew where none is given. */
  readonly memory: MinuteMemory;
  readonly #minute: SharedNumbers<keyof Minute>;
  /** How many minutes were written. */
  readonly #written: Int32Array;
  #read = 0;

  /** @param memory {@linkcode MinuteBoard.memory} of the other thread. */
  constructor(memory?: MinuteMemory) {
    this.#minute = new SharedNumbers(NONE, memory?.minute);
    const written = memory?.written ?? new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    this.#written = new Int32Array(written);
    this.memory = { minute: this.#minute.memory, written };
  }

  /** Writes a minute; the one before must have been read, a minute ago. */
  write(minute: Minute): void {
    this.#minute.write(minute);
    Atomics.add(this.#written, 0, 1);
  }

  /** The minute that was written since the last call, if any. */
  read(): Minute | undefined {
    const written = Atomics.load(this.#written, 0);
    if (written === this.#read) return undefined;
    this.#read = written;
    return this.#minute.read();
  }
}

/** A minute as the process sees it. */
export interface MinuteSeen extends Minute {
  /** Memory that is not hugepages, KiB. */
  rss: number;
}

/** What came of a run. */
export interface SteadyReport {
  minutes: MinuteSeen[];
  /** Mbufs that are not in the pool at the end. */
  missing: number;
}

/** By how much cycles for a packet may have grown from the second minute to the last. */
const GROWTH = 0.02;
/** By how much memory may have grown in that time, KiB: what V8 has not collected yet. */
const MEMORY = 8192;

/** What a run was to show and did not; nothing where all is well. */
export function steadyFailures({ minutes, missing }: SteadyReport): string[] {
  const [second, last] = [minutes[1] ?? minutes[0], minutes.at(-1)];
  if (!second || !last) return ["there was no minute"];
  const growth = last.cycles / second.cycles - 1;
  const memory = last.rss - second.rss;
  return [
    ...growth > GROWTH ? [`${(100 * growth).toFixed(1)} % more cycles for a packet`] : [],
    ...memory > MEMORY ? [`${memory} KiB more memory`] : [],
    ...missing !== 0 ? [`${missing} mbufs missing`] : [],
    ...last.lost !== 0 || last.strange !== 0 || last.received !== last.sent
      ? [`${last.sent} packets sent, ${last.received} received, ${last.lost} lost`]
      : [],
  ];
}

/** A minute in words. */
export function minuteText(number: number, minute: MinuteSeen): string {
  const { cycles, median, asked, achieved, rss, lost, strange } = minute;
  const mpps = (rate: number) => (rate / 1e6).toFixed(3);
  return `minute ${number}: ${cycles.toFixed(1)} cycles a packet (median ${median.toFixed(1)}), ` +
    `${mpps(achieved)} of ${mpps(asked)} Mpps, ${rss} KiB, ${lost} lost, ${strange} strange`;
}
