/**
 * Says on stderr what a long work is doing: on a terminal one line that is always up to date, with
 * the time left as far as last times tell it; elsewhere a plain line at the start of each step.
 *
 * @module
 */

import { columnsOf, isScreen } from "./terminal.ts";
import { lastTimes, noteTimes } from "./times.ts";

/** How often the line is written anew, in milliseconds. */
const PERIOD = 250;

const encoder = new TextEncoder();

/** Seconds in words: `8 s`, `2 min 5 s`. */
export function inWords(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  if (minutes === 0) return `${rest} s`;
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

/** A step that runs, or will. */
export interface Timed {
  /** Seconds that it took the last time; undefined where that is not known. */
  expected: number | undefined;
  /** Seconds since its start; 0 where it has not begun. */
  elapsed: number;
}

/**
 * The seconds that are left; undefined where a step's time is not known.
 *
 * @param atOnce How many steps run at the same time.
 */
export function timeLeft(steps: readonly Timed[], atOnce: number): number | undefined {
  let [sum, longest] = [0, 0];
  for (const { expected, elapsed } of steps) {
    if (expected === undefined) return undefined;
    const left = Math.max(0, expected - elapsed);
    sum += left;
    longest = Math.max(longest, left);
  }
  return Math.max(longest, sum / atOnce);
}

/** How a {@linkcode Progress} goes about. */
export interface ProgressOptions {
  /** All steps to come, by their names; those that are not named are not counted. */
  plan?: readonly string[];
  /** How many steps run at the same time. */
  atOnce?: number;
  /** Whether a step is told at its start where stderr is no terminal; it is unless told otherwise. */
  announces?: boolean;
}

interface Running {
  what: string;
  /** Undefined where the time that it takes says nothing about the next time. */
  key: string | undefined;
  start: number;
}

/** See the module. Disposal takes the line away. */
export class Progress implements Disposable {
  readonly #name: string;
  readonly #atOnce: number;
  readonly #announces: boolean;
  readonly #live = isScreen("stderr");
  readonly #expected: Record<string, number>;
  readonly #took: Record<string, number> = {};
  readonly #plan: Set<string>;
  readonly #count: number;
  readonly #start = performance.now();
  readonly #running = new Set<Running>();
  #timer: number | undefined;
  #shown = false;

  /** @param name What its lines begin with, a program's name. */
  constructor(
    name: string,
    { plan = [], atOnce = 1, announces = true }: ProgressOptions = {},
  ) {
    this.#name = name;
    this.#atOnce = atOnce;
    this.#announces = announces;
    this.#expected = lastTimes();
    this.#plan = new Set(plan);
    this.#count = this.#plan.size;
  }

  #key(step: string): string {
    return `${this.#name} ${step}`;
  }

  #timed(): Timed[] {
    const now = performance.now();
    return [
      ...[...this.#running].map(({ key, start }) => ({
        expected: key === undefined ? undefined : this.#expected[key],
        elapsed: (now - start) / 1000,
      })),
      ...[...this.#plan].map((step) => ({
        expected: this.#expected[this.#key(step)],
        elapsed: 0,
      })),
    ];
  }

  /** Seconds that all the rest will take, as far as that is known. */
  get left(): number | undefined {
    return timeLeft(this.#timed(), this.#atOnce);
  }

  /** The line as it is now. */
  get line(): string {
    const seconds = (performance.now() - this.#start) / 1000;
    const left = this.left;
    const time = left === undefined
      ? `${inWords(seconds)} so far`
      : left > 0
      ? `about ${inWords(left)} left`
      : `${inWords(seconds)}, longer than last time`;
    const done = this.#count - this.#plan.size - this.#running.size;
    const count = this.#count > 1 ? `${Math.max(0, done)} of ${this.#count} done, ` : "";
    const what = [...this.#running].map(({ what }) => what).join("; ");
    return `${this.#name}: ${count}${time}: ${what}`;
  }

  #show(): void {
    if (!this.#live || this.#running.size === 0) return;
    const line = this.line.slice(0, columnsOf("stderr") - 1);
    Deno.stderr.writeSync(encoder.encode(`\r${line}\x1b[K`));
    this.#shown = true;
  }

  #hide(): void {
    if (!this.#shown) return;
    Deno.stderr.writeSync(encoder.encode("\r\x1b[K"));
    this.#shown = false;
  }

  /** Prints a line on stdout, above the one that tells of the progress. */
  print(line: string): void {
    this.#hide();
    console.log(line);
    this.#show();
  }

  /** Says something in a plain line where no line is kept up to date. */
  say(text: string): void {
    if (!this.#live) console.error(`${this.#name}: ${text}`);
  }

  /**
   * Does a step and says so meanwhile.
   *
   * @param step Its name, by which its time is known the next time; none where that says nothing.
   * @param what What it does, for people: `compiling simple_mp`.
   * @param usual Seconds that it takes where no last time is known.
   */
  async step<T>(
    step: string | undefined,
    what: string,
    work: () => Promise<T>,
    usual?: number,
  ): Promise<T> {
    const key = step === undefined ? undefined : this.#key(step);
    if (key !== undefined && usual !== undefined) this.#expected[key] ??= usual;
    const running = { what, key, start: performance.now() };
    if (step !== undefined) this.#plan.delete(step);
    this.#running.add(running);
    if (this.#announces) {
      const expected = key === undefined ? undefined : this.#expected[key];
      this.say(expected === undefined ? what : `${what}, about ${inWords(expected)}`);
    }
    this.#show();
    if (this.#live) this.#timer ??= setInterval(() => this.#show(), PERIOD);
    try {
      const result = await work();
      if (key !== undefined) this.#took[key] = (performance.now() - running.start) / 1000;
      return result;
    } finally {
      this.#running.delete(running);
      this.#hide();
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#hide();
    if (Object.keys(this.#took).length > 0) noteTimes(this.#took);
  }
}
