/**
 * Work on the headers of each packet, as a script does it: by the functions of `denodpdk/net`.
 * `c/packets.c` is the same in C.
 *
 * @module
 */

import type { Burst } from "../../../../mod.ts";
import { ether, ipv4, udp } from "../../../../ffi/net/net.ts";
import { TTL } from "./templates.ts";

/** Room for flows, a power of two. */
const SLOTS = 16_384;
const LAST = SLOTS - 1;

/** What mode `filter` keeps: half of the packets. */
export const EXPRESSION = "udp port 53 and net 10.0.0.0/8";

/** Where the next router is. */
const NEXT_HOP = 0x02_00_00_00_00_99;

/** Counts packets by their addresses, protocol and ports. */
export class Flows {
  /** Of each slot: source, destination, ports, protocol; 0 where there is no flow. */
  readonly #keys = new Int32Array(4 * SLOTS);
  readonly #packets = new Float64Array(SLOTS);

  /** Counts the packets of a burst. */
  count(burst: Burst): void {
    const { view, offsets, count } = burst;
    const keys = this.#keys;
    const packets = this.#packets;
    for (let i = 0; i < count; i++) {
      const at = offsets[i]!;
      if (ether.type(view, at) !== ether.IPV4) continue;
      const ip = at + ether.SIZE;
      const l4 = ip + ipv4.headerSize(view, ip);
      const src = ipv4.src(view, ip) | 0;
      const dst = ipv4.dst(view, ip) | 0;
      const ports = udp.srcPort(view, l4) << 16 | udp.dstPort(view, l4);
      const protocol = ipv4.protocol(view, ip);
      let slot = Math.imul(src, 0x9e37_79b1) ^ Math.imul(dst, 0x85eb_ca6b) ^
        Math.imul(ports, 0xc2b2_ae35) ^ protocol;
      for (slot = (slot ^ slot >>> 15) & LAST;; slot = slot + 1 & LAST) {
        const key = 4 * slot;
        if (
          keys[key] === src && keys[key + 1] === dst && keys[key + 2] === ports &&
          keys[key + 3] === protocol
        ) {
          break;
        }
        if (keys[key + 3] !== 0) continue;
        keys[key] = src;
        keys[key + 1] = dst;
        keys[key + 2] = ports;
        keys[key + 3] = protocol;
        break;
      }
      packets[slot]!++;
    }
  }
}

/** By how much the checksum is lower when the time to live is `TTL` again and not 1. */
const LIFE = (TTL - 1) << 8;

/** A MAC address as a number. */
export function macOf(bytes: Uint8Array): number {
  return bytes.reduce((mac, byte) => mac * 256 + byte, 0);
}

/**
 * What a router does: both MAC addresses, the time to live, and the checksum with it.
 *
 * @param source The address of the port that the packets leave by.
 */
export function route(burst: Burst, source: number): void {
  const { view, offsets, count } = burst;
  for (let i = 0; i < count; i++) {
    const at = offsets[i]!;
    if (ether.type(view, at) !== ether.IPV4) continue;
    const ip = at + ether.SIZE;
    ether.setDst(view, at, NEXT_HOP);
    ether.setSrc(view, at, source);
    if (ipv4.ttl(view, ip) > 1) {
      ipv4.decrementTtl(view, ip);
    } else {
      // a new packet, as it were: the mbuf comes back with what was written here. A call that V8 does
      // not inline, as of what is rarely done, would have it look anew at each packet at its arrays
      const sum = ipv4.checksum(view, ip);
      ipv4.setTtl(view, ip, TTL);
      ipv4.setChecksum(view, ip, sum > LIFE ? sum - LIFE : sum + 0xffff - LIFE);
    }
  }
}
