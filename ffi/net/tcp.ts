/**
 * TCP header: RFC 9293, section 3.1; options of RFC 9293 (MSS), RFC 7323 (window scale, timestamps)
 * and RFC 2018 (SACK); `rte_tcp.h`.
 *
 * @module
 */

import type { Codec, Given, Layer } from "./layer.ts";
import { bits, put16, put32 } from "./fields.ts";
import { type HeaderOption, optionsSize, readOptions, writeOptions } from "./options.ts";
import { transportChecksum } from "./transport.ts";

/** Fields of a TCP header. */
export interface Tcp {
  /** Source port. */
  srcPort: number;
  /** Destination port. */
  dstPort: number;
  /** Sequence number. */
  sequence: number;
  /** Acknowledgement number. */
  acknowledgement: number;
  /** Header length in units of 4 bytes. */
  dataOffset: number;
  /** Reserved bits, 0 to 15; the lowest was the NS flag once. */
  reserved: number;
  /** Eight flags: `tcp.SYN | tcp.ACK`. */
  flags: number;
  /** Window, not scaled. */
  window: number;
  /** Checksum over a pseudo header, the header and what it carries. */
  checksum: number;
  /** Urgent pointer. */
  urgent: number;
  /** Options, as `tcp.mss(1460)`; zeros fill them up to a multiple of 4 bytes. */
  options: readonly HeaderOption[];
}

/**
 * A TCP header to build: RFC 9293, section 3.1. Header length and checksum are filled. It is a SYN
 * unless `flags` says otherwise.
 *
 * @example
 * ```ts
 * import { ether, frame, ipv4, tcp } from "denodpdk/net";
 *
 * const to = ipv4({ src: "10.0.0.1", dst: "10.0.0.2" });
 * const syn = frame(ether(), to, tcp({ dstPort: 80, options: [tcp.mss(1460)] }));
 * ```
 */
export function tcp(fields: Given<Tcp> = {}): Layer<"tcp"> {
  return { ...fields, name: "tcp" };
}

function words(kind: number, ...values: number[]): HeaderOption {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, i) => put32(view, i * 4, "tcp option", value));
  return { kind, data: new Uint8Array(view.buffer) };
}

/**
 * The fields in a packet's bytes, for loops: RFC 9293, section 3.1. `at` is the first byte of the
 * header.
 *
 * @example Whether a packet of TCP over IPv4 opens a connection
 * ```ts
 * import { ether, ipv4, tcp } from "denodpdk/net";
 *
 * function isSyn(view: DataView, at: number): boolean {
 *   const header = at + ether.SIZE;
 *   const flags = tcp.flags(view, header + ipv4.headerSize(view, header));
 *   return (flags & (tcp.SYN | tcp.ACK)) === tcp.SYN;
 * }
 * ```
 */
// deno-lint-ignore no-namespace -- a builder with the fields beside it: one name for one header
export namespace tcp {
  /** Bytes of the header without options. */
  export const SIZE = 20;
  /** Flag: the sender is finished. */
  export const FIN = 0x01;
  /** Flag: synchronise. */
  export const SYN = 0x02;
  /** Flag: reset. */
  export const RST = 0x04;
  /** Flag: push. */
  export const PSH = 0x08;
  /** Flag: the acknowledgement number counts. */
  export const ACK = 0x10;
  /** Flag: the urgent pointer counts. */
  export const URG = 0x20;
  /** Flag: congestion was seen (RFC 3168). */
  export const ECE = 0x40;
  /** Flag: the congestion window was reduced (RFC 3168). */
  export const CWR = 0x80;

  /** Option that fills one byte: kind 1. */
  export const NOP: HeaderOption = { kind: 1 };
  /** Option "SACK permitted": RFC 2018, section 2. */
  export const SACK_PERMITTED: HeaderOption = { kind: 4 };

  /** Option "maximum segment size": RFC 9293, section 3.7.1. */
  export function mss(bytes: number): HeaderOption {
    bits("tcp mss", bytes, 16);
    return { kind: 2, data: Uint8Array.of(bytes >>> 8, bytes & 255) };
  }

  /** Option "window scale": RFC 7323, section 2.2. */
  export function windowScale(shift: number): HeaderOption {
    return { kind: 3, data: Uint8Array.of(bits("tcp window scale", shift, 8)) };
  }

  /** Option "SACK", edges of blocks by pairs: RFC 2018, section 3. */
  export function sack(...edges: number[]): HeaderOption {
    return words(5, ...edges);
  }

  /** Option "timestamps": RFC 7323, section 3.2. */
  export function timestamps(value: number, echoReply: number): HeaderOption {
    return words(8, value, echoReply);
  }

  /** Source port: `src_port`. */
  export function srcPort(view: DataView, at: number): number {
    return view.getUint16(at);
  }

  /** Sets the source port; the checksum stays. */
  export function setSrcPort(view: DataView, at: number, port: number): void {
    view.setUint16(at, port);
  }

  /** Destination port: `dst_port`. */
  export function dstPort(view: DataView, at: number): number {
    return view.getUint16(at + 2);
  }

  /** Sets the destination port; the checksum stays. */
  export function setDstPort(view: DataView, at: number, port: number): void {
    view.setUint16(at + 2, port);
  }

  /** Sequence number: `sent_seq`. */
  export function sequence(view: DataView, at: number): number {
    return view.getUint32(at + 4);
  }

  /** Sets the sequence number; the checksum stays. */
  export function setSequence(view: DataView, at: number, sequence: number): void {
    view.setUint32(at + 4, sequence);
  }

  /** Acknowledgement number: `recv_ack`. */
  export function acknowledgement(view: DataView, at: number): number {
    return view.getUint32(at + 8);
  }

  /** Sets the acknowledgement number; the checksum stays. */
  export function setAcknowledgement(view: DataView, at: number, number: number): void {
    view.setUint32(at + 8, number);
  }

  /** Bytes of the header, with options: `rte_tcp_hdr.data_off`. */
  export function headerSize(view: DataView, at: number): number {
    return (view.getUint8(at + 12) >>> 4) << 2;
  }

  /** Eight flags: `tcp_flags`. */
  export function flags(view: DataView, at: number): number {
    return view.getUint8(at + 13);
  }

  /** Sets the flags; the checksum stays. */
  export function setFlags(view: DataView, at: number, flags: number): void {
    view.setUint8(at + 13, flags);
  }

  /** Window: `rx_win`. */
  export function window(view: DataView, at: number): number {
    return view.getUint16(at + 14);
  }

  /** Sets the window; the checksum stays. */
  export function setWindow(view: DataView, at: number, window: number): void {
    view.setUint16(at + 14, window);
  }

  /** Checksum: `cksum`. */
  export function checksum(view: DataView, at: number): number {
    return view.getUint16(at + 16);
  }

  /** Sets the checksum. */
  export function setChecksum(view: DataView, at: number, checksum: number): void {
    view.setUint16(at + 16, checksum);
  }

  /** Urgent pointer: `tcp_urp`. */
  export function urgent(view: DataView, at: number): number {
    return view.getUint16(at + 18);
  }
}

/** @internal */
export const tcpCodec: Codec<"tcp"> = {
  minimum: 20,
  size: ({ options }) => 20 + optionsSize(options),
  write(layer, { view, at, body }) {
    put16(view, at, "tcp srcPort", layer.srcPort ?? 0);
    put16(view, at + 2, "tcp dstPort", layer.dstPort ?? 0);
    put32(view, at + 4, "tcp sequence", layer.sequence ?? 0);
    put32(view, at + 8, "tcp acknowledgement", layer.acknowledgement ?? 0);
    const offset = bits("tcp header length in 4 bytes", layer.dataOffset ?? (body - at) / 4, 4);
    view.setUint8(at + 12, (offset << 4) | bits("tcp reserved", layer.reserved ?? 0, 4));
    view.setUint8(at + 13, bits("tcp flags", layer.flags ?? tcp.SYN, 8));
    put16(view, at + 14, "tcp window", layer.window ?? 8192);
    put16(view, at + 16, "tcp checksum", layer.checksum ?? 0);
    put16(view, at + 18, "tcp urgent", layer.urgent ?? 0);
    writeOptions(view, at + 20, "tcp", layer.options);
  },
  read(view, at, end) {
    const size = tcp.headerSize(view, at);
    if (size < 20) return `tcp: a header of ${size} bytes`;
    if (end - at < size) return `tcp: ${end - at} of ${size} bytes`;
    return {
      layer: {
        name: "tcp",
        offset: at,
        size,
        srcPort: tcp.srcPort(view, at),
        dstPort: tcp.dstPort(view, at),
        sequence: tcp.sequence(view, at),
        acknowledgement: tcp.acknowledgement(view, at),
        dataOffset: size >>> 2,
        reserved: view.getUint8(at + 12) & 15,
        flags: tcp.flags(view, at),
        window: tcp.window(view, at),
        checksum: tcp.checksum(view, at),
        urgent: tcp.urgent(view, at),
        options: readOptions(view, at + 20, at + size),
      },
    };
  },
  checksum(view, at, end, under) {
    const value = transportChecksum(view, at, end, 16, 6, under);
    return value === undefined ? undefined : { at: at + 16, size: 2, value };
  },
};
