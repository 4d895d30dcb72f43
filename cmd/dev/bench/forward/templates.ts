/**
 * Packets of many flows: net_null writes nothing into the mbufs that it gives, so what is written into
 * all mbufs of a pool comes round again and again. `c/packets.c` has the same numbers.
 *
 * @module
 */

import { Burst, type Mempool } from "../../../../mod.ts";
import { ether, frame, ipv4, udp } from "../../../../ffi/net/net.ts";

/** Bytes of a frame: what net_null gives. */
const FRAME = 64;

/** Flows that the packets belong to. */
const FLOWS = 4096;

/** Time to live of a new packet. */
export const TTL = 64;

/**
 * Mbufs that an lcore keeps for itself, fewer than it has in hand: or it would always use the same
 * ones, and their flows alone would be seen.
 */
export const ROUND_CACHE = 32;

/** Writes a packet into each mbuf of a pool, all of which are free. */
export function fillWithFlows(pool: Mempool): void {
  using burst = new Burst(pool.size, { pools: [pool] });
  pool.getBulk(burst);
  for (let i = 0; i < burst.count; i++) burst.packet(i).write(template(i % FLOWS));
}

function template(flow: number): Uint8Array {
  return frame(
    ether({ dst: 0, src: 0 }),
    ipv4({ src: 0x0a00_0000 + flow, dst: "192.168.0.1", ttl: TTL }),
    udp({ srcPort: 1024 + flow, dstPort: flow % 2 === 0 ? 53 : 80, checksum: 0 }),
    new Uint8Array(FRAME - ether.SIZE - ipv4.SIZE - udp.SIZE),
  );
}
