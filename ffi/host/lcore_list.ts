/**
 * The notations of EAL for sets of lcores: `-c`, `-l` and `--lcores`.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";

/** The lcores of a process: the CPUs of each, by lcore id. */
export type LcoreMap = Map<number, number[]>;

/** The options that name the lcores of a process. */
export const LCORE_OPTIONS: readonly string[] = ["-c", "-l", "--lcores"];

function bad(option: string, expected: string, got: string): never {
  throw new DpdkError({ operation: option, reason: `expected ${expected}, got '${got}'` });
}

/** What the options of lists and masks expect. */
const EXPECTED: Readonly<Record<string, string>> = {
  "-l": "a list of CPUs such as 0-1,3",
  "-S": "a list of service cores such as 2-3",
  "-c": "a hexadecimal mask of CPUs such as 0x3",
  "-s": "a hexadecimal mask of service cores such as 0x3",
};

/** `3`, `0-2`, or `0,2-3` (where `list` allows commas) as numbers. */
function parseSet(option: string, text: string, expected: string, whole: string): number[] {
  const numbers: number[] = [];
  for (const part of text.split(",")) {
    const range = part.trim().match(/^(\d{1,4})(?:\s*-\s*(\d{1,4}))?$/);
    if (!range) bad(option, expected, whole);
    const first = Number(range[1]);
    const last = Number(range[2] ?? range[1]);
    // only --lcores takes them in either order; EAL passes over 2-1 in a list of -l
    if (first > last && option !== "--lcores") bad(option, `${expected}, low to high`, whole);
    for (let n = Math.min(first, last); n <= Math.max(first, last); n++) numbers.push(n);
  }
  return numbers;
}

/** `-l 0-1,3` or `-S 2-3`: CPU n is lcore n. */
function parseCoreList(option: string, text: string): LcoreMap {
  const cpus = parseSet(option, text, EXPECTED[option] ?? "", text);
  return new Map(cpus.map((cpu) => [cpu, [cpu]]));
}

/** `-c 0x3` or `-s 0xc`: a bit for each CPU. */
function parseCoreMask(option: string, text: string): LcoreMap {
  const digits = text.trim().match(/^(?:0[xX])?([0-9a-fA-F]+)$/)?.[1];
  if (digits === undefined || /^0*$/.test(digits)) bad(option, EXPECTED[option] ?? "", text);
  const mask = BigInt(`0x${digits}`);
  const map: LcoreMap = new Map();
  for (let cpu = 0; mask >> BigInt(cpu) > 0n; cpu++) {
    if ((mask >> BigInt(cpu)) & 1n) map.set(cpu, [cpu]);
  }
  return map;
}

/** `--lcores 2@0,3@1`, `(0-3)@(0,1)`, `0-1`: lcores at CPUs. */
function parseLcores(text: string): LcoreMap {
  const option = "--lcores";
  const expected = "lcores at CPUs such as 2@0,3@1";
  const isGroup = (set: string) => set.startsWith("(") && set.endsWith(")");
  const parse = (set: string) =>
    parseSet(option, isGroup(set) ? set.slice(1, -1) : set, expected, text);
  const map: LcoreMap = new Map();
  // splits at commas outside of parentheses
  for (const item of text.split(/,(?![^(]*\))/)) {
    const [left = "", right, ...more] = item.split("@").map((set) => set.trim());
    if (more.length > 0) bad(option, expected, text);
    const ids = parse(left);
    const cpus = right === undefined ? undefined : parse(right);
    for (const id of ids) {
      // a range alone means lcore n on CPU n; a group alone means that each lcore floats over all
      // CPUs of the group
      map.set(id, cpus ?? (isGroup(left) ? ids : [id]));
    }
  }
  return map;
}

/** Which ids lcores may have. */
export interface LcoreIds {
  /**
   * Number of lcores that the EAL can have, `RTE_MAX_LCORE`; where left out, EAL itself checks the
   * ids.
   */
  limit?: number | undefined;
  /**
   * The id from which ids are counted, as with `--remap-lcore-ids`; where left out, an lcore has
   * its CPU's number.
   */
  base?: number | undefined;
}

/** Lcores on these CPUs, in their order, with ids from `base` on. */
export function remapped(cpus: Iterable<number>, base: number): LcoreMap {
  return new Map([...cpus].sort((a, b) => a - b).map((cpu, i) => [base + i, [cpu]]));
}

/**
 * The lcores that `-l`, `-c` or `--lcores` asks for, or that `-S` or `-s` makes service cores.
 *
 * @throws {DpdkError} when the text is not of the option's notation, or a number is too large.
 */
export function parseLcoreOption(
  option: string,
  text: string,
  { limit = Infinity, base }: LcoreIds = {},
): LcoreMap {
  const asked = option === "-l" || option === "-S"
    ? parseCoreList(option, text)
    : option === "-c" || option === "-s"
    ? parseCoreMask(option, text)
    : parseLcores(text);
  const map = base === undefined ? asked : remapped(asked.keys(), base);
  for (const id of map.keys()) {
    if (id >= limit) bad(option, `lcores from 0 to ${limit - 1}`, text);
  }
  return map;
}

/** Numbers in EAL's notation: `0-2,5`. */
export function formatRanges(numbers: Iterable<number>): string {
  const sorted = [...numbers].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let i = 0; i < sorted.length;) {
    let j = i;
    while (j + 1 < sorted.length && sorted[j + 1] === (sorted[j] ?? 0) + 1) j++;
    parts.push(i === j ? `${sorted[i]}` : `${sorted[i]}-${sorted[j]}`);
    i = j + 1;
  }
  return parts.join(",");
}
