/**
 * What stdout and stderr are connected to: a terminal with control sequences, or a pipe or a file.
 *
 * @module
 */

/** The name of an output stream. */
export type Stream = "stdout" | "stderr";

/** Columns of an output that is no terminal, or does not tell its size. */
const USUAL = 80;

/** Rows of one that does not tell its size. */
const USUAL_ROWS = 24;

/** The smallest width that lines are made for, in columns. */
const LEAST = 20;

/** Whether a stream is a terminal that knows control sequences. */
export function isScreen(stream: Stream): boolean {
  return Deno[stream].isTerminal() && Deno.env.get("TERM") !== "dumb";
}

/** Whether a stream is to have colours. */
export function hasColours(stream: Stream): boolean {
  return isScreen(stream) && !Deno.noColor;
}

/** How many columns a line of a stream may have. */
export function columnsOf(stream: Stream): number {
  if (!Deno[stream].isTerminal()) return USUAL;
  try {
    // 0 where the terminal does not know its size
    const { columns } = Deno.consoleSize();
    return columns > 0 ? Math.max(columns, LEAST) : USUAL;
  } catch {
    return USUAL;
  }
}

/** How many rows a terminal has. */
export function rowsOf(stream: Stream): number {
  if (!Deno[stream].isTerminal()) return USUAL_ROWS;
  try {
    return Deno.consoleSize().rows || USUAL_ROWS;
  } catch {
    return USUAL_ROWS;
  }
}
