/**
 * Checksums: RFC 1071 (Internet checksum), RFC 1624 (incremental update), pseudo headers of RFC 768,
 * RFC 9293 section 3.1 and RFC 8200 section 8.1, and CRC-32C of RFC 9260, appendix A.
 *
 * A sum is a number that has not been folded to 16 bits, so that sums over several spans can be
 * added; {@linkcode fold} makes 16 bits of it. No function allocates.
 *
 * @module
 */

/** Folds a sum below 2^32 to 16 bits: the carries are added at the low end. */
export function fold(sum: number): number {
  sum = (sum & 0xffff) + (sum >>> 16);
  return (sum & 0xffff) + (sum >>> 16);
}

/** Bytes whose sum, and that of a pseudo header, stay below 2^32. */
const CHUNK = 0x8000;

function sumChunk(view: DataView, at: number, length: number, initial: number): number {
  const end = at + length;
  const words = end - (length & 3);
  let high = 0;
  let low = 0;
  for (; at < words; at += 4) {
    const word = view.getInt32(at);
    high += word >>> 16;
    low += word & 0xffff;
  }
  if (at + 2 <= end) {
    low += view.getUint16(at);
    at += 2;
  }
  if (at < end) low += view.getUint8(at) << 8;
  return initial + high + low;
}

/**
 * Sum of the 16-bit words of a span: `rte_raw_cksum`. An odd last byte counts as the high one of a
 * word. A span that begins at an odd byte of a message must not be added to others as it is.
 *
 * @param initial sum of what comes before, not folded.
 */
export function sum(view: DataView, at: number, length: number, initial = 0): number {
  for (; length > CHUNK; at += CHUNK, length -= CHUNK) {
    initial = fold(sumChunk(view, at, CHUNK, initial));
  }
  return sumChunk(view, at, length, initial);
}

/**
 * The Internet checksum of `length` bytes from `at` on: RFC 1071. It is 0 over bytes that contain
 * their own right checksum.
 *
 * @param initial sum of what comes before, as a pseudo header, not folded.
 *
 * @example
 * ```ts
 * import { checksum } from "denodpdk/net";
 *
 * const header = Uint8Array.of(0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2);
 * console.log(checksum.compute(new DataView(header.buffer), 0, 20).toString(16)); // 66ea
 * ```
 */
export function compute(view: DataView, at: number, length: number, initial = 0): number {
  return ~fold(sum(view, at, length, initial)) & 0xffff;
}

/** Sum of IPv4's pseudo header: `rte_ipv4_phdr_cksum`; `at` is where the IPv4 header begins. */
export function pseudo4(view: DataView, at: number, protocol: number, length: number): number {
  return sum(view, at + 12, 8, protocol + length);
}

/** Sum of IPv6's pseudo header: `rte_ipv6_phdr_cksum`; `at` is where the IPv6 header begins. */
export function pseudo6(view: DataView, at: number, protocol: number, length: number): number {
  // the length has 32 bits there
  return sum(view, at + 8, 32, protocol + (length & 0xffff) + (length >>> 16));
}

/**
 * The checksum after one 16-bit word changed from `before` to `after`: RFC 1624, equation 3.
 */
export function update16(checksum: number, before: number, after: number): number {
  const changed = (~checksum & 0xffff) + (~before & 0xffff) + after;
  // two carries at most
  const once = (changed & 0xffff) + (changed >>> 16);
  return ~((once & 0xffff) + (once >>> 16)) & 0xffff;
}

/**
 * The checksum after 32 bits at an even place changed from `before` to `after`, as an IPv4 address
 * that is translated: RFC 1624, equation 3.
 */
export function update32(checksum: number, before: number, after: number): number {
  const changed = (~checksum & 0xffff) + (~before >>> 16) + (~before & 0xffff) +
    (after >>> 16) + (after & 0xffff);
  const once = (changed & 0xffff) + (changed >>> 16);
  return ~((once & 0xffff) + (once >>> 16)) & 0xffff;
}

/** CRC-32C of every byte, reflected polynomial 0x82f63b78. */
const CRC32C = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
  return crc;
});

/**
 * CRC-32C of a span: `rte_hash_crc` begins and ends otherwise, RFC 9260 appendix A is meant. SCTP
 * stores it in little endian.
 *
 * @param initial CRC of what comes before.
 */
export function crc32c(view: DataView, at: number, length: number, initial = 0): number {
  let crc = ~initial;
  for (const end = at + length; at < end; at++) {
    crc = (CRC32C[(crc ^ view.getUint8(at)) & 255] ?? 0) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}
