/**
 * How a packet that asks becomes the answer, in place: ARP (RFC 826), neighbour discovery
 * (RFC 4861), echo of ICMP (RFC 792) and of ICMPv6 (RFC 4443).
 *
 * @module
 */

import { formatMac, ipv4Number, type MacAddress, macNumber, parseMac } from "../net/address.ts";
import type { AddressRange } from "../net/address_range.ts";
import { arp } from "../net/arp.ts";
import { compute, pseudo6, update16 } from "../net/checksum.ts";
import { ether } from "../net/ether.ts";
import { icmp } from "../net/icmp.ts";
import { icmp6 } from "../net/icmp6.ts";
import { ipv4 } from "../net/ipv4.ts";
import { ipv6 } from "../net/ipv6.ts";
import { IP_PROTOCOL } from "../net/numbers.ts";

/** Hops that an answer may take: RFC 1700. */
const TTL = 64;
/** Hop limit of neighbour discovery: RFC 4861, section 7.1.1. */
const ND_HOPS = 255;
/** An ARP message is for IPv4 over Ethernet when it begins with these: RFC 826. */
const ARP_ETHERNET_IPV4 = 0x0001_0800;
/** Bytes of a neighbour solicitation before its options. */
const SOLICITATION = 24;
/** An option with a MAC address: its first two bytes, type and length, of the two ends. */
const SOURCE_MAC = 0x0101;
const TARGET_MAC = 0x0201;
const MAC_OPTION_BYTES = 8;

/** Makes answers for addresses. Nothing is allocated for packets that do not ask. */
export class Answers {
  readonly #mac: number;
  /** The first and the last address of each range of IPv4. */
  readonly #firsts: Uint32Array;
  readonly #lasts: Uint32Array;
  readonly #ipv6: readonly AddressRange[];

  /**
   * Answers for some addresses.
   *
   * @param mac the MAC address of all the addresses.
   * @param addresses the own addresses, of IPv4 and IPv6.
   * @throws {RangeError} when the MAC address cannot be read, or a range is of MAC addresses.
   */
  constructor(mac: MacAddress, addresses: readonly AddressRange[]) {
    const wrong = addresses.find(({ family }) => family === "mac");
    if (wrong) throw new RangeError(`expected addresses of IPv4 or IPv6, got '${wrong}'`);
    const four = addresses.filter(({ family }) => family === "ipv4");
    // whatever form it has, it is checked
    this.#mac = parseMac(formatMac(macNumber(mac)));
    this.#firsts = Uint32Array.from(four, ({ first }) => ipv4Number(first));
    this.#lasts = Uint32Array.from(four, ({ last }) => ipv4Number(last));
    this.#ipv6 = addresses.filter(({ family }) => family === "ipv6");
  }

  /**
   * Makes a packet that asks for one of the addresses the answer.
   *
   * @param at where the packet begins in `view`.
   * @param length bytes of the packet that are there.
   * @returns whether it asked; any other packet stays as it is.
   */
  answer(view: DataView, at: number, length: number): boolean {
    if (length < ether.SIZE + arp.SIZE) return false;
    const header = ether.headerSize(view, at);
    const type = ether.innerType(view, at, header);
    const inner = at + header;
    const end = at + length;
    if (type === ether.IPV4) return this.#echo(view, at, inner, end);
    if (type === ether.ARP) return this.#arp(view, at, inner, end);
    return type === ether.IPV6 && this.#ipv6.length > 0 && this.#icmp6(view, at, inner, end);
  }

  #owns(address: number): boolean {
    for (let i = 0; i < this.#firsts.length; i++) {
      if (address >= this.#firsts[i]! && address <= this.#lasts[i]!) return true;
    }
    return false;
  }

  #owns6(view: DataView, at: number): boolean {
    const address = new Uint8Array(view.buffer, view.byteOffset + at, 16);
    return this.#ipv6.some((range) => range.has(address));
  }

  /** Sends the frame back. */
  #turn(view: DataView, at: number): void {
    ether.setDst(view, at, ether.src(view, at));
    ether.setSrc(view, at, this.#mac);
  }

  #arp(view: DataView, at: number, inner: number, end: number): boolean {
    if (inner + arp.SIZE > end || view.getUint32(inner) !== ARP_ETHERNET_IPV4) return false;
    if (arp.operation(view, inner) !== arp.REQUEST) return false;
    const address = arp.targetIp(view, inner);
    const asker = arp.senderIp(view, inner);
    // who asks for its own address tells it
    if (address === asker || !this.#owns(address)) return false;
    arp.setOperation(view, inner, arp.REPLY);
    arp.setTargetMac(view, inner, arp.senderMac(view, inner));
    arp.setTargetIp(view, inner, asker);
    arp.setSenderMac(view, inner, this.#mac);
    arp.setSenderIp(view, inner, address);
    this.#turn(view, at);
    return true;
  }

  #echo(view: DataView, at: number, inner: number, end: number): boolean {
    if (inner + ipv4.SIZE > end || ipv4.protocol(view, inner) !== ipv4.ICMP) return false;
    const message = inner + ipv4.headerSize(view, inner);
    if (message + icmp.SIZE > end || ipv4.isFragment(view, inner)) return false;
    if (icmp.type(view, message) !== icmp.ECHO_REQUEST) return false;
    const address = ipv4.dst(view, inner);
    if (!this.#owns(address)) return false;
    const word = view.getUint16(message);
    icmp.setType(view, message, icmp.ECHO_REPLY);
    icmp.setChecksum(
      view,
      message,
      update16(icmp.checksum(view, message), word, view.getUint16(message)),
    );
    const hops = view.getUint16(inner + 8);
    ipv4.setTtl(view, inner, TTL);
    const changed = view.getUint16(inner + 8);
    ipv4.setChecksum(view, inner, update16(ipv4.checksum(view, inner), hops, changed));
    // addresses that change places leave the sum as it is
    ipv4.setDst(view, inner, ipv4.src(view, inner));
    ipv4.setSrc(view, inner, address);
    this.#turn(view, at);
    return true;
  }

  #icmp6(view: DataView, at: number, inner: number, end: number): boolean {
    const message = inner + ipv6.SIZE;
    if (message + icmp.SIZE > end || ipv6.nextHeader(view, inner) !== IP_PROTOCOL.ICMPV6) {
      return false;
    }
    const type = icmp6.type(view, message);
    if (type === icmp6.ECHO_REQUEST) return this.#echo6(view, at, inner);
    return type === icmp6.NEIGHBOUR_SOLICITATION && this.#neighbour(view, at, inner, end);
  }

  #echo6(view: DataView, at: number, inner: number): boolean {
    const message = inner + ipv6.SIZE;
    if (!this.#owns6(view, inner + 24)) return false;
    for (let word = 0; word < 4; word++) {
      const address = ipv6.dstWord(view, inner, word);
      ipv6.setDstWord(view, inner, word, ipv6.srcWord(view, inner, word));
      ipv6.setSrcWord(view, inner, word, address);
    }
    ipv6.setHopLimit(view, inner, TTL);
    const before = view.getUint16(message);
    view.setUint8(message, icmp6.ECHO_REPLY);
    const checksum = update16(icmp6.checksum(view, message), before, view.getUint16(message));
    view.setUint16(message + 2, checksum);
    this.#turn(view, at);
    return true;
  }

  /** RFC 4861, section 7.2.4. */
  #neighbour(view: DataView, at: number, inner: number, end: number): boolean {
    const message = inner + ipv6.SIZE;
    const length = ipv6.payloadLength(view, inner);
    if (length < SOLICITATION || message + length > end) return false;
    // a node that has no address yet asks whether it may have this one, and is told by others
    const asker = ipv6.srcWord(view, inner, 0) | ipv6.srcWord(view, inner, 1) |
      ipv6.srcWord(view, inner, 2) | ipv6.srcWord(view, inner, 3);
    if (asker === 0 || !this.#owns6(view, message + 8)) return false;
    const option = message + SOLICITATION;
    if (length >= SOLICITATION + MAC_OPTION_BYTES && view.getUint16(option) === SOURCE_MAC) {
      view.setUint16(option, TARGET_MAC);
      ether.setDst(view, option + 2, this.#mac);
    } else if (length > SOLICITATION) {
      return false;
    }
    for (let word = 0; word < 4; word++) {
      ipv6.setDstWord(view, inner, word, ipv6.srcWord(view, inner, word));
      ipv6.setSrcWord(view, inner, word, view.getUint32(message + 8 + 4 * word));
    }
    ipv6.setHopLimit(view, inner, ND_HOPS);
    view.setUint8(message, icmp6.NEIGHBOUR_ADVERTISEMENT);
    view.setUint32(message + 4, icmp6.SOLICITED | icmp6.OVERRIDE);
    view.setUint16(message + 2, 0);
    const sum = pseudo6(view, inner, IP_PROTOCOL.ICMPV6, length);
    view.setUint16(message + 2, compute(view, message, length, sum));
    this.#turn(view, at);
    return true;
  }
}
