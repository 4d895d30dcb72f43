/**
 * Options of IPv4 (RFC 791, section 3.1) and TCP (RFC 9293, section 3.1): a kind, and unless it is 0
 * or 1 a length of all bytes and data.
 *
 * @module
 */

import { bits, copyBytes, putBytes } from "./fields.ts";

/** An option of an IPv4 or TCP header. */
export interface HeaderOption {
  /** Kind; 0 ends the list and 1 fills, both are one byte. */
  kind: number;
  /** Bytes behind kind and length; none where left out. */
  data?: Uint8Array | undefined;
  /** Length as it is written, kind and length included; the true one where left out. */
  length?: number | undefined;
  /** Whether it has no length; those of kind 0 and 1 where left out. */
  bare?: boolean | undefined;
}

const isBare = ({ kind, bare }: HeaderOption) => bare ?? kind < 2;

/** @internal Bytes of an option. */
export function optionSize(option: HeaderOption): number {
  return (isBare(option) ? 1 : 2) + (option.data?.length ?? 0);
}

/** @internal Bytes of all options, filled up to a multiple of 4. */
export function optionsSize(options: readonly HeaderOption[] = []): number {
  return Math.ceil(options.reduce((size, option) => size + optionSize(option), 0) / 4) * 4;
}

/** @internal Writes options; what fills up is zero already. */
export function writeOptions(
  view: DataView,
  at: number,
  what: string,
  options: readonly HeaderOption[] = [],
): void {
  for (const option of options) {
    const { kind, data = new Uint8Array(0) } = option;
    view.setUint8(at++, bits(`${what} option kind`, kind, 8));
    if (!isBare(option)) {
      view.setUint8(at++, bits(`${what} option length`, option.length ?? data.length + 2, 8));
    }
    putBytes(view, at, data);
    at += data.length;
  }
}

/**
 * @internal Reads options. Whatever follows the end of the list is the data of the option that ends
 * it, and one whose length is impossible has all that follows as its data.
 */
export function readOptions(view: DataView, at: number, end: number): HeaderOption[] {
  const options: HeaderOption[] = [];
  while (at < end) {
    const kind = view.getUint8(at);
    if (kind === 0) {
      const data = copyBytes(view, at + 1, end);
      // zeros only fill up
      const fills = data.length < 3 && data.every((byte) => byte === 0);
      options.push(fills ? { kind } : { kind, data });
      break;
    }
    if (kind === 1) {
      options.push({ kind });
      at++;
      continue;
    }
    if (at + 1 === end) {
      options.push({ kind, bare: true });
      break;
    }
    const length = view.getUint8(at + 1);
    const bad = length < 2 || at + length > end;
    const data = copyBytes(view, at + 2, bad ? end : at + length);
    options.push({ kind, ...(data.length ? { data } : {}), ...(bad ? { length } : {}) });
    at = bad ? end : at + length;
  }
  return options;
}
