/**
 * How packets are read and shown. The packet room does it, and is loaded by whoever imports
 * `denodpdk`: it takes as long to load as all else that a thread needs which only forwards.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import type { Parsed, ParseOptions } from "../net/parse.ts";
import type { Packet } from "./packet.ts";

/** What a port computes as it sends a packet. */
export interface ChecksumCapabilities {
  /** Whether the port computes the header checksum of IPv4. */
  ip: boolean;
  /** Whether the port computes the checksum of UDP. */
  udp: boolean;
  /** Whether the port computes the checksum of TCP. */
  tcp: boolean;
}

/** What the packet room does for packets. */
export interface PacketReader {
  /** Reads the headers. */
  parse(packet: Packet, options?: ParseOptions): Parsed;
  /** All layers and bytes as text; notes come behind the first line. */
  dump(packet: Parsed, notes: readonly string[]): string;
  /** What `console.log` shows. */
  inspect(packet: Parsed, notes: readonly string[]): string;
  /**
   * Prepares a packet so that all its checksums are right when a port with these capabilities sends
   * it.
   */
  offloadChecksums(packet: Packet, can: ChecksumCapabilities): void;
}

let reader: PacketReader | undefined;

/** Registers the reader for the packets of this thread. */
export function readPacketsBy(one: PacketReader): void {
  reader = one;
}

/**
 * The reader for the packets of this thread.
 *
 * @throws {DpdkError} where the packet room was not loaded.
 */
export function packetReader(): PacketReader {
  if (reader) return reader;
  throw new DpdkError({
    operation: "reading a packet",
    code: "ENOTSUP",
    reason: "this thread has loaded nothing that reads headers",
    hint: 'import "denodpdk"',
  });
}
