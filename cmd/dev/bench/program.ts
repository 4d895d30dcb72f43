/**
 * A program under measurement, in processes of its own.
 *
 * @module
 */

import { hearingSignals } from "../../../tests/harness/inherited_signals.ts";
import type { Command } from "./peers.ts";

/** How long a program may take to be ready or to end, in milliseconds. */
const PATIENCE = 60_000;

/**
 * The beginning of every command line, of both sides, so that other processes get less of the CPU.
 * Without the right to do that, `nice` prints a warning on stderr, and runs the program all the
 * same.
 */
const PRIORITY = ["nice", "-n", "-10"] as const;

/**
 * The end of simple_mp's prompt. The C sample writes it letter by letter, and its lcores' lines come
 * in between, so the whole of it cannot be waited for.
 */
export const PROMPT_END = ">";

/** The living children of a process. */
function childrenOf(pid: number): number[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    try {
      const stat = /^\d+$/.test(name) ? Deno.readTextFileSync(`/proc/${name}/stat`) : "";
      // the name before the last parenthesis can contain anything
      const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(parent) === pid && state !== "Z" ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** What a thread has had of a CPU, nanoseconds; undefined when it has ended meanwhile. */
function cpuTime(schedstat: string): number | undefined {
  try {
    return Number(Deno.readTextFileSync(schedstat).split(" ")[0]);
  } catch {
    return undefined;
  }
}

function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch {
    // it has ended
  }
}

/** A process that runs until it is ended. */
export class Running {
  readonly #child: Deno.ChildProcess;
  readonly #name: string;
  #output = "";
  readonly #heard: Promise<void>[];
  readonly #waiting = new Set<() => void>();

  /** Starts it; its stdin stays open. `onText` gets its output as it comes. */
  constructor(
    { command, args }: Command,
    more: readonly string[],
    onText?: (text: string) => void,
  ) {
    this.#name = [command, ...args].at(-1) ?? command;
    const [nice, ...priority] = PRIORITY;
    const started = hearingSignals({
      command: nice,
      args: [...priority, command, ...args, ...more],
    });
    this.#child = new Deno.Command(started.command, {
      args: started.args,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#heard = [this.#child.stdout, this.#child.stderr].map((stream) =>
      this.#listen(stream, onText)
    );
    this.#child.status.then(() => this.#wake());
  }

  /** Process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Writes to its stdin. */
  async tell(text: string): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(text));
    writer.releaseLock();
  }

  /**
   * Waits for something in its output, and gives the end of that so far.
   *
   * @param patience how long it may take, in milliseconds.
   */
  async says(what: RegExp, patience = PATIENCE): Promise<string> {
    const ended = this.#child.status.then(({ code }) => code);
    const limit = performance.now() + patience;
    while (!what.test(this.#output)) {
      const code = await Promise.race([ended, this.#more(limit)]);
      if (what.test(this.#output)) break;
      if (typeof code === "number") {
        await Promise.all(this.#heard);
        if (!what.test(this.#output)) throw this.#failure(`ended with status ${code}`);
      }
      if (performance.now() > limit) throw this.#failure(`does not say ${what}`);
    }
    return this.#output;
  }

  /** Stops all its threads and children where they are, or lets them go on. */
  freeze(frozen: boolean): void {
    // a parent that runs while its children do not would look after them
    const pids = [this.pid, ...childrenOf(this.pid)];
    for (const pid of frozen ? pids : pids.toReversed()) {
      signal(pid, frozen ? "SIGSTOP" : "SIGCONT");
    }
  }

  /** Ends it as a person does, with Ctrl-C. */
  async end(): Promise<void> {
    const timer = setTimeout(() => this.#kill("SIGKILL"), PATIENCE);
    this.freeze(false);
    this.#kill("SIGINT");
    // testpmd takes the signal for a reason to end, and waits for its stdin all the same
    await this.#child.stdin.close().catch(() => {});
    await this.#child.status;
    clearTimeout(timer);
    await Promise.all(this.#heard);
  }

  /** Ends it as it is. */
  async kill(): Promise<void> {
    this.#kill("SIGKILL");
    await this.#child.status;
    await Promise.all(this.#heard);
    await this.#child.stdin.close().catch(() => {});
  }

  /** CPU time of each of its threads and its children's, in nanoseconds, by thread id. */
  cpuTimes(): Map<string, number> {
    const times = new Map<string, number>();
    for (const pid of [this.pid, ...childrenOf(this.pid)]) {
      const tasks = `/proc/${pid}/task`;
      for (const { name } of Deno.readDirSync(tasks)) {
        const time = cpuTime(`${tasks}/${name}/schedstat`);
        if (time !== undefined) times.set(name, time);
      }
    }
    return times;
  }

  /** CPU time of the busiest of them: the one that polls. */
  busiest(): number {
    return Math.max(...this.cpuTimes().values());
  }

  #kill(name: Deno.Signal): void {
    signal(this.pid, name);
  }

  async #listen(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    onText?: (text: string) => void,
  ): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      onText?.(text);
      // a server that prints each second must not fill the memory
      this.#output = (this.#output + text).slice(-65_536);
      this.#wake();
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  #more(limit: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, limit - performance.now()));
      this.#waiting.add(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #failure(what: string): Error {
    const last = this.#output.trim().split("\n").slice(-5).join("\n");
    return new Error(`${this.#name} ${what}:\n${last}`);
  }
}
