/**
 * The options of a command, from its README, which is its `--help` too.
 *
 * @module
 */

/** An option as a README has it. */
export interface Documented {
  /** The option, with `=` behind it where its value follows there: `-p`, `--file-prefix=`. */
  flag: string;
  /** What it is for: the first part of the README's text. */
  text: string;
}

/** The options of a command. */
export interface CommandOptions {
  /** Those that stand before `--`, or anywhere where there are no others. */
  before: Documented[];
  /** Those that stand after `--`. */
  after: Documented[];
}

/** A block of options: the paragraph above it, and what stands in it. */
const BLOCK = /((?:EAL )?[Oo]ptions\b[^\n]*(?:\n(?!```)[^\n]+)*):\n\n```text\n([^]*?)\n```/g;

/** A line of such a block: the option, its value, and the text. */
const LINE = /^(--?[a-zA-Z][\w-]*=?)(?:\S*| [A-Z\d]\S*| [a-z]+) {2,}(\S.*)$/;

/** The options of one block; of several with one name, the first. */
function optionsIn(block: string): Documented[] {
  const found = new Map<string, Documented>();
  // a text goes on in the lines below it, which begin with spaces
  for (const line of block.replace(/\n {3,}/g, " ").split("\n")) {
    const [, flag, text = ""] = line.match(LINE) ?? [];
    if (flag === undefined || found.has(flag)) continue;
    // shells have one line for it
    found.set(flag, { flag, text: text.split(/[;:.](?: |$)/, 1)[0] ?? "" });
  }
  return [...found.values()];
}

/** The options that a README documents. */
export function documentedOptions(markdown: string): CommandOptions {
  const options: CommandOptions = { before: [], after: [] };
  for (const [, above = "", block = ""] of markdown.matchAll(BLOCK)) {
    options[/\bafter `--`/.test(above) ? "after" : "before"].push(...optionsIn(block));
  }
  return options;
}
