/**
 * Capture files: pcap and pcapng, read and written as streams.
 *
 * @module
 */

export {
  CapturedPacket,
  type CaptureInterface,
  type CaptureStatistics,
  type CaptureTime,
} from "./captured.ts";
export { LINK_TYPE } from "./link_type.ts";
export { PcapReader } from "./reader.ts";
export {
  type ByteSink,
  type PcapWriteOptions,
  PcapWriter,
  type PcapWriterInterface,
  type PcapWriterOptions,
} from "./writer.ts";
