/**
 * A standard output that nobody reads: a FIFO that the test fills up, and may read later.
 *
 * @module
 */

import type { Command } from "./process.ts";
import { runToEndSync } from "../../cmd/lib/command.ts";

const decoder = new TextDecoder();

/** See the module. Disposal removes the FIFO. */
export class UnreadOutput implements Disposable {
  readonly #folder = Deno.makeTempDirSync({ prefix: "denodpdk-unread-" });
  readonly #path = `${this.#folder}/output`;
  readonly #file: Deno.FsFile;
  #text = "";

  /** Makes the FIFO. */
  constructor() {
    const { success } = runToEndSync("mkfifo", [this.#path]);
    if (!success) throw new Error("mkfifo failed");
    // open for both, so that nobody waits for the other side
    this.#file = Deno.openSync(this.#path, { read: true, write: true });
  }

  /** All that was read until now. */
  get text(): string {
    return this.#text;
  }

  /** A command whose stdout it is; stderr too where `both` is true. */
  wrap({ command, args }: Command, both = false): Command {
    const script = both ? 'exec "$@" >"$0" 2>&1' : 'exec "$@" >"$0"';
    return { command: "sh", args: ["-c", script, this.#path, command, ...args] };
  }

  /** Reads until a condition on what has come holds. There must be something to come. */
  async readUntil(condition: (text: string) => boolean): Promise<void> {
    const chunk = new Uint8Array(64 * 1024);
    while (!condition(this.#text)) {
      const length = await this.#file.read(chunk) ?? 0;
      this.#text += decoder.decode(chunk.subarray(0, length), { stream: true });
    }
  }

  /** Fills it: from now on, whoever writes to it waits. */
  fill(): void {
    const full = runToEndSync("dd", [
      "if=/dev/zero",
      `of=${this.#path}`,
      "bs=1",
      "count=1048576",
      "oflag=nonblock",
    ]);
    if (full.success) throw new Error("the FIFO takes a megabyte");
  }

  [Symbol.dispose](): void {
    this.#file.close();
    Deno.removeSync(this.#folder, { recursive: true });
  }
}
