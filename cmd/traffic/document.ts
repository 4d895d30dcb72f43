/**
 * The result document: what a command of traffic measured, with all that is needed to judge it. It
 * is what `--json` writes and `report` reads.
 *
 * @module
 */

import type {
  HistogramData,
  PaceReport,
  ReceiverData,
  SearchResult,
} from "../../ffi/traffic/traffic.ts";
import type { Machine } from "./machine.ts";

/** What says that a file is such a document. */
export const TOOL = "denodpdk traffic";
/** The version of the format. A reader refuses others. */
export const FORMAT = 1;

/** Latencies of a second, microseconds. */
export interface LatencyPoint {
  p50: number;
  p90: number;
  p99: number;
  p999: number;
  max: number;
}

/**
 * A second of a series. In runs of more than two hours an old point stands for several: with all their
 * late and lost packets, the mean rate, and the highest of each percentile.
 */
export interface SeriesPoint {
  /** Seconds since the beginning, at the end of this second. */
  seconds: number;
  /** Packets a second. */
  packetsPerSecond: number;
  /** Bits a second of layer 2: of frames with their check sequence. */
  bitsPerSecond: number;
  /** How many packets were late in this second. */
  late?: number;
  /** How many packets were lost in this second, as far as that is known. */
  lost?: number;
  /** Latencies of the packets that came in this second. */
  latency?: LatencyPoint;
}

/** How something went on, second by second. */
export interface Series {
  /** What happened to the packets, as `sent` or `received`; with a port where there are several. */
  name: string;
  points: SeriesPoint[];
}

/** A search for the rate that a device forwards, at one frame size. */
export interface SearchRecord {
  /** The frame size, as `64` or `imix`. */
  name: string;
  /** Bits of an average frame with its check sequence: what a packet a second is in bits. */
  frameBits: number;
  /** The names of the goals, as `NDR` and `PDR`, in the order of the result's goals. */
  goals: string[];
  result: SearchResult;
}

/** Latencies of something that is no stream of `receive`, as of a trial. */
export interface LatencyRecord {
  name: string;
  histogram: HistogramData;
  /** How many of the histogram's values are a microsecond. */
  cyclesPerMicrosecond: number;
}

/** A value of a table; numbers are shown as they are, so a unit is in the column's title. */
export type TableCell = string | number;

/** A table of results. */
export interface ResultTable {
  title: string;
  head: string[];
  rows: TableCell[][];
}

/** What `send` did. `asked` and `askedRate` are null where the rate was `max`. */
export interface SendResult {
  report: PaceReport;
  /** How many probes of each stream were sent. */
  streams: Record<number, number>;
}

/** What came on a queue. */
export interface QueueCounts {
  packets: number;
  bytes: number;
  probes: number;
  /** The numbers of the streams of which probes came. */
  streams: number[];
}

/** What `receive` got. Times of streams are in cycles. */
export interface ReceiveResult extends ReceiverData {
  /** What came on each queue, where there are several. */
  queues?: QueueCounts[];
  seconds: number;
  /** How many questions were answered; undefined where none should be. */
  answered?: number;
  /** How many cycles are a microsecond. */
  cyclesPerMicrosecond: number;
  /** Latencies of probes through memory, without a port: what is the tool's own, in cycles. */
  floor?: HistogramData;
}

/** What `report` makes of the documents of several processes or boxes. */
export interface ReportResult {
  /** The names of their files. */
  names: string[];
  /** The documents. */
  parts: ResultDocument[];
}

/** What was measured, by command. */
export type CommandResult =
  | { command: "send"; result: SendResult }
  | { command: "receive"; result: ReceiveResult }
  | { command: "report"; result: ReportResult }
  | { command: "ndr" | "rfc2544" | "replay" | "capture"; result: object };

/** What a command measured. */
export type Measured = CommandResult & {
  /** The command line, EAL's options among it. */
  args: readonly string[];
  /** When it began. */
  begin: Date;
  /** How long it took. */
  seconds: number;
  /** How it went on, second by second. */
  series?: Series[];
  /** Searches, for the plots of their trials. */
  searches?: SearchRecord[];
  /** Latencies, for the plot of their distribution. */
  latencies?: LatencyRecord[];
  /** What a reader must know to judge the results, a sentence each. */
  notes?: string[];
  /** The results as they are to be shown. */
  tables: ResultTable[];
};

/** A result document. */
export type ResultDocument = Omit<Measured, "begin" | "command" | "result"> & CommandResult & {
  tool: typeof TOOL;
  format: typeof FORMAT;
  /** The version of denodpdk. */
  version: string;
  machine: Machine;
  /** When it began, ISO 8601. */
  begin: string;
};

/** The document as text: what is infinite is null. */
export function documentText(document: ResultDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
