/**
 * Text in lines that are no longer than a terminal is wide.
 *
 * @module
 */

// by its whole name: a script elsewhere has an import map of its own, without this package
// deno-lint-ignore no-import-prefix
import stringWidth from "npm:string-width@4.2.3";

/** What lines begin and end with. */
export interface WrapOptions {
  /** Before the first line. */
  first?: string;
  /** Before the others; as many spaces as `first` is long where left out. */
  rest?: string;
  /** Behind each line but the last. */
  end?: string;
}

/** How many columns a text takes: most letters one, East Asian ones two, combining marks none. */
export const widthOf: (text: string) => number = stringWidth;

/** Cuts a word that no line can hold, behind a slash or the like where there is one. */
function* pieces(word: string, width: number): Generator<string> {
  let left = [...word];
  while (widthOf(left.join("")) > width) {
    let fits = 1;
    while (widthOf(left.slice(0, fits + 1).join("")) <= width) fits++;
    const good = left.slice(0, fits).findLastIndex((letter) => "/-_,=".includes(letter)) + 1;
    const cut = good > fits / 2 ? good : fits;
    yield left.slice(0, cut).join("");
    left = left.slice(cut);
  }
  yield left.join("");
}

/**
 * Words in lines of at most `width` columns. A word that is longer than a line is cut.
 *
 * @param text Words with spaces between them, as many as there are; leading ones are left out. What
 * is in lines already stays so.
 */
export function wrap(text: string, width: number, options: WrapOptions = {}): string[] {
  const { first = "", rest = " ".repeat(widthOf(first)), end = "" } = options;
  if (text.includes("\n")) {
    return text.split("\n").flatMap((line, i) =>
      wrap(line, width, { first: i === 0 ? first : rest, rest, end })
    );
  }
  const room = (start: string) => Math.max(1, width - widthOf(start) - widthOf(end));
  const lines: string[] = [];
  for (const [, space = "", word = ""] of text.trim().matchAll(/( *)([^ ]+)/g)) {
    const last = lines.at(-1);
    const fits = room(lines.length > 1 ? rest : first);
    if (last !== undefined && widthOf(last) + space.length + widthOf(word) <= fits) {
      lines[lines.length - 1] = last + space + word;
    } else {
      lines.push(...pieces(word, room(lines.length > 0 ? rest : first)));
    }
  }
  if (lines.length === 0) lines.push("");
  return lines.map((line, i) =>
    `${i === 0 ? first : rest}${line}${i < lines.length - 1 ? end : ""}`
  );
}
