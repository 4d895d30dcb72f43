/**
 * A program on a terminal of its own, for what only happens there: line editing, completion,
 * Ctrl-C, and the state in which the terminal is left.
 *
 * @module
 */

import type { Prefix } from "./prefix.ts";
import type { Command, TestProcess } from "./process.ts";
import { COLUMNS, render, ROWS, type Screen } from "./screen.ts";

/** Runs "$@" on a screen of known size and tells the terminal's settings before and after. */
const WRAPPER = `
trap : INT
stty rows ${ROWS} cols ${COLUMNS}
echo "[before $(stty -a | tr '\\n' ' ')]"
printf '\\033[2J\\033[H'
"$@"
echo "[status $?]"
echo "[after $(stty -a | tr '\\n' ' ')]"
`;

/** Keys that are more than a character. */
export const KEYS = {
  /** Ctrl-C */
  interrupt: "\x03",
  /** Ctrl-D */
  endOfFile: "\x04",
  /** Ctrl-U */
  eraseLine: "\x15",
  enter: "\r",
  tab: "\t",
  up: "\x1b[A",
  left: "\x1b[D",
  backspace: "\x7f",
} as const;

/** Starts a program on a terminal. */
export function startOnTerminal(
  prefix: Prefix,
  name: string,
  { command, args }: Command,
  more: readonly string[],
): Terminal {
  const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const inner = ["sh", "-c", WRAPPER, "sh", command, ...args, ...more].map(quote).join(" ");
  // util-linux's `script` is on every Debian; it makes the terminal and copies its own stdin
  const process = prefix.spawn(
    `${name} on a terminal`,
    { command: "script", args: ["-qec", inner, "/dev/null"] },
    [],
    { env: { TERM: "xterm", LC_ALL: "C.UTF-8" } },
  );
  return new Terminal(process);
}

/** See {@linkcode startOnTerminal}. */
export class Terminal {
  /** @param process The `script` that holds the terminal. */
  constructor(readonly process: TestProcess) {}

  /** What it shows now. */
  screen(): Promise<Screen> {
    return render(this.process.stdout);
  }

  /** Types on it. */
  async type(...keys: string[]): Promise<void> {
    for (const key of keys) await this.process.write(key);
  }

  /** Waits until the screen is as wanted. */
  async shows(what: string, condition: (screen: Screen) => boolean): Promise<Screen> {
    try {
      return await this.process.waitUntil(async () => {
        const screen = await this.screen();
        return condition(screen) && screen;
      }, `waiting until the screen shows ${what}`);
    } catch (error) {
      const { lines } = await this.screen();
      const screen = lines.map((line) => `\n    # ${line}`).join("");
      throw new Error(`${error instanceof Error ? error.message : error}\n  Screen:${screen}`);
    }
  }

  /** Waits until the line of the cursor is this one and the cursor is at its end. */
  lastLine(text: string): Promise<Screen> {
    return this.shows(
      `"${text}" last`,
      ({ lines, row, column }) =>
        lines[row] === text.trimEnd() && column === text.length && lines.length === row + 1,
    );
  }

  /** Waits for the program's end; its status and the terminal's settings around its run. */
  async left(): Promise<{ status: number; before: string; after: string }> {
    const of = async (what: string) =>
      (await this.process.waitFor(new RegExp(`\\[${what} ([^\\]]+)\\]`)))[1] ?? "";
    const status = Number(await of("status"));
    const [before, after] = [await of("before"), await of("after")];
    await this.process.ended();
    return { status, before, after };
  }
}
