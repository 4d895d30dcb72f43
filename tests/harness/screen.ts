/**
 * What a terminal shows: xterm's own emulation, which knows what programs for terminals write.
 *
 * @module
 */

import xterm from "@xterm/headless";

/** Size of the terminal. */
export const ROWS = 30;
/** Size of the terminal. */
export const COLUMNS = 60;

/** What is on a screen. */
export interface Screen {
  /** Its lines from the top, without spaces at their ends; none below the last that has text. */
  lines: string[];
  /** Row of the cursor. */
  row: number;
  /** Column of the cursor. */
  column: number;
}

/** The size that a terminal is given. */
export interface ScreenSize {
  rows: number;
  columns: number;
}

/**
 * Shows all that was written to a terminal, as it is at the end.
 *
 * @param output what was written, and where it was resized between, the sizes.
 */
export async function render(
  output: string | readonly (string | ScreenSize)[],
  { rows, columns: cols }: ScreenSize = { rows: ROWS, columns: COLUMNS },
): Promise<Screen> {
  // without its "proposed" interface it cannot be read
  const options = { rows, cols, scrollback: 0, allowProposedApi: true };
  const terminal = new xterm.Terminal(options);
  for (const step of typeof output === "string" ? [output] : output) {
    if (typeof step === "string") {
      await new Promise<void>((resolve) => terminal.write(step, resolve));
    } else {
      terminal.resize(step.columns, step.rows);
    }
  }
  const buffer = terminal.buffer.active;
  const { cursorY: row, cursorX: column, length } = buffer;
  const lines = Array.from(
    { length },
    (_, i) => buffer.getLine(i)?.translateToString().trimEnd() ?? "",
  );
  terminal.dispose();
  while (lines.at(-1) === "") lines.pop();
  return { lines, row, column };
}
