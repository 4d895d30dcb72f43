/**
 * Two forwarders by turns on the same CPUs.
 *
 * In each round both sides start anew, so that each has other physical memory. Then they run by
 * turns in short windows, and one is stopped while the other runs: a disturbance of the machine
 * that is longer than a window disturbs both. A secondary reads the counters of the ports
 * (watch.ts), for both sides in the same way.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { removeRuntimeFiles } from "../../../ffi/host/runtime.ts";
import type { Command } from "./peers.ts";
import { Running } from "./program.ts";

/** The least windows of each side in all: so many are needed to show a difference of 1 %. */
const WINDOWS = 100;
/** Milliseconds that are counted of a window. */
const WINDOW = 60;
/** Milliseconds for a side to warm up, its caches mostly, when it goes on. */
const WARM_UP = 20;
/** Milliseconds for new processes before the first window, in which V8 optimises. */
const SETTLE = 700;
/** A window in which a polling thread had less of its CPU is tried again. */
const UNDISTURBED = 0.97;
/** The most windows that are tried; then the least disturbed of them counts. */
const TRIES = 4;

/** A process of a side. */
export interface Part {
  /** What to start. */
  command: Command;
  /** Arguments behind `--file-prefix`. */
  args: string[];
  /** The line that the process prints when it forwards. */
  ready: RegExp;
  /** How many threads poll, those of children included; 1 where left out. */
  polling?: number;
}

/** The processes of a side, the primary first. */
export type Side = Part[];

/** What the ports have counted, at a time in nanoseconds. */
interface Counts {
  ns: number;
  rx: number;
  tx: number;
}

/** Rates of a window, in millions of packets a second. */
export interface Rates {
  /** Received from all ports. */
  rx: number;
  /** Sent to all ports. */
  tx: number;
}

/**
 * Begins to measure the CPU time of the polling threads. Returns a function that ends the
 * measurement and returns the times.
 */
function pollingTimes(running: Running, polling: number): () => number[] {
  const before = running.cpuTimes();
  return () => {
    const used = [...running.cpuTimes()].map(([id, time]) => time - (before.get(id) ?? time));
    return used.toSorted((a, b) => b - a).slice(0, polling);
  };
}

/** The running processes of a side. */
class Contender {
  readonly #prefix: string;
  readonly #running: { running: Running; polling: number }[] = [];
  #watch: Deno.ChildProcess | undefined;
  #lines: ReadableStreamDefaultReader<string> | undefined;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  async start(side: Side): Promise<void> {
    for (const { command, args, ready, polling = 1 } of side) {
      const running = new Running(command, [`--file-prefix=${this.#prefix}`, ...args]);
      this.#running.push({ running, polling });
      await running.says(ready);
    }
    const script = fileURLToPath(new URL("./watch.ts", import.meta.url));
    this.#watch = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", script, this.#prefix],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#lines = this.#watch.stdout.pipeThrough(new TextDecoderStream()).getReader();
    await this.#count();
    await delay(SETTLE);
  }

  freeze(frozen: boolean): void {
    for (const { running } of this.#running) running.freeze(frozen);
  }

  /** The rates of an undisturbed window, or of the least disturbed one. */
  async window(): Promise<Rates> {
    let best = { share: -1, rates: { rx: NaN, tx: NaN } };
    for (let tries = 0; tries < TRIES && best.share < UNDISTURBED; tries++) {
      const window = await this.#measure();
      if (window.share > best.share) best = window;
    }
    return best.rates;
  }

  /** Measures one window, and the share of its CPU that the most disturbed polling thread had. */
  async #measure(): Promise<{ share: number; rates: Rates }> {
    this.freeze(false);
    await delay(WARM_UP);
    const busy = this.#running.map(({ running, polling }) => pollingTimes(running, polling));
    const before = await this.#count();
    await delay(WINDOW);
    const after = await this.#count();
    const busyTimes = busy.flatMap((times) => times());
    this.freeze(true);
    const ns = after.ns - before.ns;
    return {
      share: Math.min(...busyTimes) / ns,
      rates: {
        rx: (after.rx - before.rx) / ns * 1e3,
        tx: (after.tx - before.tx) / ns * 1e3,
      },
    };
  }

  async end(): Promise<void> {
    await this.#watch?.stdin.close();
    await this.#lines?.cancel();
    await this.#watch?.status;
    for (const { running } of this.#running.toReversed()) await running.end();
    removeRuntimeFiles(this.#prefix);
  }

  async #count(): Promise<Counts> {
    if (!this.#watch || !this.#lines) throw new Error("not started");
    const writer = this.#watch.stdin.getWriter();
    await writer.write(new TextEncoder().encode("\n"));
    writer.releaseLock();
    let line = "";
    while (!line.endsWith("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error(`cannot watch the ports of ${this.#prefix}`);
      line += value;
    }
    return JSON.parse(line);
  }
}

/**
 * Lets both sides forward by turns.
 *
 * @returns the rates of all windows; those of one number came one after the other.
 */
export async function contest(
  sides: Record<"ts" | "c", Side>,
  rounds: number,
): Promise<Record<"ts" | "c", Rates[]>> {
  const results: Record<"ts" | "c", Rates[]> = { ts: [], c: [] };
  for (let round = 0; round < rounds; round++) {
    const contenders = {
      ts: new Contender(`bench${Deno.pid}ts`),
      c: new Contender(`bench${Deno.pid}c`),
    };
    // the side that starts first, and has the first window, changes too
    const order = round % 2 ? ["c", "ts"] as const : ["ts", "c"] as const;
    try {
      for (const side of order) {
        await contenders[side].start(sides[side]);
        contenders[side].freeze(true);
      }
      for (let window = 0; window < Math.ceil(WINDOWS / rounds); window++) {
        for (const side of order) results[side].push(await contenders[side].window());
      }
    } finally {
      for (const side of order) await contenders[side].end();
    }
  }
  return results;
}
