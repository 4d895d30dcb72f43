/**
 * Bytes that no header describes: what a packet carries, and what only fills its frame (IEEE
 * 802.3-2022, clause 3.2.8).
 *
 * @module
 */

import type { Codec, Given, Layer, Place } from "./layer.ts";
import { copyBytes, putBytes } from "./fields.ts";

/** Fields of payload and of padding. */
export interface Bytes {
  /** The bytes. */
  bytes: Uint8Array;
}

const NONE = new Uint8Array(0);

/**
 * Bytes behind the end of the packet that the length fields tell, as an Ethernet frame has them
 * when it would be too short. `frame(...).size(60)` adds as many as are missing.
 *
 * @param bytes the bytes, or a number of zero bytes.
 */
export function padding(bytes: Uint8Array | number): Layer<"padding"> {
  return { name: "padding", bytes: typeof bytes === "number" ? new Uint8Array(bytes) : bytes };
}

const sizeOf = ({ bytes = NONE }: Given<Bytes>) => bytes.length;

function write({ bytes = NONE }: Given<Bytes>, { view, at }: Place): void {
  putBytes(view, at, bytes);
}

const fields = (view: DataView, at: number, end: number) => (
  { offset: at, size: end - at, bytes: copyBytes(view, at, end) }
);

/** @internal */
export const payloadCodec: Codec<"payload"> = {
  minimum: 0,
  size: sizeOf,
  write,
  read: (view, at, end) => ({ layer: { name: "payload", ...fields(view, at, end) } }),
};

/** @internal */
export const paddingCodec: Codec<"padding"> = {
  minimum: 0,
  size: sizeOf,
  write,
  read: (view, at, end) => ({ layer: { name: "padding", ...fields(view, at, end) } }),
};
