/**
 * Linux "cooked" headers, which capture files of the device `any` have in place of Ethernet's:
 * LINKTYPE_LINUX_SLL (16 bytes) and LINKTYPE_LINUX_SLL2 (20 bytes) of tcpdump.org's registry of
 * link-layer header types.
 *
 * @module
 */

import type { Codec } from "./layer.ts";
import { copyBytes, put16, put32, put8, putBytes } from "./fields.ts";
import { afterEtherType, nextEtherType } from "./numbers.ts";

/** Fields of a cooked header, version 1: LINKTYPE_LINUX_SLL. */
export interface Sll {
  /** Whose it was: 0 to us, 1 broadcast, 2 multicast, 3 to others, 4 from us. */
  packetType: number;
  /** Kind of the device: `ARPHRD_*`. */
  hardware: number;
  /** Bytes of the sender's address. */
  addressLength: number;
  /** The sender's address, always 8 bytes. */
  address: Uint8Array;
  /** EtherType of what follows. */
  protocol: number;
}

/** Fields of a cooked header, version 2: LINKTYPE_LINUX_SLL2. */
export interface Sll2 extends Sll {
  /** Two reserved bytes. */
  reserved: number;
  /** Index of the interface. */
  interfaceIndex: number;
}

const NO_ADDRESS = new Uint8Array(8);

/** @internal */
export const sllCodec: Codec<"sll"> = {
  minimum: 16,
  size: () => 16,
  write(layer, place) {
    const { view, at } = place;
    put16(view, at, "sll packetType", layer.packetType ?? 0);
    put16(view, at + 2, "sll hardware", layer.hardware ?? 1);
    put16(view, at + 4, "sll addressLength", layer.addressLength ?? 6);
    putBytes(view, at + 6, (layer.address ?? NO_ADDRESS).subarray(0, 8));
    put16(view, at + 14, "sll protocol", layer.protocol ?? nextEtherType(place));
  },
  read(view, at) {
    const protocol = view.getUint16(at + 14);
    return {
      layer: {
        name: "sll",
        offset: at,
        size: 16,
        packetType: view.getUint16(at),
        hardware: view.getUint16(at + 2),
        addressLength: view.getUint16(at + 4),
        address: copyBytes(view, at + 6, at + 14),
        protocol,
      },
      ...afterEtherType("sll", protocol),
    };
  },
};

/** @internal */
export const sll2Codec: Codec<"sll2"> = {
  minimum: 20,
  size: () => 20,
  write(layer, place) {
    const { view, at } = place;
    put16(view, at, "sll2 protocol", layer.protocol ?? nextEtherType(place));
    put16(view, at + 2, "sll2 reserved", layer.reserved ?? 0);
    put32(view, at + 4, "sll2 interfaceIndex", layer.interfaceIndex ?? 0);
    put16(view, at + 8, "sll2 hardware", layer.hardware ?? 1);
    put8(view, at + 10, "sll2 packetType", layer.packetType ?? 0);
    put8(view, at + 11, "sll2 addressLength", layer.addressLength ?? 6);
    putBytes(view, at + 12, (layer.address ?? NO_ADDRESS).subarray(0, 8));
  },
  read(view, at) {
    const protocol = view.getUint16(at);
    return {
      layer: {
        name: "sll2",
        offset: at,
        size: 20,
        protocol,
        reserved: view.getUint16(at + 2),
        interfaceIndex: view.getUint32(at + 4),
        hardware: view.getUint16(at + 8),
        packetType: view.getUint8(at + 10),
        addressLength: view.getUint8(at + 11),
        address: copyBytes(view, at + 12, at + 20),
      },
      ...afterEtherType("sll2", protocol),
    };
  },
};
