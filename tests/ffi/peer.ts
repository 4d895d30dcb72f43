/**
 * Other processes of a test: scripts of `fixtures/` that say what came of them, a JSON value a
 * line, and end when their stdin does.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { hearingSignals } from "../harness/inherited_signals.ts";
import { TextLineStream } from "./lines.ts";

/** How a script says that an operation failed. */
export interface Refused {
  /** The message of the error. */
  error: string;
  /** Its code, as `EEXIST`. */
  code: string;
}

/** A running script of `fixtures/`. */
export class Peer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #stderr: Promise<string>;
  #ended = false;

  /**
   * Starts it.
   *
   * @param through A command that runs what follows it, as `setpriv` does.
   */
  constructor(
    fixture: string,
    args: readonly string[],
    env: Record<string, string> = {},
    through: readonly string[] = [],
  ) {
    const script = fileURLToPath(new URL(`./fixtures/${fixture}.ts`, import.meta.url));
    const [first = "", ...rest] = [...through, Deno.execPath()];
    const run = ["run", "-A", "--no-check", script];
    const { command, args: all } = hearingSignals({
      command: first,
      args: [...rest, ...run, ...args],
    });
    this.#child = new Deno.Command(command, {
      args: all,
      env: { NO_COLOR: "1", ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream()).getReader();
    this.#stderr = this.#child.stderr.text();
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** The next value that it says. */
  async next<T>(): Promise<T> {
    const { value } = await this.#lines.read();
    if (value === undefined) throw new Error(`the script ended early: ${await this.#stderr}`);
    const said: T = JSON.parse(value);
    return said;
  }

  /** Writes a line to its stdin. */
  async tell(line: string): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(`${line}\n`));
    writer.releaseLock();
  }

  /** Ends its stdin: what it says then can be read before {@linkcode Peer.end}. */
  async closeStdin(): Promise<void> {
    await this.#child.stdin.close().catch(() => {});
  }

  /** Ends its stdin and waits for its end. */
  async end(): Promise<{ code: number; stderr: string }> {
    this.#ended = true;
    await this.closeStdin();
    while (!(await this.#lines.read()).done);
    const { code } = await this.#child.status;
    return { code, stderr: await this.#stderr };
  }

  /** Sends it a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return;
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // it has ended
    }
    await this.end();
  }
}

/** Runs a script that says one thing; it must end well. */
export async function ask<T>(
  fixture: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<T> {
  await using peer = new Peer(fixture, args, env);
  const value = await peer.next<T>();
  const { code, stderr } = await peer.end();
  if (code !== 0) throw new Error(`${fixture}: status ${code}: ${stderr}`);
  return value;
}
