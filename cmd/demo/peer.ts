/**
 * One of the demo's two processes: reads its output as it comes, types its input, and waits for its
 * end.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { DpdkError } from "../../mod.ts";

/** The two processes. */
export type Role = "primary" | "secondary";

/** The program that both run, relative to the repository. */
export const SCRIPT = "cmd/simple_mp/main.ts";

/** simple_mp's prompt; it ends without a newline. */
const PROMPT = "simple_mp > ";

/** How long a process may take to end when its input ends, in milliseconds; it takes 100. */
const END_LIMIT = 2_000;

/** Options of a {@linkcode Peer}. */
export interface PeerOptions {
  /** The process's role. */
  role: Role;
  /** The process's EAL arguments. */
  args: readonly string[];
  /** Called with each line of its transcript: what it prints, what is typed. */
  show: (line: string) => void;
  /** Ends every wait when it is aborted; its reason is a text for people. */
  signal: AbortSignal;
}

/** A running simple_mp. Disposal ends it. */
export class Peer implements AsyncDisposable {
  readonly #options: PeerOptions;
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #over: Promise<void>;
  readonly #lines: string[] = [];
  #stdout = "";
  #stderr = "";
  #rest = "";
  #ended = false;
  #changed = Promise.withResolvers<void>();

  /** Starts the process. */
  constructor(options: PeerOptions) {
    this.#options = options;
    const script = fileURLToPath(new URL(`../../${SCRIPT}`, import.meta.url));
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", script, ...options.args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      // a group of its own: Ctrl-C comes to the demo alone, which ends both
      detached: true,
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    // a broken pipe shows at the next write; unhandled here, it would end the demo
    this.#stdin.closed.catch(() => {});
    this.#over = this.#watch();
    options.signal.addEventListener("abort", () => this.#wake());
  }

  async #watch(): Promise<void> {
    const collect = async (
      stream: ReadableStream<Uint8Array>,
      take: (text: string) => void,
    ) => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) {
        take(text);
        this.#wake();
      }
    };
    await Promise.all([
      collect(this.#child.stdout, (text) => this.#read(text)),
      collect(this.#child.stderr, (text) => this.#stderr += text),
      this.#child.status,
    ]);
    this.#ended = true;
    this.#wake();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** Takes the complete lines out of what came. */
  #read(text: string): void {
    this.#stdout += text;
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const whole of lines) {
      // what a receiving lcore prints comes behind the waiting prompt
      const line = whole.replace(PROMPT, "");
      if (line === "") continue;
      this.#lines.push(line);
      this.#options.show(line);
    }
  }

  #failure(reason: string): DpdkError {
    return new DpdkError({ operation: `the ${this.#options.role}`, reason });
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    const { signal } = this.#options;
    while (!condition()) {
      if (signal.aborted) throw this.#failure(`${signal.reason} while waiting for ${what}`);
      if (this.#ended) {
        const said = this.#stderr.match(/^simple_mp: (.+)$/m)?.[1];
        const { code, signal: killer } = await this.#child.status;
        throw this.#failure(
          said ?? `ended with ${killer ?? `status ${code}`} while waiting for ${what}`,
        );
      }
      await this.#changed.promise;
    }
  }

  /** Waits until the process shows its prompt and receives messages. */
  async ready(): Promise<void> {
    await this.#until(() => this.#stdout.includes(PROMPT), "its prompt");
    const started = (line: string) => line.startsWith("Starting core");
    await this.#until(() => this.#lines.some(started), "its receiving lcore");
  }

  /** Types a line at its prompt. */
  async type(line: string): Promise<void> {
    this.#options.show(PROMPT + line);
    try {
      await this.#stdin.write(new TextEncoder().encode(`${line}\n`));
    } catch {
      throw this.#failure(`ended before '${line}' was typed`);
    }
  }

  /** Waits until the process has received a message. */
  receives(message: string): Promise<void> {
    const received = (line: string) => line.endsWith(`: Received '${message}'`);
    return this.#until(() => this.#lines.some(received), `'${message}' to arrive`);
  }

  /** Types `quit` and waits for the end. */
  async quit(): Promise<void> {
    await this.type("quit");
    await this.#until(() => this.#ended, "its end");
    const { success, code } = await this.#child.status;
    if (!success) throw this.#failure(`ended with status ${code}`);
  }

  /** Ends the process if it still runs: by the end of its input, then by force. */
  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(() => {
      try {
        this.#child.kill("SIGKILL");
      } catch {
        // it has just ended
      }
    }, END_LIMIT);
    // fails where the process is gone
    await this.#stdin.close().catch(() => {});
    await this.#over;
    clearTimeout(timer);
  }
}
