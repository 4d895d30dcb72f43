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
  /** Ends the file prefix of a process that is a primary of its own, beside the first one. */
  primary?: string;
}

/** The processes of a side, a primary first. */
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
  /** CPU time of all threads by the time that passed: how many CPUs they had. */
  cpu: number;
}

/** CPU time of a process: of all its threads by the time that passed, and of those that poll, ns. */
interface Used {
  cpu: number;
  polling: number[];
}

/**
 * Begins to measure the CPU time of a process's threads. Returns a function that ends the
 * measurement and returns the times.
 */
function cpuTimes(running: Running, polling: number): () => Used {
  const [begin, before] = [performance.now(), running.cpuTimes()];
  return () => {
    const ns = (performance.now() - begin) * 1e6;
    const used = [...running.cpuTimes()].map(([id, time]) => time - (before.get(id) ?? time));
    return {
      cpu: used.reduce((sum, time) => sum + time, 0) / ns,
      polling: used.toSorted((a, b) => b - a).slice(0, polling),
    };
  };
}

/** A secondary that counts what the ports of a primary do. */
class Watch {
  readonly #prefix: string;
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;

  constructor(prefix: string) {
    this.#prefix = prefix;
    const script = fileURLToPath(new URL("./watch.ts", import.meta.url));
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", script, prefix],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  async count(): Promise<Counts> {
    const writer = this.#child.stdin.getWriter();
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

  async end(): Promise<void> {
    await this.#child.stdin.close();
    await this.#lines.cancel();
    await this.#child.status;
  }
}

/** The running processes of a side. */
class Contender {
  readonly #prefix: string;
  readonly #running: { running: Running; polling: number }[] = [];
  readonly #watches = new Map<string, Watch>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  async start(side: Side): Promise<void> {
    for (const { command, args, ready, polling = 1, primary = "" } of side) {
      const prefix = this.#prefix + primary;
      const running = new Running(command, [`--file-prefix=${prefix}`, ...args]);
      this.#running.push({ running, polling });
      await running.says(ready);
      if (!this.#watches.has(prefix)) this.#watches.set(prefix, new Watch(prefix));
    }
    await this.#count();
    await delay(SETTLE);
  }

  freeze(frozen: boolean): void {
    for (const { running } of this.#running) running.freeze(frozen);
  }

  /** The rates of an undisturbed window, or of the least disturbed one. */
  async window(): Promise<Rates> {
    let best = { share: -1, rates: { rx: NaN, tx: NaN, cpu: NaN } };
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
    const busy = this.#running.map(({ running, polling }) => cpuTimes(running, polling));
    const before = await this.#count();
    await delay(WINDOW);
    const after = await this.#count();
    const used = busy.map((times) => times());
    this.freeze(true);
    const ns = after[0]!.ns - before[0]!.ns;
    const rate = (of: "rx" | "tx") =>
      after.reduce((sum, counts, i) => {
        const from = before[i]!;
        return sum + (counts[of] - from[of]) / (counts.ns - from.ns) * 1e3;
      }, 0);
    return {
      share: Math.min(...used.flatMap(({ polling }) => polling)) / ns,
      rates: {
        rx: rate("rx"),
        tx: rate("tx"),
        cpu: used.reduce((sum, { cpu }) => sum + cpu, 0),
      },
    };
  }

  async end(): Promise<void> {
    for (const watch of this.#watches.values()) await watch.end();
    for (const { running } of this.#running.toReversed()) await running.end();
    for (const prefix of this.#watches.keys()) removeRuntimeFiles(prefix);
  }

  #count(): Promise<Counts[]> {
    return Promise.all([...this.#watches.values()].map((watch) => watch.count()));
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
