/**
 * Addresses as text, as numbers and as bytes: MAC (IEEE 802-2014, clause 8), IPv4 (RFC 791, section
 * 2.3; RFC 6943, section 3.1.1 for strict dotted text) and IPv6 (RFC 4291, section 2.2 to read, RFC
 * 5952 to write).
 *
 * A MAC address is a number of 48 bits and an IPv4 address one of 32 bits wherever a loop handles
 * it; an IPv6 address is 16 bytes. Scripts use text everywhere.
 *
 * @module
 */

const TWO_32 = 0x1_0000_0000;
/** The broadcast address `ff:ff:ff:ff:ff:ff` as a number, the largest MAC address. */
export const BROADCAST_MAC = 0xffff_ffff_ffff;

/** A MAC address: text, a number of 48 bits, or 6 bytes. */
export type MacAddress = string | number | Uint8Array;
/** An IPv4 address: dotted text, a number of 32 bits, or 4 bytes. */
export type Ipv4Address = string | number | Uint8Array;
/** An IPv6 address: text or 16 bytes. */
export type Ipv6Address = string | Uint8Array;

function refuse(what: string, got: unknown): never {
  throw new RangeError(`expected ${what}, got '${String(got)}'`);
}

/**
 * The number, 48 bits, of a MAC address in text, `"02:00:00:00:00:01"` or `"02-00-00-00-00-01"`:
 * `rte_ether_unformat_addr`.
 *
 * @throws {RangeError} for any other text.
 *
 * @example
 * ```ts
 * import { parseMac } from "denodpdk/net";
 *
 * console.log(parseMac("02:00:00:00:00:01") === 0x020000000001);
 * ```
 */
export function parseMac(text: string): number {
  const match = /^[0-9a-f]{1,2}(?:([:-])[0-9a-f]{1,2}(?:\1[0-9a-f]{1,2}){4})$/i.exec(text);
  if (!match) refuse("a MAC address as 02:00:00:00:00:01", text);
  return text.split(/[:-]/).reduce((sum, byte) => sum * 256 + parseInt(byte, 16), 0);
}

/**
 * The text of a MAC address, such as `"02:00:00:00:00:0a"`: `rte_ether_format_addr`, but in lower
 * case.
 */
export function formatMac(address: number): string {
  return address.toString(16).padStart(12, "0").replace(/..(?!$)/g, "$&:");
}

/** @internal The number of a MAC address in any form. */
export function macNumber(address: MacAddress): number {
  if (typeof address === "string") return parseMac(address);
  if (typeof address === "number") {
    if (Number.isInteger(address) && address >= 0 && address <= BROADCAST_MAC) return address;
    refuse("a MAC address of 48 bits", address);
  }
  if (address.length !== 6) refuse("6 bytes of a MAC address", address);
  return address.reduce((sum, byte) => sum * 256 + byte, 0);
}

/**
 * The number, 32 bits, of an IPv4 address in text: four decimal numbers, `"10.0.0.1"`, without
 * leading zeros, which some programs read as octal.
 *
 * @throws {RangeError} for any other text.
 */
export function parseIpv4(text: string): number {
  const parts = text.split(".");
  if (parts.length !== 4) refuse("an IPv4 address as 10.0.0.1", text);
  return parts.reduce((sum, part) => {
    const byte = /^(0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256;
    return byte < 256 ? sum * 256 + byte : refuse("an IPv4 address as 10.0.0.1", text);
  }, 0);
}

/** The text of an IPv4 address, such as `"10.0.0.1"`. */
export function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** @internal The number of an IPv4 address in any form. */
export function ipv4Number(address: Ipv4Address): number {
  if (typeof address === "string") return parseIpv4(address);
  if (typeof address === "number") {
    if (Number.isInteger(address) && address >= 0 && address < TWO_32) return address;
    refuse("an IPv4 address of 32 bits", address);
  }
  if (address.length !== 4) refuse("4 bytes of an IPv4 address", address);
  return address.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** The 16-bit groups of one side of `::`, or undefined where a part is none. */
function groups(text: string): number[] | undefined {
  if (text === "") return [];
  const found: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      found.push(parseInt(part, 16));
    } else if (i === parts.length - 1 && part.includes(".")) {
      const low = parseIpv4(part);
      found.push(low >>> 16, low & 0xffff);
    } else {
      return undefined;
    }
  }
  return found;
}

/**
 * The 16 bytes of an IPv6 address in text, in any form of RFC 4291: `"fe80::1"`,
 * `"::ffff:10.0.0.1"`. A zone (`%eth0`) is not part of an address.
 *
 * @throws {RangeError} for any other text.
 */
export function parseIpv6(text: string): Uint8Array<ArrayBuffer> {
  const no = () => refuse("an IPv6 address as 2001:db8::1", text);
  const sides = text.split("::");
  const [head, tail] = sides.map(groups);
  if (sides.length > 2 || !head || (sides.length === 2 && !tail)) return no();
  // only the last part of an address may be dotted
  if (sides.length === 2 && sides[0]?.includes(".")) return no();
  const given = head.length + (tail?.length ?? 0);
  if (sides.length === 1 ? given !== 8 : given > 7) return no();
  const all = [...head, ...new Array<number>(8 - given).fill(0), ...(tail ?? [])];
  return Uint8Array.from(all.flatMap((group) => [group >>> 8, group & 255]));
}

/** Begin and length of the longest run of zero groups, the first of several. */
function longestZeros(all: readonly number[]): [from: number, length: number] {
  let best: [number, number] = [-1, 1];
  for (let from = 0; from < all.length; from++) {
    let length = 0;
    while (all[from + length] === 0) length++;
    if (length > best[1]) best = [from, length];
  }
  return best;
}

/**
 * The text of an IPv6 address in the form of RFC 5952: lower case, no leading zeros, the longest
 * run of two or more zero groups as `::`, and an IPv4-mapped one as `::ffff:10.0.0.1`.
 *
 * @throws {RangeError} when there are not 16 bytes.
 */
export function formatIpv6(bytes: Uint8Array): string {
  if (bytes.length !== 16) refuse("16 bytes of an IPv6 address", bytes);
  const byte = (i: number) => bytes[i] ?? 0;
  const all = Array.from({ length: 8 }, (_, i) => byte(2 * i) * 256 + byte(2 * i + 1));
  if (all.slice(0, 5).every((group) => group === 0) && all[5] === 0xffff) {
    return `::ffff:${bytes.subarray(12).join(".")}`;
  }
  const [from, length] = longestZeros(all);
  const text = (part: number[]) => part.map((group) => group.toString(16)).join(":");
  if (from < 0) return text(all);
  return `${text(all.slice(0, from))}::${text(all.slice(from + length))}`;
}

/** @internal The bytes of an IPv6 address in any form. */
export function ipv6Bytes(address: Ipv6Address): Uint8Array {
  if (typeof address === "string") return parseIpv6(address);
  if (address.length !== 16) refuse("16 bytes of an IPv6 address", address);
  return address;
}
