/**
 * Capture files: pcap and pcapng, plain or packed by gzip, read and written packet by packet, so
 * that a file may be larger than memory. Filters of packets, in tcpdump's language. Nothing here
 * needs DPDK, except a filter for bursts.
 *
 * - {@linkcode PcapReader}: reads a file, or a stream as `tcpdump -w -` writes it; each packet is a
 *   {@linkcode CapturedPacket}.
 * - {@linkcode PcapWriter}: writes a file, or to what is open already.
 * - {@linkcode Filter}: a filter such as `udp port 53`, for bursts, packets and capture files.
 * - {@linkcode LINK_TYPE}: what the first header of a packet is.
 *
 * @example Keep the UDP packets of a capture
 * ```ts
 * import { PcapReader, PcapWriter } from "denodpdk/pcap";
 *
 * using writer = PcapWriter.create("udp.pcapng.gz");
 * for await (const packet of PcapReader.open("all.pcap")) {
 *   if (packet.parse().udp) writer.write(packet.data, { time: packet, length: packet.length });
 * }
 * ```
 *
 * @module
 */

export {
  CapturedPacket,
  type CaptureInterface,
  type CaptureStatistics,
  type CaptureTime,
} from "./captured.ts";
export { Filter, type Filterable, type FilterOptions } from "../bpf/filter.ts";
export { LINK_TYPE } from "./link_type.ts";
export { PcapReader } from "./reader.ts";
export {
  type ByteSink,
  type PcapWriteOptions,
  PcapWriter,
  type PcapWriterInterface,
  type PcapWriterOptions,
} from "./writer.ts";
