/**
 * Packets of a capture for another network: addresses and VLAN tags are changed, and checksums with
 * them.
 *
 * @module
 */

import { macNumber, parseIpv4, parseIpv6 } from "../net/address.ts";
import { update16 } from "../net/checksum.ts";
import { ether } from "../net/ether.ts";

/** What is changed in the packets of a file, see {@linkcode ReplayFileOptions.rewrite}. */
export interface Rewriting {
  /** Source MAC address, such as `02:00:00:00:00:01`. */
  srcMac?: string;
  /** Destination MAC address. */
  dstMac?: string;
  /** Source address of IPv4 packets, or that of IPv6 packets. */
  srcIp?: string;
  /** Destination address of IPv4 packets, or that of IPv6 packets. */
  dstIp?: string;
  /**
   * VLAN from 1 to 4094: it replaces that of the outermost tag, or a tag is put into packets without
   * one; `"none"` takes the outermost tag away.
   */
  vlan?: number | "none";
}

/** @internal Bytes by which a packet can become longer. */
export const REWRITE_GROWS = 4;

const VLAN = 0x8100;
const TAGS: readonly number[] = [VLAN, 0x88a8, 0x9100];
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const ETHER = 14;

const TCP = 6;
const UDP = 17;
const ICMPV6 = 58;
/** Headers of IPv6 that are followed by another one: hop-by-hop, routing, fragment, destination. */
const ROUTING = 43;
const FRAGMENT = 44;
const EXTENSIONS: readonly number[] = [0, ROUTING, FRAGMENT, 60];

/** An IP address as 16-bit words, and where the IP header has it. */
interface Address {
  words: Uint16Array;
  at: number;
  isDestination: boolean;
}

function wordsOf(text: string): Uint16Array {
  if (!text.includes(":")) {
    const address = parseIpv4(text);
    return Uint16Array.of(address >>> 16, address & 0xffff);
  }
  const bytes = parseIpv6(text);
  return Uint16Array.from({ length: 8 }, (_, i) => bytes[2 * i]! << 8 | bytes[2 * i + 1]!);
}

/** @internal Changes packets where they lie. A packet may have been cut: what is there is changed. */
export class Rewriter {
  readonly #srcMac: number | undefined;
  readonly #dstMac: number | undefined;
  readonly #vlan: number | "none" | undefined;
  readonly #ipv4: readonly Address[];
  readonly #ipv6: readonly Address[];

  /** @throws {RangeError} when an address or a VLAN is none. */
  constructor({ srcMac, dstMac, srcIp, dstIp, vlan }: Rewriting) {
    this.#srcMac = srcMac === undefined ? undefined : macNumber(srcMac);
    this.#dstMac = dstMac === undefined ? undefined : macNumber(dstMac);
    if (typeof vlan === "number" && !(Number.isInteger(vlan) && vlan >= 1 && vlan <= 4094)) {
      throw new RangeError(`expected a VLAN from 1 to 4094, got ${vlan}`);
    }
    this.#vlan = vlan;
    const addresses = [[srcIp, false] as const, [dstIp, true] as const]
      .flatMap(([text, isDestination]) =>
        text === undefined ? [] : [{ words: wordsOf(text), isDestination }]
      );
    const of = (words: number, first: number) =>
      addresses.filter((one) => one.words.length === words).map((one) => ({
        ...one,
        at: one.isDestination ? first + 2 * words : first,
      }));
    this.#ipv4 = of(2, 12);
    this.#ipv6 = of(8, 8);
  }

  /** Whether packets stay as they are. */
  get isIdle(): boolean {
    return this.#srcMac === undefined && this.#dstMac === undefined && this.#vlan === undefined &&
      this.#ipv4.length + this.#ipv6.length === 0;
  }

  /**
   * Changes a packet that begins with an Ethernet header.
   *
   * @param bytes memory with {@linkcode REWRITE_GROWS} more bytes behind the packet.
   * @param view the same memory.
   * @returns how long the packet is now.
   */
  rewrite(bytes: Uint8Array, view: DataView, at: number, length: number): number {
    if (length < ETHER) return length;
    if (this.#dstMac !== undefined) ether.setDst(view, at, this.#dstMac);
    if (this.#srcMac !== undefined) ether.setSrc(view, at, this.#srcMac);
    if (this.#vlan !== undefined) length = this.#retag(bytes, view, at, length);
    if (this.#ipv4.length + this.#ipv6.length > 0) this.#readdress(view, at, at + length);
    return length;
  }

  #retag(bytes: Uint8Array, view: DataView, at: number, length: number): number {
    const [vlan, place] = [this.#vlan, at + 12];
    const isTagged = length >= ETHER + 4 && TAGS.includes(view.getUint16(place));
    if (vlan === "none" || vlan === undefined) {
      if (!isTagged) return length;
      bytes.copyWithin(place, place + 4, at + length);
      return length - 4;
    }
    if (isTagged) {
      view.setUint16(place + 2, view.getUint16(place + 2) & 0xf000 | vlan);
      return length;
    }
    bytes.copyWithin(place + 4, place, at + length);
    view.setUint16(place, VLAN);
    view.setUint16(place + 2, vlan);
    return length + 4;
  }

  #readdress(view: DataView, at: number, end: number): void {
    let place = at + 12;
    while (place + 4 < end && TAGS.includes(view.getUint16(place))) place += 4;
    if (place + 2 > end) return;
    const type = view.getUint16(place);
    if (type === IPV4) this.#setIpv4(view, place + 2, end);
    else if (type === IPV6) this.#setIpv6(view, place + 2, end);
  }

  #setIpv4(view: DataView, ip: number, end: number): void {
    if (ip + 20 > end) return;
    const protocol = view.getUint8(ip + 9);
    const size = (view.getUint8(ip) & 15) * 4;
    const isFirst = (view.getUint16(ip + 6) & 0x1fff) === 0;
    const sum = isFirst ? sumAt(view, protocol, ip + size, end) : NONE;
    for (const address of this.#ipv4) setAddress(view, ip, address, ip + 10, sum);
    if (protocol === UDP) avoidZero(view, sum);
  }

  #setIpv6(view: DataView, ip: number, end: number): void {
    if (ip + 40 > end || this.#ipv6.length === 0) return;
    let [next, at] = [view.getUint8(ip + 6), ip + 40];
    let [isRouted, isFirst] = [false, true];
    while (EXTENSIONS.includes(next) && at + 8 <= end) {
      // the checksum has the last address of a route, which stays
      if (next === ROUTING) isRouted ||= view.getUint8(at + 3) > 0;
      if (next === FRAGMENT) isFirst &&= (view.getUint16(at + 2) & 0xfff8) === 0;
      const size = next === FRAGMENT ? 8 : 8 * (view.getUint8(at + 1) + 1);
      next = view.getUint8(at);
      at += size;
    }
    const sum = isFirst ? sumAt(view, next, at, end) : NONE;
    for (const address of this.#ipv6) {
      setAddress(view, ip, address, NONE, address.isDestination && isRouted ? NONE : sum);
    }
    if (next === UDP) avoidZero(view, sum);
  }
}

/** No such checksum. */
const NONE = -1;

/** Where the checksum of a message is, if it has one that covers the addresses of IP. */
function sumAt(view: DataView, protocol: number, at: number, end: number): number {
  const place = at + (protocol === TCP ? 16 : protocol === UDP ? 6 : protocol === ICMPV6 ? 2 : end);
  if (place + 2 > end) return NONE;
  return protocol === UDP && view.getUint16(place) === 0 ? NONE : place;
}

/** A checksum of UDP that is 0 would say that there is none. */
function avoidZero(view: DataView, sum: number): void {
  if (sum !== NONE && view.getUint16(sum) === 0) view.setUint16(sum, 0xffff);
}

/** Sets an address, and brings the checksums up to date that cover it: RFC 1624. */
function setAddress(
  view: DataView,
  ip: number,
  { words, at }: Address,
  headerSum: number,
  sum: number,
): void {
  for (let i = 0; i < words.length; i++) {
    const place = ip + at + 2 * i;
    const [before, after] = [view.getUint16(place), words[i]!];
    if (headerSum !== NONE) {
      view.setUint16(headerSum, update16(view.getUint16(headerSum), before, after));
    }
    if (sum !== NONE) view.setUint16(sum, update16(view.getUint16(sum), before, after));
    view.setUint16(place, after);
  }
}
