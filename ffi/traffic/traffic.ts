/**
 * Traffic: what sends packets at a rate, judges what came back and searches for the rate that a
 * device forwards. Nothing here needs DPDK but what sends and receives; the rest is pure code, with
 * its clock and its measurements handed in.
 *
 * ## Say what to send
 *
 * - {@linkcode flow}: packets that are alike but for some fields, a {@linkcode Flow}; the fields
 *   have values of a {@linkcode range}, a {@linkcode list} or a {@linkcode counter}, or
 *   {@linkcode random} ones. {@linkcode parseFlow} reads one from a command line.
 * - {@linkcode Rate}: `2Mpps`, `5Gbps`, `30%`, `max`; {@linkcode lineRate} is what a link carries,
 *   {@linkcode FCS_BYTES} and {@linkcode WIRE_BYTES} what a frame takes beside the packet.
 * - {@linkcode FrameSizes}: one size, some, or a mix; {@linkcode RFC2544_FRAME_SIZES}.
 * - {@linkcode Pacer}: which packets are due, at a constant rate, in bursts or as a Poisson process.
 *
 * ## Send
 *
 * - {@linkcode Sender}: sends flows as a pacer says, out of one queue.
 *
 * ## Replay
 *
 * - {@linkcode ReplayFile}: a capture file that is read ahead, on the main thread; addresses and VLANs
 *   are changed on the way.
 * - {@linkcode Replayer}: sends what was read, on an lcore, by the times of the file or at a rate;
 *   {@linkcode ReplayCounts} tells the main thread of it.
 *
 * ## Capture
 *
 * - {@linkcode Capture}: makes records of capture files of packets, on an lcore;
 *   {@linkcode CaptureFiles} writes them, on the main thread.
 *
 * ## Measure
 *
 * - {@linkcode Receiver}: finds the probes among what comes, and judges each stream.
 * - {@linkcode measureFloor}: the latency that is there without a device.
 * - {@linkcode Histogram}: latencies, exact counts, percentiles.
 * - {@linkcode StreamJudge}: loss, copies, changed order, delays and how they vary, of one stream.
 * - {@linkcode mergeReceived}, {@linkcode streamReport}, {@linkcode mergePaced}: what several lcores
 *   and processes did, as one.
 *
 * ## Answer
 *
 * - {@linkcode Responder}: answers ARP, neighbour solicitations and pings for addresses.
 *
 * ## Search
 *
 * - {@linkcode search}: the highest loads at which a device reaches goals, by the method MLRsearch;
 *   {@linkcode NDR}, {@linkcode PDR} and {@linkcode RFC2544_THROUGHPUT} are such goals.
 * - {@linkcode backToBack}: the longest burst that a device takes.
 *
 * @example Percentiles of latencies
 * ```ts
 * import { Histogram } from "denodpdk/traffic";
 *
 * const latency = new Histogram();
 * for (const nanoseconds of [900, 1_000, 1_100, 25_000]) latency.record(nanoseconds);
 * console.log(latency.percentile(50), latency.max); // 1000 25000
 * ```
 *
 * @module
 */

export { backToBack, type BackToBackOptions, type BackToBackResult } from "./back_to_back.ts";
export { type FloorOptions, measureFloor, type Way, type WayBack } from "./floor.ts";
export { Capture, type CaptureOptions, type CaptureReport } from "./capture.ts";
export { CaptureFiles, type CaptureFilesOptions } from "./capture_files.ts";
export { Flow, flow, type FlowMemory, type FlowOptions } from "./flow.ts";
export { parseFlow } from "./flow_text.ts";
export type { DensityData } from "./density.ts";
export { type FrameSize, FrameSizes, RFC2544_FRAME_SIZES } from "./frame_sizes.ts";
export { Histogram, type HistogramData, type LatencySummary } from "./histogram.ts";
export { type MergeOptions, mergePaced, mergeReceived, streamReport } from "./merge.ts";
export { Pacer, type PaceReport, type PacerOptions, type Spacing } from "./pacing.ts";
export type { FieldSource, VaryingFields } from "./places.ts";
export { FCS_BYTES, lineRate, Rate, type RateKind, WIRE_BYTES } from "./rate.ts";
export {
  type GoalResult,
  type Measure,
  NDR,
  PDR,
  RFC2544_THROUGHPUT,
  search,
  type SearchGoal,
  type SearchOptions,
  type SearchResult,
} from "./search.ts";
export {
  type PacketsInMemory,
  Receiver,
  type ReceiverData,
  type ReceiverOptions,
} from "./receiver.ts";
export { Responder, type ResponderOptions } from "./responder.ts";
export { ReplayCounts, type ReplayLaneReport, type ReplayReport } from "./replay_counts.ts";
export {
  ReplayFile,
  type ReplayFileOptions,
  type ReplayFileReport,
  type ReplayFileState,
} from "./replay_file.ts";
export { Replayer, type ReplayerOptions, type ReplayLane } from "./replayer.ts";
export type { Rewriting } from "./rewrite.ts";
export { Sender, type SenderOptions } from "./sender.ts";
export {
  type StreamData,
  StreamJudge,
  type StreamJudgeOptions,
  type StreamReport,
} from "./stream.ts";
export type { Trial, TrialDone, TrialResult } from "./trials.ts";
export {
  counter,
  type FieldValue,
  list,
  random,
  range,
  type StepOptions,
  type Varying,
} from "./varying.ts";
