/**
 * The loop of a flow, made for just its fields: no packet asks what is to be done with it.
 *
 * @module
 */

import type { Values } from "./places.ts";
import type { FlowField, FlowSum, FlowWord } from "./template.ts";

/** @internal What the loop is made of. */
export interface FlowPlan {
  words: readonly FlowWord[];
  sums: readonly FlowSum[];
  /** The packet in each of its sizes. */
  templates: readonly Uint8Array[];
  /** Which size each packet has, in turn. */
  pattern: Uint16Array;
  /** Whether all bytes are written, or those alone that differ. */
  whole: boolean;
}

/**
 * @internal The loop. It takes its state from the array and leaves it there. The time is there too:
 * in a call, a number above 2^31 is put on the heap.
 */
export type FlowLoop = (
  view: DataView,
  offsets: Uint32Array,
  from: number,
  to: number,
  state: Float64Array,
) => void;

/** @internal Places in the state: which size is next, the number of the next probe, the clock. */
export const PATTERN_AT = 0;
export const NUMBER_AT = 1;
export const NOW_AT = 2;

/** Numbers of the state that a field has, and where those of field `i` begin. */
const OF_FIELD = 2;
const fieldAt = (i: number) => 3 + OF_FIELD * i;

/** @internal The first state of a flow. */
export function firstState(fields: readonly FlowField[]): Float64Array {
  const state = new Float64Array(fieldAt(fields.length));
  for (const [i, { values }] of fields.entries()) {
    const first = values.kind === "random"
      ? values.seed
      : values.kind === "list"
      ? 0
      : values.first;
    state[fieldAt(i)] = first;
  }
  return state;
}

/** Whether numbers of a field may be kept as 32 bits with a sign, which is fastest. */
const isShort = ({ place }: FlowField) => place.bits <= 32;

/** How the value of field `i` goes on behind a packet. */
function advance(values: Values, i: number, short: boolean, bits: number): string {
  const to = (expression: string) => `s${i} = ${short ? `(${expression}) | 0` : expression};`;
  switch (values.kind) {
    case "random":
      return "";
    case "list":
      return values.values.length > 1 ? `if (++s${i} === ${values.values.length}) s${i} = 0;` : "";
    case "range": {
      const { first, last, step } = values;
      if (first === last) return "";
      const [begin, end] = short ? [first | 0, last | 0] : [first, last];
      return `if (s${i} === ${end}) s${i} = ${begin}; else ${to(`s${i} + ${step}`)}`;
    }
    case "counter": {
      if (!short) return `s${i} = (s${i} + ${values.step}) % ${2 ** bits};`;
      const mask = bits < 32 ? ` & ${2 ** bits - 1}` : "";
      return to(`(s${i} + ${values.step})${mask}`);
    }
  }
}

/** The code that makes value `v${i}` of a packet, and goes on. */
function valueCode(field: FlowField, i: number, lists: unknown[]): string {
  const { values, place: { bits } } = field;
  const short = isShort(field);
  if (values.kind === "random") {
    const scale = `t${i} * ${values.count / 2 ** 32}`;
    const value = short
      ? `(${values.first} + Math.floor(${scale})) | 0`
      : `${values.first} + Math.floor(${scale})`;
    return `
    s${i} = (s${i} + 0x6d2b79f5) | 0;
    let t${i} = Math.imul(s${i} ^ (s${i} >>> 15), s${i} | 1);
    t${i} ^= t${i} + Math.imul(t${i} ^ (t${i} >>> 7), t${i} | 61);
    t${i} = (t${i} ^ (t${i} >>> 14)) >>> 0;
    const v${i} = ${value};`;
  }
  let value = `s${i}`;
  if (values.kind === "list") {
    lists.push(short ? Int32Array.from(values.values) : Float64Array.from(values.values));
    value = values.values.length > 1
      ? `lists[${lists.length - 1}][s${i}]`
      : `${values.values[0]! | 0}`;
    if (values.values.length === 1 && !short) value = String(values.values[0]);
  }
  const next = advance(values, i, short, bits);
  const slowly = values.every > 1 && next !== ""
    ? `if (++e${i} === ${values.every}) { e${i} = 0; ${next} }`
    : next;
  return `
    const v${i} = ${value};
    ${slowly}`;
}

/** The expression of a word: its fields, and the template's bits between them. */
function wordExpression(
  word: FlowWord,
  plan: FlowPlan,
  indexOf: (field: FlowField) => number,
): string {
  if (word.expression !== undefined) return word.expression;
  const only = word.fields[0]!;
  if (only.place.bits === 8 * word.size) return `v${indexOf(only)}`;
  const [template] = plan.templates;
  let rest = 0;
  for (let i = 0; i < word.size; i++) rest = rest * 256 + template![word.at + i]!;
  const parts = word.fields.map((field) => {
    const { bits, shift } = field.place;
    // a word has 32 bits at most
    rest = (rest & ~(((2 ** bits - 1) << shift) | 0)) >>> 0;
    return `((v${indexOf(field)} & ${2 ** bits - 1}) << ${shift})`;
  });
  return [...parts, String(rest | 0)].join(" | ");
}

/** How a word is stored. */
function storeCode({ at, size }: { at: number; size: number }, name: string): string {
  const place = (more: number) => at < 0 ? `end - ${-at - more}` : `at + ${at + more}`;
  if (size === 1) return `view.setUint8(${place(0)}, ${name});`;
  if (size === 2) return `view.setUint16(${place(0)}, ${name});`;
  if (size === 4) return `view.setUint32(${place(0)}, ${name});`;
  return `view.setUint16(${place(0)}, ${name} / 0x1_0000_0000);
    view.setUint32(${place(2)}, ${name} >>> 0);`;
}

/** What a word adds to a sum of 16-bit words. */
function summand(name: string, size: number, factor: number): string | undefined {
  if (factor === 0) return undefined;
  const halves = size <= 2
    ? [`(${name} & 0xffff)`]
    : size === 4
    ? [`(${name} >>> 16)`, `(${name} & 0xffff)`]
    : [`(${name} / 0x1_0000_0000 & 0xffff)`, `(${name} >>> 16 & 0xffff)`, `(${name} & 0xffff)`];
  if (factor === 1) return halves.join(" + ");
  // it begins at an odd byte, so the bytes of each half change places
  const swap = (half: string) => `((${half} & 0xff) << 8 | ${half} >>> 8)`;
  return halves.map(swap).join(" + ");
}

/** A number that is another one for each size. */
function bySize(numbers: readonly number[], lists: unknown[]): string {
  if (numbers.every((number) => number === numbers[0])) return String(numbers[0]);
  lists.push(Int32Array.from(numbers));
  return `lists[${lists.length - 1}][size]`;
}

/** The places of 16-bit words that are another one for each size, and are not written otherwise. */
function sizeWords(plan: FlowPlan): number[] {
  const shortest = Math.min(...plan.templates.map(({ length }) => length));
  const written = new Set<number>();
  for (const { at, size } of plan.words) {
    if (at >= 0) { for (let i = 0; i < size; i++) written.add(at + i); }
  }
  for (const { at } of plan.sums) written.add(at).add(at + 1);
  const places: number[] = [];
  for (let at = 0; at + 1 < shortest; at += 2) {
    if (written.has(at) && written.has(at + 1)) continue;
    const differs = (i: number) =>
      plan.templates.some((bytes) => bytes[i] !== plan.templates[0]![i]);
    if (differs(at) || differs(at + 1)) places.push(at);
  }
  return places;
}

/** The code that writes all bytes of a template, 4 at a time. */
function copyCode(templates: readonly Uint8Array[], lists: unknown[]): string {
  const words = templates.map((bytes) => {
    const padded = new Uint8Array((bytes.length + 3) & ~3);
    padded.set(bytes);
    const view = new DataView(padded.buffer);
    return Int32Array.from({ length: padded.length / 4 }, (_, i) => view.getInt32(4 * i));
  });
  lists.push(words, templates);
  return `
    const words = lists[${lists.length - 2}][size];
    const bytes = lists[${lists.length - 1}][size];
    const whole = bytes.length >>> 2;
    for (let w = 0; w < whole; w++) view.setInt32(at + 4 * w, words[w]);
    for (let b = 4 * whole; b < bytes.length; b++) view.setUint8(at + b, bytes[b]);`;
}

/** @internal The source of the loop, and the lists that it reads. */
export function loopSource(plan: FlowPlan): { source: string; lists: unknown[] } {
  const lists: unknown[] = [plan.pattern];
  const fields = plan.words.flatMap((word) => word.fields);
  const indexOf = (field: FlowField) => fields.indexOf(field);
  const bySizes = plan.templates.length > 1;
  const hasProbe = plan.words.some(({ at }) => at < 0);
  const slow = fields.map(({ values }) => values.kind !== "random" && values.every > 1);
  const take = fields.map((field, i) => {
    const place = fieldAt(i);
    const short = isShort(field) || field.values.kind === "random" || field.values.kind === "list";
    const begin = `let s${i} = state[${place}]${short ? " | 0" : ""};`;
    return slow[i] ? `${begin} let e${i} = state[${place + 1}] | 0;` : begin;
  });
  const leave = fields.map((_, i) => {
    const place = fieldAt(i);
    return `state[${place}] = s${i};${slow[i] ? ` state[${place + 1}] = e${i};` : ""}`;
  });
  const body = [
    bySizes ? `const size = lists[0][p]; if (++p === ${plan.pattern.length}) p = 0;` : "",
    plan.whole ? (bySizes ? "" : "const size = 0;") + copyCode(plan.templates, lists) : "",
    hasProbe
      ? `const end = at + ${bySize(plan.templates.map(({ length }) => length), lists)};`
      : "",
    ...fields.map((field, i) => valueCode(field, i, lists)),
  ];
  for (const [i, word] of plan.words.entries()) {
    body.push(`const w${i} = ${wordExpression(word, plan, indexOf)};`, storeCode(word, `w${i}`));
  }
  if (bySizes && !plan.whole) {
    for (const at of sizeWords(plan)) {
      const numbers = plan.templates.map((bytes) => bytes[at]! << 8 | bytes[at + 1]!);
      body.push(storeCode({ at, size: 2 }, bySize(numbers, lists)));
    }
  }
  for (const [i, sum] of plan.sums.entries()) {
    const parts = [
      bySize(sum.bases, lists),
      ...plan.words.map(({ size }, j) => summand(`w${j}`, size, sum.factors[j]!)),
      ...sum.inner.map((factor, j) => summand(`c${j}`, 2, factor)),
    ].filter((part) => part !== undefined);
    body.push(
      `let x${i} = ${parts.join(" + ")};`,
      `x${i} = (x${i} & 0xffff) + (x${i} >>> 16);`,
      `const c${i} = ~((x${i} & 0xffff) + (x${i} >>> 16)) & 0xffff${
        sum.noZero ? " || 0xffff" : ""
      };`,
      storeCode({ at: sum.at, size: 2 }, `c${i}`),
    );
  }
  const source = `"use strict";
return function (view, offsets, from, to, state) {
  const now = state[${NOW_AT}];
  const high = now / 0x1_0000_0000 | 0;
  const low = now >>> 0;
  let n = state[${NUMBER_AT}] | 0;
  let p = state[${PATTERN_AT}] | 0;
  ${take.join("\n  ")}
  for (let i = from; i < to; i++) {
    const at = offsets[i];
    ${body.filter((line) => line !== "").join("\n    ")}${hasProbe ? "\n    n = (n + 1) | 0;" : ""}
  }
  state[${NUMBER_AT}] = n;
  state[${PATTERN_AT}] = p;
  ${leave.join("\n  ")}
};`;
  return { source, lists };
}

/** @internal Makes the loop. */
export function compileLoop(plan: FlowPlan): FlowLoop {
  const { source, lists } = loopSource(plan);
  return new Function("lists", source)(lists);
}
