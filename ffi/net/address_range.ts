/**
 * Ranges and prefixes of addresses: `10.0.0.0/8` (RFC 4632, section 3.1), `2001:db8::/32` (RFC 4291,
 * section 2.3), `10.0.0.1-10.0.0.9`, `02:00:00:00:00:00/24`.
 *
 * @module
 */

import {
  formatIpv4,
  formatIpv6,
  formatMac,
  type Ipv4Address,
  ipv4Number,
  type Ipv6Address,
  ipv6Bytes,
  type MacAddress,
  macNumber,
} from "./address.ts";

/** What kind of address: its bits, and how it is read and written. */
interface Family {
  bits: number;
  read(address: string | number | Uint8Array): bigint;
  text(value: bigint): string;
}

function ipv6Value(address: Ipv6Address): bigint {
  return ipv6Bytes(address).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function ipv6Text(value: bigint): string {
  const byte = (i: number) => Number((value >> BigInt(8 * (15 - i))) & 255n);
  return formatIpv6(Uint8Array.from({ length: 16 }, (_, i) => byte(i)));
}

const FAMILIES = {
  mac: {
    bits: 48,
    read: (address: MacAddress) => BigInt(macNumber(address)),
    text: (value: bigint) => formatMac(Number(value)),
  },
  ipv4: {
    bits: 32,
    read: (address: Ipv4Address) => BigInt(ipv4Number(address)),
    text: (value: bigint) => formatIpv4(Number(value)),
  },
  ipv6: {
    bits: 128,
    read: (address: string | number | Uint8Array) => {
      if (typeof address === "number") throw new RangeError("an IPv6 address is text or 16 bytes");
      return ipv6Value(address);
    },
    text: ipv6Text,
  },
} satisfies Record<AddressFamily, Family>;

/** The kind of addresses in a range. */
export type AddressFamily = "mac" | "ipv4" | "ipv6";

function familyOf(text: string): AddressFamily {
  if (text.includes(".") && !text.includes(":")) return "ipv4";
  return /^[0-9a-f]{1,2}([:-][0-9a-f]{1,2}){5}$/i.test(text) ? "mac" : "ipv6";
}

/** The two ends of `A-B`, where A and B may be MAC addresses with dashes. */
function splitRange(text: string): [string, string] | undefined {
  const dashes = [...text.matchAll(/-/g)].map(({ index }) => index);
  const middle = dashes[(dashes.length - 1) / 2];
  // five dashes are one MAC address
  if (middle === undefined || dashes.length === 5) return undefined;
  return [text.slice(0, middle), text.slice(middle + 1)];
}

/**
 * The addresses from a first one to a last one. Iterating gives each address as text; a loop on an
 * lcore adds to the number of the first: `parseIpv4(range.first) + i`.
 *
 * @example
 * ```ts
 * import { AddressRange } from "denodpdk/net";
 *
 * const net = AddressRange.parse("10.0.0.0/8");
 * console.log(net.has("10.1.2.3"), net.last, net.size); // true 10.255.255.255 16777216
 * ```
 */
export class AddressRange implements Iterable<string> {
  /** Kind of the addresses. */
  readonly family: AddressFamily;
  /** The first address. */
  readonly first: string;
  /** The last address. */
  readonly last: string;
  /** Number of addresses; rounded above 2^53, as IPv6 ranges can be. */
  readonly size: number;
  readonly #from: bigint;
  readonly #to: bigint;

  private constructor(family: AddressFamily, from: bigint, to: bigint) {
    const { text } = FAMILIES[family];
    this.family = family;
    this.#from = from;
    this.#to = to;
    this.first = text(from);
    this.last = text(to);
    this.size = Number(to - from + 1n);
  }

  /**
   * Reads a range: one address, `FIRST-LAST`, or `ADDRESS/BITS`, where bits behind the prefix are
   * ignored.
   *
   * @throws {RangeError} for any other text, and when the last address is before the first.
   */
  static parse(text: string): AddressRange {
    const [address = "", length, ...rest] = text.split("/");
    if (length !== undefined) {
      const family = familyOf(address);
      const { bits, read } = FAMILIES[family];
      if (rest.length > 0 || !/^\d{1,3}$/.test(length) || Number(length) > bits) {
        throw new RangeError(`expected a prefix length from 0 to ${bits}, got '${text}'`);
      }
      const host = (1n << BigInt(bits - Number(length))) - 1n;
      const from = read(address) & ~host;
      return new AddressRange(family, from, from | host);
    }
    const [first, last] = splitRange(text) ?? [text, text];
    const family = familyOf(first);
    const { read } = FAMILIES[family];
    const [from, to] = [read(first), read(last)];
    if (to < from) throw new RangeError(`expected a last address after the first, got '${text}'`);
    return new AddressRange(family, from, to);
  }

  /**
   * Whether an address lies in the range.
   *
   * @throws {RangeError} when the address is not of the range's family.
   */
  has(address: string | number | Uint8Array): boolean {
    const value = FAMILIES[this.family].read(address);
    return value >= this.#from && value <= this.#to;
  }

  /**
   * Address number `index` of the range, as text; the first is number 0.
   *
   * @throws {RangeError} when the range has fewer addresses.
   */
  at(index: number): string {
    if (Number.isInteger(index) && index >= 0) {
      const value = this.#from + BigInt(index);
      if (value <= this.#to) return FAMILIES[this.family].text(value);
    }
    throw new RangeError(`AddressRange.at: ${this} has no address ${index}`);
  }

  /**
   * The fewest prefixes that cover exactly this range, as text: `["10.0.0.0/31", "10.0.0.2/32"]`.
   */
  prefixes(): string[] {
    const { bits, text } = FAMILIES[this.family];
    const all: string[] = [];
    for (let from = this.#from; from <= this.#to;) {
      let host = 0n;
      const fits = (more: bigint) =>
        more <= BigInt(bits) && (from & ((1n << more) - 1n)) === 0n &&
        from + (1n << more) - 1n <= this.#to;
      while (fits(host + 1n)) host++;
      all.push(`${text(from)}/${bits - Number(host)}`);
      from += 1n << host;
    }
    return all;
  }

  /** Every address as text, first to last. */
  *[Symbol.iterator](): Iterator<string> {
    const { text } = FAMILIES[this.family];
    for (let value = this.#from; value <= this.#to; value++) yield text(value);
  }

  /** The range in the form that `AddressRange.parse` reads. */
  toString(): string {
    if (this.first === this.last) return this.first;
    const [prefix = "", ...more] = this.prefixes();
    return more.length === 0 ? prefix : `${this.first}-${this.last}`;
  }
}
