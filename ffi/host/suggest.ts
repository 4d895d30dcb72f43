/**
 * "Did you mean": the known word that is most like one that is not known.
 *
 * @module
 */

/**
 * How many letters must be inserted, removed, replaced or swapped to turn one word into the other.
 */
function distance(a: string, b: string): number {
  let [before, last]: [number[], number[]] = [
    [],
    Array.from({ length: b.length + 1 }, (_, j) => j),
  ];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (row[j - 1] ?? 0) + 1,
        (last[j] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

/** The known word that was probably meant; undefined where none is similar. */
export function likely(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  // a third of the letters may be wrong, dashes in front of an option not counted
  let least = Math.floor(word.replace(/^-+/, "").length / 3) + 1;
  for (const candidate of known) {
    const count = distance(word.toLowerCase(), candidate.toLowerCase());
    if (count >= least) continue;
    least = count;
    best = candidate;
  }
  return best;
}

/**
 * The hint for an unknown word, such as `did you mean --proc-type?`; undefined where no known word
 * is similar.
 */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const meant = likely(word, known);
  return meant === undefined ? undefined : `did you mean ${meant}?`;
}
