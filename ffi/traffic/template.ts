/**
 * The bytes that all packets of a flow have, for each size, and which checksums depend on the fields
 * that differ.
 *
 * @module
 */

import { CODECS } from "../net/codecs.ts";
import { putIpv6, putSum } from "../net/fields.ts";
import type { Sum } from "../net/layer.ts";
import { viewOf } from "../net/source.ts";
import { type Step, walk } from "../net/walk.ts";
import { type FieldPlace, firstOf, PLACES, type Values, valuesOf } from "./places.ts";
import type { VaryingFields } from "./places.ts";

/** @internal A field that differs from packet to packet. */
export interface FlowField {
  name: string;
  values: Values;
  place: FieldPlace;
  /** First byte of its word in the packet. */
  at: number;
}

/** @internal A word of the packet that is written for each packet, from one field or several. */
export interface FlowWord {
  /** First byte in the packet; from its end, and negative, for a word of a probe. */
  at: number;
  size: 1 | 2 | 4 | 6;
  fields: FlowField[];
  /** What a word of a probe is, in the loop. */
  expression?: string;
}

/** Where a word lies in a packet of a length. */
function placeIn(length: number, { at, size }: FlowWord): { at: number; size: number } {
  return { at: at < 0 ? length + at : at, size };
}

/** @internal A checksum that depends on words that are written. */
export interface FlowSum {
  at: number;
  /** Whether 0 says that there is none, so that 0xffff stands for it. */
  noZero: boolean;
  /** For each size: the sum of what is not written, 16 bits. */
  bases: number[];
  /** For each word: 0 where it is not covered, 256 where it begins at an odd byte of the sum, or 1. */
  factors: number[];
  /** The same for the checksums before this one, which lie within it. */
  inner: number[];
}

/** Where the lengths lie in headers that count what they carry. */
const LENGTHS: Readonly<Record<string, { at: number }>> = {
  ipv4: { at: 2 },
  ipv6: { at: 4 },
  udp: { at: 4 },
  gtpu: { at: 2 },
};

/**
 * @internal A packet like this one, but so long: its payload is cut or filled with zeros, and what
 * counts it is right again. Padding goes.
 *
 * @throws {RangeError} when the headers do not fit.
 */
export function resized(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const { steps } = walk(viewOf(bytes), "ether");
  const inside = steps.filter(({ layer }) => layer.name !== "padding");
  const last = inside.at(-1);
  const end = last?.end ?? bytes.length;
  const headers = last?.layer.name === "payload" ? last.layer.offset : end;
  if (length < headers) {
    throw new RangeError(
      `flow: its headers have ${headers} bytes, which do not fit into frames of ${length + 4}`,
    );
  }
  const whole = new Uint8Array(length);
  whole.set(bytes.subarray(0, Math.min(end, length)));
  const view = viewOf(whole);
  for (const { layer, end: layerEnd } of inside) {
    const place = LENGTHS[layer.name];
    if (!place || layerEnd !== end) continue;
    const at = layer.offset + place.at;
    view.setUint16(at, view.getUint16(at) + length - end);
  }
  return whole;
}

/** Headers behind which another packet begins. */
const TUNNELS: readonly string[] = ["vxlan", "geneve", "gtpu", "gre"];

/** @internal How many tunnels each header is in: behind a tunnel's header, or IP within IP. */
export function depthsOf(steps: readonly Pick<Step, "layer">[]): number[] {
  let depth = 0;
  let hasIp = false;
  return steps.map(({ layer: { name } }) => {
    const isIp = name === "ipv4" || name === "ipv6";
    if (isIp && hasIp) depth++;
    hasIp ||= isIp;
    const own = depth;
    if (TUNNELS.includes(name)) {
      depth++;
      hasIp = false;
    }
    return own;
  });
}

/** The header of a name in so many tunnels, the first of them. */
function stepOf(steps: readonly Step[], name: string, depth: number): Step {
  const depths = depthsOf(steps);
  const step = steps.find(({ layer }, i) => layer.name === name && depths[i] === depth);
  if (step) return step;
  throw new RangeError(`flow: the frame has no ${"inner ".repeat(depth)}${name}`);
}

/** @internal The fields that differ, in the order of their places; their first values are written. */
export function fieldsOf(bytes: Uint8Array, given: VaryingFields): FlowField[] {
  const view = viewOf(bytes);
  const { steps } = walk(view, "ether");
  const fields: FlowField[] = [];
  const add = ({ inner, ...headers }: VaryingFields, depth: number) => {
    for (const [header, sources] of Object.entries(headers)) {
      const places = Object.entries(PLACES).find(([name]) => name === header)?.[1];
      if (!places) throw new RangeError(`flow: no field of ${header} can differ`);
      const { layer } = stepOf(steps, header, depth);
      for (const [field, source] of Object.entries(sources)) {
        const name = `${"inner.".repeat(depth)}${header}.${field}`;
        const place = places[field];
        if (!place) {
          throw new RangeError(
            `flow: ${name} cannot differ, only ${Object.keys(places).join(", ")}`,
          );
        }
        const values = valuesOf(name, source, place);
        const first = firstOf(source);
        // the last 4 bytes of the address differ, all others are those of the first one
        if (place.form === "ipv6") putIpv6(view, layer.offset + place.at - 12, first);
        fields.push({ name, values, place, at: layer.offset + place.at });
      }
    }
    if (inner) add(inner, depth + 1);
  };
  add(given, 0);
  return fields.sort((a, b) => a.at - b.at);
}

/** @internal The words that the fields lie in. */
export function wordsOf(fields: readonly FlowField[]): FlowWord[] {
  const words: FlowWord[] = [];
  for (const field of fields) {
    const word = words.find(({ at }) => at === field.at);
    if (word) word.fields.push(field);
    else words.push({ at: field.at, size: field.place.size, fields: [field] });
  }
  return words;
}

/** Writes a number into a word. */
function putWord(view: DataView, { at, size }: { at: number; size: number }, value: number): void {
  if (size === 1) view.setUint8(at, value);
  else if (size === 2) view.setUint16(at, value);
  else {
    view.setUint32(at + size - 4, value);
    if (size === 6) view.setUint16(at, 0);
  }
}

/** The checksums of a packet that are right, innermost first, and how each is computed. */
function rightSums(bytes: Uint8Array): { sum: Sum; step: Step }[] {
  const view = viewOf(bytes);
  return walk(view, "ether").steps.reverse().flatMap((step) => {
    const { layer, end, under, short } = step;
    if (short && layer.name !== "ipv4") return [];
    const sum = CODECS[layer.name].checksum?.(view, layer.offset, end, under);
    if (!sum) return [];
    const stored = sum.size === 2 ? view.getUint16(sum.at) : view.getUint32(sum.at, true);
    return stored === sum.value ? [{ sum, step }] : [];
  });
}

/**
 * @internal The checksums that depend on words that differ, innermost first. A checksum that is
 * wrong in the template, or missing, is meant so and stays.
 *
 * @param templates the packet in each of its sizes.
 * @throws {RangeError} when one cannot be kept right: SCTP's is no sum.
 */
export function sumsOf(templates: readonly Uint8Array[], words: readonly FlowWord[]): FlowSum[] {
  const sums: FlowSum[] = [];
  for (const { sum: { at, size } } of rightSums(templates[0]!)) {
    const found: FlowSum = {
      at,
      noZero: false,
      bases: [],
      factors: words.map(() => 0),
      inner: sums.map(() => 0),
    };
    for (const template of templates) {
      const bytes = template.slice();
      const view = viewOf(bytes);
      const places = words.map((word) => placeIn(bytes.length, word));
      for (const word of places) putWord(view, word, 0);
      for (const inner of sums) view.setUint16(inner.at, 0);
      const one = rightStep(bytes, template, at);
      found.noZero = one.name === "udp";
      /** The sum when a word is 1, less the sum when it is 0. */
      const factor = (word: { at: number; size: number }) => {
        putWord(view, word, 1);
        const difference = (one.base() - base + 0xffff) % 0xffff;
        putWord(view, word, 0);
        return difference;
      };
      const base = one.base();
      found.bases.push(base);
      const factors = places.map(factor);
      if (found.bases.length > 1 && factors.some((one, i) => one !== found.factors[i])) {
        throw new RangeError("flow: with probes, sizes are all even or all odd");
      }
      found.factors = factors;
      found.inner = sums.map((inner) => factor({ at: inner.at, size: 2 }));
    }
    const depends = [...found.factors, ...found.inner].some((factor) => factor !== 0);
    if (!depends) continue;
    if (size !== 2) {
      throw new RangeError("flow: no field that a checksum of SCTP covers can differ");
    }
    sums.push(found);
  }
  return sums;
}

/** How the checksum at a place is computed, in a packet whose words may be 0 just now. */
function rightStep(bytes: Uint8Array, template: Uint8Array, at: number) {
  const found = rightSums(template).find(({ sum }) => sum.at === at);
  if (!found) throw new RangeError("flow: a checksum is right in one size and wrong in another");
  const { layer, end, under } = found.step;
  const view = viewOf(bytes);
  /** What is summed up, without the complement. */
  const base = () => {
    const sum = CODECS[layer.name].checksum?.(view, layer.offset, end, under);
    return sum ? sum.size === 2 ? ~sum.value & 0xffff : sum.value : 0;
  };
  return { name: layer.name, base };
}

/** @internal Makes right again what was right in the packet before it was changed. */
export function mend(before: Uint8Array, bytes: Uint8Array): void {
  const right = rightSums(before).map(({ step }) => step.layer.offset);
  const view = viewOf(bytes);
  for (const { layer, end, under } of walk(view, "ether").steps.reverse()) {
    if (!right.includes(layer.offset)) continue;
    const sum = CODECS[layer.name].checksum?.(view, layer.offset, end, under);
    if (sum) putSum(view, sum);
  }
}
