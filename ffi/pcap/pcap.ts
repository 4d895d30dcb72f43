/**
 * Capture files, pcap and pcapng, read and written as streams; and filters, over their packets and
 * over bursts.
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
