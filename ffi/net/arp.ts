/**
 * Address resolution: RFC 826, "Packet format" (28 bytes for IPv4 over Ethernet); `rte_arp.h`.
 *
 * @module
 */

import type { Codec, Given, Layer } from "./layer.ts";
import { put16, put8, putIpv4, putMac } from "./fields.ts";
import { formatIpv4, formatMac } from "./address.ts";

/** Fields of an ARP message for IPv4 over Ethernet. */
export interface Arp {
  /** Hardware address space, 1 is Ethernet: `ar$hrd`. */
  hardware: number;
  /** Protocol address space, an EtherType: `ar$pro`. */
  protocol: number;
  /** Bytes of a hardware address: `ar$hln`. */
  hardwareSize: number;
  /** Bytes of a protocol address: `ar$pln`. */
  protocolSize: number;
  /** The operation, `arp.REQUEST` or `arp.REPLY`: `ar$op`. */
  operation: number;
  /** Hardware address of the sender: `ar$sha`. */
  senderMac: string;
  /** Protocol address of the sender: `ar$spa`. */
  senderIp: string;
  /** Hardware address of the target: `ar$tha`. */
  targetMac: string;
  /** Protocol address of the target: `ar$tpa`. */
  targetIp: string;
}

/** An ARP message to build: RFC 826. It is a request unless `operation` says otherwise. */
export function arp(fields: Given<Arp> = {}): Layer<"arp"> {
  return { ...fields, name: "arp" };
}

/** The fields in a packet's bytes, for loops: RFC 826. `at` is the first byte of the message. */
// deno-lint-ignore no-namespace -- a builder with the fields beside it: one name for one header
export namespace arp {
  /** Bytes of a message. */
  export const SIZE = 28;
  /** Operation of a request: `RTE_ARP_OP_REQUEST`. */
  export const REQUEST = 1;
  /** Operation of a reply: `RTE_ARP_OP_REPLY`. */
  export const REPLY = 2;

  /** Operation: `arp_opcode`. */
  export function operation(view: DataView, at: number): number {
    return view.getUint16(at + 6);
  }

  /** Sets the operation. */
  export function setOperation(view: DataView, at: number, operation: number): void {
    view.setUint16(at + 6, operation);
  }

  /** MAC address of the sender: `arp_sha`. */
  export function senderMac(view: DataView, at: number): number {
    return view.getUint16(at + 8) * 0x1_0000_0000 + view.getUint32(at + 10);
  }

  /** Sets the MAC address of the sender. */
  export function setSenderMac(view: DataView, at: number, mac: number): void {
    view.setUint16(at + 8, (mac / 0x1_0000_0000) | 0);
    view.setInt32(at + 10, mac | 0);
  }

  /** IPv4 address of the sender: `arp_sip`. */
  export function senderIp(view: DataView, at: number): number {
    return view.getUint32(at + 14);
  }

  /** Sets the IPv4 address of the sender. */
  export function setSenderIp(view: DataView, at: number, address: number): void {
    view.setUint32(at + 14, address);
  }

  /** MAC address of the target: `arp_tha`. */
  export function targetMac(view: DataView, at: number): number {
    return view.getUint16(at + 18) * 0x1_0000_0000 + view.getUint32(at + 20);
  }

  /** Sets the MAC address of the target. */
  export function setTargetMac(view: DataView, at: number, mac: number): void {
    view.setUint16(at + 18, (mac / 0x1_0000_0000) | 0);
    view.setInt32(at + 20, mac | 0);
  }

  /** IPv4 address of the target: `arp_tip`. */
  export function targetIp(view: DataView, at: number): number {
    return view.getUint32(at + 24);
  }

  /** Sets the IPv4 address of the target. */
  export function setTargetIp(view: DataView, at: number, address: number): void {
    view.setUint32(at + 24, address);
  }
}

/** @internal */
export const arpCodec: Codec<"arp"> = {
  minimum: 8,
  size: () => 28,
  write(layer, { view, at }) {
    put16(view, at, "arp hardware", layer.hardware ?? 1);
    put16(view, at + 2, "arp protocol", layer.protocol ?? 0x0800);
    put8(view, at + 4, "arp hardwareSize", layer.hardwareSize ?? 6);
    put8(view, at + 5, "arp protocolSize", layer.protocolSize ?? 4);
    put16(view, at + 6, "arp operation", layer.operation ?? arp.REQUEST);
    putMac(view, at + 8, layer.senderMac ?? 0);
    putIpv4(view, at + 14, layer.senderIp ?? 0);
    putMac(view, at + 18, layer.targetMac ?? 0);
    putIpv4(view, at + 24, layer.targetIp ?? 0);
  },
  read(view, at, end) {
    const [hardwareSize, protocolSize] = [view.getUint8(at + 4), view.getUint8(at + 5)];
    if (hardwareSize !== 6 || protocolSize !== 4) {
      return `arp: addresses of ${hardwareSize} and ${protocolSize} bytes are not read`;
    }
    if (end - at < 28) return `arp: ${end - at} of 28 bytes`;
    return {
      layer: {
        name: "arp",
        offset: at,
        size: 28,
        hardware: view.getUint16(at),
        protocol: view.getUint16(at + 2),
        hardwareSize,
        protocolSize,
        operation: arp.operation(view, at),
        senderMac: formatMac(arp.senderMac(view, at)),
        senderIp: formatIpv4(arp.senderIp(view, at)),
        targetMac: formatMac(arp.targetMac(view, at)),
        targetIp: formatIpv4(arp.targetIp(view, at)),
      },
      end: at + 28,
    };
  },
};
