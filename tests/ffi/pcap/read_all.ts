/**
 * All packets of a capture, and the error that ended them.
 *
 * @module
 */

import { type CapturedPacket, PcapReader } from "../../../ffi/pcap/pcap.ts";

/** What a reader gave. */
export interface ReadAll {
  packets: CapturedPacket[];
  error: unknown;
  reader: PcapReader;
}

async function drain(reader: PcapReader): Promise<ReadAll> {
  const packets: CapturedPacket[] = [];
  try {
    for await (const packet of reader) packets.push(packet);
    return { packets, error: undefined, reader };
  } catch (error) {
    return { packets, error, reader };
  }
}

/** Reads a file to its end. */
export async function readFile(path: string): Promise<ReadAll> {
  await using reader = PcapReader.open(path);
  return await drain(reader);
}

/** Reads bytes that come in pieces. */
export async function readBytes(bytes: Uint8Array, piece = 65_536): Promise<ReadAll> {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.slice(at, at + piece);
  }
  return await drain(PcapReader.from(pieces(), "x.pcap"));
}

/** The packets, as text that compares. */
export function shown(packets: readonly CapturedPacket[]): string[] {
  return packets.map(({ data, length, seconds, nanoseconds, comment, interface: on }) =>
    `${seconds}.${
      String(nanoseconds).padStart(9, "0")
    } if${on.index} ${data.toHex()} of ${length}` +
    (comment === undefined ? "" : ` ${comment}`)
  );
}
