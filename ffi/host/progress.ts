/**
 * Says on stderr what a long job is doing: on a terminal one line that is kept up to date, with the
 * time left as estimated from earlier runs; elsewhere a plain line at the start of each step.
 *
 * @module
 */

import { columnsOf, isScreen } from "./terminal.ts";
import { lastTimes, noteTimes } from "./times.ts";

/** Milliseconds between two updates of the line. */
const PERIOD = 250;

const encoder = new TextEncoder();

/** Seconds in words: `8 s`, `2 min 5 s`. */
export function inWords(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  if (minutes === 0) return `${rest} s`;
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

/** A step that is running, or will. */
export interface Timed {
  /** Seconds that the step took the last time; undefined where that is not known. */
  expected: number | undefined;
  /** Seconds since the step began; 0 where it has not begun. */
  elapsed: number;
}

/**
 * The seconds that are left; undefined where a step's time is not known.
 *
 * @param atOnce how many steps run at the same time.
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

/** Options of a {@linkcode Progress}. */
export interface ProgressOptions {
  /** Names of all steps to come; other steps are not counted in the time left. */
  plan?: readonly string[];
  /** How many steps run at the same time. */
  atOnce?: number;
  /**
   * Whether a line is printed at the start of each step where stderr is no terminal; true where
   * left out.
   */
  announces?: boolean;
}

interface Running {
  what: string;
  /**
   * The key under which the step's time is kept; undefined where the time says nothing about the
   * next run.
   */
  key: string | undefined;
  start: number;
}

/** Shows the progress of a job on stderr. Disposal removes the line. */
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

  /** @param name what the lines begin with: the program's name. */
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

  /** Prints a line on stdout, above the line that shows the progress. */
  print(line: string): void {
    this.#hide();
    console.log(line);
    this.#show();
  }

  /** Prints a plain line on stderr where no line is kept up to date. */
  say(text: string): void {
    if (!this.#live) console.error(`${this.#name}: ${text}`);
  }

  /**
   * Runs a step, and shows it meanwhile.
   *
   * @param step the step's name, under which its time is kept; none where the time says nothing
   * about the next run.
   * @param what what the step does, in words: `compiling simple_mp`.
   * @param usual seconds that the step usually takes, for the first run.
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
