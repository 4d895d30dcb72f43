/**
 * What is done to the headers of each packet, as a script does it: by the functions of `denodpdk/net`.
 * `c/packets.c` does the same.
 *
 * @module
 */

import type { Burst } from "../../../../mod.ts";
import { ether, ipv4, udp } from "../../../../ffi/net/net.ts";
import { TTL } from "./templates.ts";

/** Room for flows, a power of two. */
const SLOTS = 16_384;

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
    for (let i = 0; i < count; i++) {
      const at = offsets[i]!;
      if (ether.type(view, at) !== ether.IPV4) continue;
      const ip = at + ether.SIZE;
      const l4 = ip + ipv4.headerSize(view, ip);
      this.#add(
        ipv4.src(view, ip) | 0,
        ipv4.dst(view, ip) | 0,
        udp.srcPort(view, l4) << 16 | udp.dstPort(view, l4),
        ipv4.protocol(view, ip),
      );
    }
  }

  #add(src: number, dst: number, ports: number, protocol: number): void {
    const keys = this.#keys;
    let slot = Math.imul(src, 0x9e37_79b1) ^ Math.imul(dst, 0x85eb_ca6b) ^
      Math.imul(ports, 0xc2b2_ae35) ^ protocol;
    for (slot ^= slot >>> 15;; slot++) {
      const index = slot & (SLOTS - 1);
      const at = 4 * index;
      if (keys[at + 3] === 0) {
        keys[at] = src;
        keys[at + 1] = dst;
        keys[at + 2] = ports;
        keys[at + 3] = protocol;
      } else if (
        keys[at] !== src || keys[at + 1] !== dst || keys[at + 2] !== ports ||
        keys[at + 3] !== protocol
      ) {
        continue;
      }
      this.#packets[index]!++;
      return;
    }
  }
}

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
      // a new packet, as it were: the mbuf comes back with what was written here
      ipv4.setTtl(view, ip, TTL);
      ipv4.fillChecksum(view, ip);
    }
  }
}
