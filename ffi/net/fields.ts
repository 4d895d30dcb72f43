/**
 * Writing what was given into a header: values are checked, since DataView would cut them silently.
 *
 * @module
 */

import {
  type Ipv4Address,
  ipv4Number,
  type Ipv6Address,
  ipv6Bytes,
  type MacAddress,
  macNumber,
} from "./address.ts";
import type { Sum } from "./layer.ts";

/**
 * @internal A value of `bits` bits.
 *
 * @param what the field, for the error: `"ipv4 ttl"`.
 * @throws {RangeError} when it does not fit.
 */
export function bits(what: string, value: number, bits: number): number {
  const most = 2 ** bits - 1;
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new RangeError(`${what} must be an integer from 0 to ${most}, got ${value}`);
}

/** @internal Writes 8 bits. */
export function put8(view: DataView, at: number, what: string, value: number): void {
  view.setUint8(at, bits(what, value, 8));
}

/** @internal Writes 16 bits. */
export function put16(view: DataView, at: number, what: string, value: number): void {
  view.setUint16(at, bits(what, value, 16));
}

/** @internal Writes 32 bits. */
export function put32(view: DataView, at: number, what: string, value: number): void {
  view.setUint32(at, bits(what, value, 32));
}

/** @internal Writes 24 bits. */
export function put24(view: DataView, at: number, what: string, value: number): void {
  view.setUint8(at, bits(what, value, 24) >>> 16);
  view.setUint16(at + 1, value & 0xffff);
}

/** @internal Reads 24 bits. */
export function get24(view: DataView, at: number): number {
  return view.getUint8(at) * 0x1_0000 + view.getUint16(at + 1);
}

/** @internal Writes a MAC address. */
export function putMac(view: DataView, at: number, address: MacAddress): void {
  const mac = macNumber(address);
  view.setUint16(at, mac / 0x1_0000_0000);
  view.setUint32(at + 2, mac);
}

/** @internal Writes an IPv4 address. */
export function putIpv4(view: DataView, at: number, address: Ipv4Address): void {
  view.setUint32(at, ipv4Number(address));
}

/** @internal Writes an IPv6 address; a number is none. */
export function putIpv6(view: DataView, at: number, address: Ipv6Address | number): void {
  if (typeof address === "number") {
    throw new RangeError(`expected an IPv6 address as 2001:db8::1, got ${address}`);
  }
  putBytes(view, at, ipv6Bytes(address));
}

/** @internal Stores a checksum. */
export function putSum(view: DataView, { at, size, value }: Sum): void {
  if (size === 2) view.setUint16(at, value);
  else view.setUint32(at, value, true);
}

/** @internal Copies bytes into a header. */
export function putBytes(view: DataView, at: number, bytes: Uint8Array): void {
  new Uint8Array(view.buffer, view.byteOffset + at, bytes.length).set(bytes);
}

/** @internal A copy of bytes of a packet: it stays when the packet goes. */
export function copyBytes(view: DataView, at: number, end: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(view.buffer, view.byteOffset + at, Math.max(0, end - at)).slice();
}
