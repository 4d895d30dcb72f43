/**
 * A file prefix of a test's own, with the processes started for it. Its disposal leaves the
 * machine as it was.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import {
  filesOfPrefixes,
  killQuietly,
  processesMarked,
  removeAll,
  type Survivor,
} from "./leftovers.ts";
import { type Command, TestProcess } from "./process.ts";
import { ealArgs, type EalOptions } from "./program.ts";

/** The variable that marks the processes of a prefix; the runner sets it for a test file. */
export const PREFIX_MARK = "DENODPDK_TEST_PREFIX";

/** How long a process may still be about to end when its test is over, in milliseconds. */
const GRACE = 3_000;

/** How long others run before it is looked again, in milliseconds. */
const PERIOD = 5;

let count = 0;

/**
 * A fresh file prefix: `await using prefix = testPrefix();`. At the end of the block all its
 * processes are killed and its files removed; a process that the code under test left behind,
 * beside those that the test started itself, is an error.
 */
export function testPrefix(): Prefix {
  const base = Deno.env.get(PREFIX_MARK) ?? `t${Deno.pid}`;
  return new Prefix(`${base}_${++count}`);
}

/** See {@linkcode testPrefix}. */
export class Prefix implements AsyncDisposable {
  readonly #started: TestProcess[] = [];

  /** @param name The file prefix. */
  constructor(readonly name: string) {}

  /** EAL arguments with this prefix. */
  eal(options: Omit<EalOptions, "filePrefix"> = {}): string[] {
    return ealArgs({ ...options, filePrefix: this.name });
  }

  /**
   * Starts a program.
   *
   * @param name What messages call it.
   * @param args Its own arguments, after those of the command.
   */
  spawn(
    name: string,
    command: Command,
    args: readonly string[] = [],
    { env = {}, onLine }: { env?: Record<string, string>; onLine?: (line: string) => void } = {},
  ): TestProcess {
    const started = new TestProcess(
      `${name} [${this.name}]`,
      { command: command.command, args: [...command.args, ...args] },
      { ...env, [PREFIX_MARK]: this.name },
      onLine,
    );
    this.#started.push(started);
    return started;
  }

  /** Runtime folder and hugepage files that there are now. */
  files(): string[] {
    return filesOfPrefixes((prefix) => prefix === this.name);
  }

  #processes(): Survivor[] {
    return processesMarked(PREFIX_MARK, (value) => value === this.name);
  }

  /** Processes of this prefix that do not descend from one that the test started and that runs. */
  #strays(): Survivor[] {
    const known = new Set(this.#started.filter((it) => it.running).map(({ pid }) => pid));
    let left = this.#processes().filter(({ pid }) => !known.has(pid));
    for (let size = -1; size !== known.size;) {
      size = known.size;
      for (const { pid, parent } of left) if (known.has(parent)) known.add(pid);
      left = left.filter(({ pid }) => !known.has(pid));
    }
    return left;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    let strays = this.#strays();
    for (const end = performance.now() + GRACE; strays.length > 0 && performance.now() < end;) {
      await delay(PERIOD);
      strays = this.#strays();
    }
    for (let all; (all = this.#processes()).length > 0; await delay(PERIOD)) {
      for (const { pid } of all) killQuietly(pid);
    }
    await Promise.all(this.#started.map((it) => it.ended()));
    removeAll(this.files());
    if (strays.length > 0) {
      const list = strays.map(({ pid, command }) => `\n  ${pid}: ${command}`).join("");
      throw new Error(`left running after the test with file prefix ${this.name}:${list}`);
    }
  }
}
