/**
 * Changes parts of a module's text, and keeps where everything was: a source map at its end tells
 * Deno the user's own file, line and column for each place of the changed text.
 *
 * @module
 */

/** A part of a text, and what stands there instead. Neither has a line break. */
export interface Edit {
  /** Where the part begins, in UTF-16 units. */
  start: number;
  /** Where it ends. */
  end: number;
  /** What stands there instead. */
  text: string;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** A number in the base64 VLQ of source maps. */
function vlq(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = "";
  do {
    const digit = rest & 31;
    rest >>= 5;
    text += DIGITS[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return text;
}

/** Where something begins in a line that an error can be about: a word, a number, a sign. */
const TOKEN = /[\p{ID_Start}$_][\p{ID_Continue}$]*|\d[\w.]*|\S/gu;

/** The mappings of a changed text: for each line the columns of its tokens, here and there. */
function mappings(source: string, edits: readonly Edit[]): string {
  const lines: string[] = [];
  let [offset, next, lastLine, lastColumn] = [0, 0, 0, 0];
  for (const [number, line] of source.split("\n").entries()) {
    const segments: string[] = [];
    let [shift, lastMade] = [0, 0];
    for (const { index } of line.matchAll(TOKEN)) {
      for (let edit; (edit = edits[next]) && edit.end <= offset + index; next++) {
        shift += edit.text.length - (edit.end - edit.start);
      }
      const made = index + shift;
      segments.push(
        [made - lastMade, 0, number - lastLine, index - lastColumn].map(vlq).join(""),
      );
      [lastMade, lastLine, lastColumn] = [made, number, index];
    }
    lines.push(segments.join(","));
    offset += line.length + 1;
    while ((edits[next]?.start ?? Infinity) < offset) next++;
  }
  return lines.join(";");
}

/**
 * A module's text with some parts changed, and a source map.
 *
 * @param edits in the order of their places; they do not overlap.
 * @param url URL of the file that the text is from.
 */
export function edited(source: string, edits: readonly Edit[], url: string): string {
  let [text, at] = ["", 0];
  for (const edit of edits) {
    text += source.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  const map = { version: 3, sources: [url], names: [], mappings: mappings(source, edits) };
  const bytes = new TextEncoder().encode(JSON.stringify(map));
  return `${text}${source.slice(at)}
//# sourceMappingURL=data:application/json;base64,${bytes.toBase64()}
`;
}
