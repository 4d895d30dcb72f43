/**
 * The rows of simple_mp's messages: two processes, one line on stdin a message.
 *
 * The C sample does not answer by itself, so the time is measured as a person at both prompts would
 * see it: from a line into the primary to the message in the secondary's output, and then back.
 * Both sides use the same pipes.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { removeRuntimeFiles } from "../../../ffi/host/runtime.ts";
import { quantile, type Row } from "./figures.ts";
import { type Command, peer } from "./peers.ts";
import { PROMPT_END, Running } from "./program.ts";

/** Round trips of a round, after some for V8. */
const TRIPS = 300;
const WARM_UP = 100;
/** Messages of a round that go one way as fast as they can. */
const MESSAGES = 20_000;
/** Number of messages that are on their way at a time; the ring has room for 63. */
const WINDOW = 32;

/** What came of a round. */
interface Figures {
  /** Microseconds of each round trip. */
  trips: number[];
  /** Messages a second. */
  rate: number;
}

/** One of the two processes, and how many messages it has received. */
class End {
  readonly #running: Running;
  #received = 0;
  /** The beginning of a line that is not complete yet. */
  #rest = "";
  #wanted = { count: 0, resolve() {} };

  constructor(command: Command, args: string[]) {
    this.#running = new Running(command, args, (text) => this.#hear(text));
  }

  async ready(): Promise<void> {
    await this.#running.says(new RegExp(PROMPT_END));
  }

  get received(): number {
    return this.#received;
  }

  send(count: number): Promise<void> {
    return this.#running.tell("send message\n".repeat(count));
  }

  /** Waits until this many messages have come in all. */
  has(count: number): Promise<void> {
    if (this.#received >= count) return Promise.resolve();
    return new Promise((resolve) => this.#wanted = { count, resolve });
  }

  end(): Promise<void> {
    return this.#running.end();
  }

  #hear(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) if (line.includes("Received 'message'")) this.#received++;
    if (this.#wanted.count > 0 && this.#received >= this.#wanted.count) {
      const { resolve } = this.#wanted;
      this.#wanted = { count: 0, resolve() {} };
      resolve();
    }
  }
}

async function exchange(primary: End, secondary: End): Promise<Figures> {
  const trips: number[] = [];
  for (let trip = 1; trip <= WARM_UP + TRIPS; trip++) {
    const start = performance.now();
    await Promise.all([secondary.has(trip), primary.send(1)]);
    await Promise.all([primary.has(trip), secondary.send(1)]);
    if (trip > WARM_UP) trips.push((performance.now() - start) * 1e3);
  }
  const before = secondary.received;
  const start = performance.now();
  for (let sent = 0; sent < MESSAGES;) {
    const more = Math.min(WINDOW / 2, MESSAGES - sent);
    await primary.send(more);
    sent += more;
    await secondary.has(before + sent - WINDOW / 2);
  }
  await secondary.has(before + MESSAGES);
  return { trips, rate: MESSAGES / (performance.now() - start) * 1e3 };
}

async function measure(command: Command): Promise<Figures> {
  const prefix = `bench${Deno.pid}mp`;
  const eal = ["--no-pci", "-m", "64", `--file-prefix=${prefix}`];
  const ends: End[] = [];
  const start = async (...args: string[]): Promise<End> => {
    const end = new End(command, [...eal, ...args]);
    ends.push(end);
    await end.ready();
    return end;
  };
  try {
    const primary = await start("--lcores=0@0,1@1", "--proc-type=primary");
    const secondary = await start("--lcores=2@1,3@0", "--proc-type=secondary");
    return await exchange(primary, secondary);
  } finally {
    for (const end of ends.toReversed()) await end.end();
    removeRuntimeFiles(prefix);
  }
}

/** Rows of simple_mp's messages. */
export async function benchMessages(rounds: number): Promise<Row[]> {
  const script = fileURLToPath(new URL("../../simple_mp/main.ts", import.meta.url));
  const sides: Record<"ts" | "c", Command> = {
    ts: { command: Deno.execPath(), args: ["run", "-A", script] },
    c: await peer("simple_mp"),
  };
  const row = (name: string, unit: string, better: Row["better"]): Row => (
    { name: `simple_mp ${name}`, unit, better, ts: [], c: [] }
  );
  const p50 = row("round trip, p50", "us", "less");
  const p99 = row("round trip, p99", "us", "less");
  const rate = row("messages", "/s", "more");
  for (let round = 0; round < rounds; round++) {
    for (const side of ["ts", "c"] as const) {
      const figures = await measure(sides[side]);
      p50[side].push(quantile(figures.trips, 0.5));
      p99[side].push(quantile(figures.trips, 0.99));
      rate[side].push(figures.rate);
    }
  }
  return [p50, p99, rate];
}
