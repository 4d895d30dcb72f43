/**
 * The keys of a terminal, one at a time.
 *
 * `node:readline` takes several keys in one piece of input for pasted text, in which a tab is a
 * character. Over a slow line, or on a busy machine, two key strokes often come in one piece.
 *
 * @module
 */

import type process from "node:process";
import { PassThrough, type Readable } from "node:stream";

/** A terminal's input as readline takes it, whose pieces are single characters. */
export function keyByKey(
  terminal: typeof process.stdin,
): Readable & { setRawMode(on: boolean): void } {
  const keys = new PassThrough({ objectMode: true });
  terminal.setEncoding("utf8");
  terminal.on("data", (text: string) => {
    for (const character of text) keys.write(character);
  });
  terminal.on("end", () => keys.end());
  keys.on("pause", () => terminal.pause());
  keys.on("resume", () => terminal.resume());
  return Object.assign(keys, { setRawMode: (on: boolean) => terminal.setRawMode(on) });
}
