/**
 * The command line of `denodpdk run`: flags, the script, and the script's own arguments.
 *
 * @module
 */

/** What stands before and behind a script's name. */
export interface RunCommandLine {
  /** The words before the script. */
  flags: string[];
  /** The script, as it was written; undefined where there is none. */
  file: string | undefined;
  /** The script's own arguments. */
  args: string[];
}

/** Splits the words behind `run`. All that follows the script belongs to the script. */
export function readCommandLine(words: readonly string[]): RunCommandLine {
  const at = words.findIndex((word) => word === "-" || !word.startsWith("-"));
  if (at < 0) return { flags: [...words], file: undefined, args: [] };
  return { flags: words.slice(0, at), file: words[at], args: words.slice(at + 1) };
}
