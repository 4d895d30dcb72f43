/**
 * What is sent, for each of testpmd's modes.
 *
 * @module
 */

import type { TxQueue } from "../../../../mod.ts";
import { ether, frame, ipv4, udp } from "../../../../ffi/net/net.ts";
import { type Flow, flow, range } from "../../../../ffi/traffic/traffic.ts";

/** The pool of all packets. */
export const POOL = "mbuf_pool";

/** What is sent by the lcore. */
export interface SendData {
  /** The kind of packets. */
  mode: Mode;
  /** Where to. */
  tx: TxQueue;
}

/** UDP with addresses of RFC 2544's network, no checksum of UDP: testpmd's packets. */
const PACKET = frame(
  ether({ dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01" }),
  ipv4({ src: "198.18.0.1", dst: "198.18.0.2" }),
  udp({ srcPort: 9, dstPort: 9, checksum: 0 }),
  new Uint8Array(22),
);

/**
 * Packets as those of testpmd, 64 bytes without a frame check sequence:
 *
 * - `txonly`: `--forward-mode=txonly`: all alike.
 * - `multi-flow`: with `--txonly-multi-flow`: one address differs, and the checksum with it.
 * - `flowgen`: `--forward-mode=flowgen`: four fields differ, of 1024 flows, and the checksum.
 */
export const FLOWS = {
  "txonly": (): Flow => flow(PACKET),
  "multi-flow": (): Flow => flow(PACKET, { ipv4: { src: range("198.18.0.0", 256) } }),
  "flowgen": (): Flow =>
    flow(PACKET, {
      ipv4: { src: range("10.253.0.0", 32), dst: range("10.253.1.0", 1024) },
      udp: { srcPort: range(1024, 64), dstPort: range(4096, 16) },
    }),
} as const;

/** A kind of packets. */
export type Mode = keyof typeof FLOWS;

/** Whether a text is one. */
export function isMode(text: string | undefined): text is Mode {
  return text !== undefined && text in FLOWS;
}
