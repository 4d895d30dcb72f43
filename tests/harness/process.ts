/**
 * A real process under test: its output as it comes, its input line by line, its end. Whatever is
 * awaited resolves on a condition, never after a pause, and fails with the transcript's tail.
 *
 * @module
 */

import { hearingSignals } from "./inherited_signals.ts";
import { PATIENCE } from "./patience.ts";
import { threadsOf, until } from "./wait.ts";

export { PATIENCE };

/** Lines of the transcript that a failure shows. */
const TAIL = 40;

/** A program to start, without what the test adds. */
export interface Command {
  /** Path of the executable. */
  command: string;
  /** What comes before the program's own arguments. */
  args: string[];
}

/** How a process ended. */
export interface End {
  /** The exit status; 128 + n where signal n ended it. */
  code: number;
  /** The signal that ended it, if one did. */
  signal: Deno.Signal | null;
  /** Milliseconds from what {@linkcode TestProcess.endBy} did to the end. */
  ms: number;
}

/** A running process with all that it wrote. */
export class TestProcess {
  /** What messages call it. */
  readonly name: string;
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #text = { stdout: "", stderr: "" };
  readonly #lines: string[] = [];
  #transcript = "";
  #changed = Promise.withResolvers<void>();
  #end: { code: number; signal: Deno.Signal | null; at: number } | undefined;
  #drained = false;
  readonly #over: Promise<void>;

  /**
   * Starts it.
   *
   * @param onLine Called with each complete line of stdout.
   */
  constructor(
    name: string,
    program: Command,
    env: Record<string, string>,
    onLine?: (line: string) => void,
  ) {
    const { command, args } = hearingSignals(program);
    this.name = name;
    this.#onLine = onLine;
    this.#child = new Deno.Command(command, {
      args,
      env,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    // a broken pipe shows where it is written to; unobserved, it would end the test process
    this.#stdin.closed.catch(() => {});
    this.#over = this.#watch();
  }

  async #watch(): Promise<void> {
    const ended = this.#child.status.then(({ code, signal }) => {
      this.#end = { code, signal, at: performance.now() };
      this.#wake();
    });
    await Promise.all([
      this.#collect(this.#child.stdout, "stdout"),
      this.#collect(this.#child.stderr, "stderr"),
      ended,
    ]);
    this.#drained = true;
    this.#wake();
  }

  async #collect(stream: ReadableStream<Uint8Array>, to: "stdout" | "stderr"): Promise<void> {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#text[to] += text;
      this.#transcript += text;
      if (to === "stdout") {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          this.#lines.push(line);
          this.#onLine?.(line);
        }
      }
      this.#wake();
    }
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** All of stdout until now. */
  get stdout(): string {
    return this.#text.stdout;
  }

  /** All of stderr until now. */
  get stderr(): string {
    return this.#text.stderr;
  }

  /** The complete lines of stdout until now. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Whether it has not ended yet. */
  get running(): boolean {
    return this.#end === undefined;
  }

  /** An error that says what was expected and shows what there was. */
  #failure(what: string): Error {
    const lines = this.#transcript.split("\n");
    const tail = lines.slice(-TAIL).map((line) => `    | ${line}`).join("\n");
    const left = lines.length > TAIL ? ` (last ${TAIL} of ${lines.length} lines)` : "";
    const state = this.#end
      ? `ended with status ${this.#end.code}${this.#end.signal ? `, ${this.#end.signal}` : ""}`
      : "runs";
    const threads = this.#end ? "" : `\n${threadsOf(this.pid)}`;
    return new Error(`${this.name}: ${what}; it ${state}. Transcript${left}:\n${tail}${threads}`);
  }

  /**
   * Waits until a condition holds; looks again whenever this process writes or ends.
   *
   * @param condition Returns a truthy value when it holds.
   * @param what What is waited for, for the failure's message.
   */
  async waitUntil<T>(
    condition: () => T | undefined | null | false | Promise<T | undefined | null | false>,
    what: string,
    timeout = PATIENCE,
  ): Promise<T> {
    let expired = false;
    const timer = setTimeout(() => {
      expired = true;
      this.#wake();
    }, timeout);
    try {
      for (;;) {
        // what comes while the condition is looked at counts as well
        const [changed, drained] = [this.#changed.promise, this.#drained];
        const value = await condition();
        if (value) return value;
        if (drained) throw this.#failure(`${what}: never came`);
        if (expired) throw this.#failure(`${what}: not within ${timeout} ms`);
        await changed;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits until stdout (or stderr) contains a text or matches, anywhere from `from` on. */
  waitFor(
    pattern: string | RegExp,
    { on = "stdout", from = 0, timeout = PATIENCE }: {
      on?: "stdout" | "stderr";
      from?: number;
      timeout?: number;
    } = {},
  ): Promise<RegExpMatchArray> {
    const regexp = typeof pattern === "string" ? new RegExp(RegExp.escape(pattern)) : pattern;
    const what = `waiting for ${typeof pattern === "string" ? `"${pattern}"` : pattern} on ${on}`;
    return this.waitUntil(() => this.#text[on].slice(from).match(regexp), what, timeout);
  }

  /** Writes to its stdin. */
  write(text: string): Promise<void> {
    return this.writeBytes(new TextEncoder().encode(text));
  }

  /** Writes bytes to its stdin. */
  async writeBytes(bytes: Uint8Array): Promise<void> {
    try {
      await this.#stdin.write(bytes);
    } catch {
      throw this.#failure(`could not write ${bytes.length} bytes to its stdin`);
    }
  }

  /** Writes one line to its stdin. */
  send(line: string): Promise<void> {
    return this.write(`${line}\n`);
  }

  /** Ends its stdin. Nothing happens where it has ended already. */
  async closeStdin(): Promise<void> {
    try {
      await this.#stdin.close();
    } catch {
      // closed already, or the process is gone
    }
  }

  /** Sends it a signal, unless it has ended. */
  kill(signal: Deno.Signal): void {
    if (this.#end !== undefined) return;
    try {
      this.#child.kill(signal);
    } catch (error) {
      // it has, and that is not told yet
      if (!(error instanceof TypeError)) throw error;
    }
  }

  /** Stops it with SIGSTOP and waits until none of its threads runs. */
  async stop(): Promise<void> {
    this.kill("SIGSTOP");
    await this.stopped();
  }

  /** Waits until none of its threads runs, after it was sent SIGSTOP. */
  async stopped(): Promise<void> {
    const tasks = `/proc/${this.pid}/task`;
    const stopped = () =>
      [...Deno.readDirSync(tasks)].every(({ name }) =>
        /\) T/.test(Deno.readTextFileSync(`${tasks}/${name}/stat`))
      );
    await until(stopped, `${this.name} to stop`, [this.pid]);
  }

  /** Lets it go on after {@linkcode stop}. */
  resume(): void {
    this.kill("SIGCONT");
  }

  /** Waits for its end, and for all that it wrote. */
  async ended(timeout = PATIENCE): Promise<Omit<End, "ms">> {
    const end = await this.waitUntil(() => this.#end, "waiting for its end", timeout);
    await this.#over;
    await this.closeStdin();
    return { code: end.code, signal: end.signal };
  }

  /** Ends it by what `how` does, waits for the end and measures how long that took. */
  async endBy(how: () => void | Promise<void>): Promise<End> {
    const from = performance.now();
    await how();
    const { code, signal } = await this.ended();
    return { code, signal, ms: Math.round((this.#end?.at ?? from) - from) };
  }
}
