/**
 * Capture files of net_pcap: what it reads and writes.
 *
 * @module
 */

import { PcapReader, PcapWriter } from "../../ffi/pcap/pcap.ts";

/** Writes packets to a capture file, a second apart. */
export function writePcap(path: string, packets: readonly Uint8Array[]): void {
  using writer = PcapWriter.create(path, { format: "pcap", interfaces: [{ resolution: "us" }] });
  packets.forEach((packet, seconds) => writer.write(packet, { time: { seconds, nanoseconds: 0 } }));
}

/**
 * The packets of a capture file.
 *
 * @throws {Error} for a file of another format, one that ends early, and a packet that was cut.
 */
export function readPcap(path: string): Uint8Array[] {
  return PcapReader.readSync(path).map(({ data, length }, i) => {
    if (data.length !== length) throw new Error(`${path}: packet ${i} was cut`);
    return data;
  });
}
