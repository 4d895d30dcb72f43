/**
 * What stands at the end of stdout and stderr: a terminal that can do things, or a pipe or a file.
 *
 * @module
 */

/** Where a program writes. */
export type Stream = "stdout" | "stderr";

/** Columns of what is no terminal, or does not say. */
const USUAL = 80;

/** The least that lines are made for, in columns. */
const LEAST = 20;

/** Whether control sequences work there: a terminal, and none that calls itself dumb. */
export function isScreen(stream: Stream): boolean {
  return Deno[stream].isTerminal() && Deno.env.get("TERM") !== "dumb";
}

/** Whether colours are wanted there. */
export function hasColours(stream: Stream): boolean {
  return isScreen(stream) && !Deno.noColor;
}

/** How many columns a line there may have. */
export function columnsOf(stream: Stream): number {
  if (!Deno[stream].isTerminal()) return USUAL;
  try {
    // 0 where nobody has told the terminal its size
    const { columns } = Deno.consoleSize();
    return columns > 0 ? Math.max(columns, LEAST) : USUAL;
  } catch {
    return USUAL;
  }
}
