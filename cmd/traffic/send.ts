/**
 * `send`: sends flows at a rate.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { createPktmbufPool, type Port, type PortInfo } from "../../mod.ts";
import { Lcore, measuredCyclesPerSecond } from "../../ffi/eal_api.ts";
import {
  FrameSizes,
  Pacer,
  type PaceReport,
  Rate,
  type Spacing,
} from "../../ffi/traffic/traffic.ts";
import { counted } from "../lib/counted.ts";
import { integer, optional, type OptionValues, text } from "../lib/options.ts";
import { say } from "../lib/stdout.ts";
import { command, DURATION, PORT, readable } from "./command.ts";
import { flowOf } from "./flow.ts";
import type { ResultTable, SendResult } from "./document.ts";
import { microseconds, packetRate } from "./lines.ts";
import { OUTPUTS, saveResults } from "./results.ts";
import type { SendWork } from "./send_lcore.ts";
import { isSoftware, session } from "./session.ts";
import { watch } from "./watch.ts";

const MBUFS = 8191;
const MBUF_CACHE = 256;

/**
 * How long a port stays open behind the last packet, in milliseconds: the other end of a software port
 * loses what it has not taken yet when the port closes.
 */
const DRAIN = 1000;

function spacing(text: string): Spacing | undefined {
  if (text === "constant" || text === "poisson") return text;
  const burst = Number(/^burst:([1-9]\d{0,5})$/.exec(text)?.[1]);
  return burst > 0 ? { burst } : undefined;
}

/** Options that say what is sent, and how fast. */
export const LOAD = {
  frame: optional(
    "--frame",
    "headers as ether/ipv4(src=10.0.0.1)/udp(dport=9)",
    text,
    "ether/ipv4/udp",
  ),
  size: optional(
    "--size",
    "frame sizes as 64, 64,512,1518, 64:7,570:4 or imix",
    readable((text) => FrameSizes.parse(text)),
    "64",
  ),
  rate: optional(
    "--rate",
    "a rate as 2Mpps, 5Gbps, 5GbpsL1, 30% or max",
    readable((text) => Rate.parse(text)),
    "max",
  ),
  spacing: optional<Spacing, Spacing>(
    "--spacing",
    "constant, poisson or burst:N",
    spacing,
    "constant",
  ),
};

const OPTIONS = {
  port: PORT,
  duration: DURATION,
  ...OUTPUTS,
  ...LOAD,
  stream: optional("--stream", "a stream from 0 to 65535", integer(0, 65_535), undefined),
};

/** The results in lines. */
export function sendLines(report: PaceReport): string[] {
  const { seconds, asked, sent, late, maxLate, refused, skipped, ...rates } = report;
  const left = Math.max(0, Math.floor(asked - sent - refused - skipped));
  const due = left > 0 && left < Infinity ? `, ${left} due at the end` : "";
  const all = asked === Infinity ? "as many as it goes" : counted(Math.round(asked), "packet");
  return [
    `asked:    ${all} in ${seconds.toFixed(3)} s${
      asked === Infinity ? "" : `, ${packetRate(rates.askedRate)}`
    }`,
    `sent:     ${counted(sent, "packet")}, ${packetRate(rates.achievedRate)}`,
    `late:     ${counted(late, "packet")}, ${microseconds(maxLate * 1e6)} at most`,
    `not sent: ${refused} refused by the port or for want of mbufs, ${skipped} skipped as too late${due}`,
  ];
}

/** The results in tables. */
export function sendTables({ report, streams }: SendResult): ResultTable[] {
  const { seconds, asked, sent, late, maxLate, refused, skipped, askedRate } = report;
  const rate: ResultTable = {
    title: "Sent",
    head: ["what", "packets", "packets/s"],
    rows: [
      ["asked for", shown(Math.round(asked)), shown(Math.round(askedRate))],
      ["sent", sent, Math.round(report.achievedRate)],
      [`late, ${microseconds(maxLate * 1e6)} at most`, late, ""],
      ["refused by the port or for want of mbufs", refused, ""],
      ["skipped as too late", skipped, ""],
      [`in ${seconds.toFixed(3)} s`, "", ""],
    ],
  };
  const rows = Object.entries(streams).map(([stream, sent]) => [stream, sent]);
  const probes: ResultTable = { title: "Probes sent", head: ["stream", "packets"], rows };
  return rows.length > 0 ? [rate, probes] : [rate];
}

/** A number that is not told where the rate was `max`. */
const shown = (value: number) => isFinite(value) ? value : "max";

/** What the lcore is to do, and the pacer whose counts the main thread sees. */
function plan(
  options: OptionValues<typeof OPTIONS>,
  port: Port,
  info: PortInfo,
): { work: SendWork; pacer: Pacer; meanFrame: number } {
  const flow = flowOf(options);
  const rate = Rate.parse(options.rate);
  const says = isSoftware(info) ? undefined : port.link().speed;
  const link = rate.kind === "share" ? port.link().speed : says;
  const packets = rate.packetsPerSecond(flow.meanFrame, link || undefined);
  const pacer = new Pacer({ cyclesPerSecond: measuredCyclesPerSecond(), rate: packets });
  const { frame, size, stream, spacing, duration } = options;
  const dataRoomSize = 128 + Math.max(2048, flow.maxLength);
  const pool = createPktmbufPool("traffic_send", MBUFS, { cacheSize: MBUF_CACHE, dataRoomSize });
  const work: SendWork = {
    tx: port.txQueue(0),
    pool,
    flow: { frame, size, stream },
    spacing,
    seconds: duration,
    pacer: pacer.buffer,
  };
  return { work, pacer, meanFrame: flow.meanFrame };
}

/** The command. */
export const SEND = command(OPTIONS, (options) => {
  // a wrong frame is refused before anything is started
  flowOf(options);
  return session(async (session) => {
    const { port, info } = session.open(options.port);
    const { work, pacer, meanFrame } = plan(options, port, info);
    const begin = new Date();
    const { points, stop } = watch({
      verb: "sent",
      duration: options.duration,
      counts: () => {
        const { sent, late } = pacer.report();
        return { packets: sent, bits: 8 * sent * meanFrame, late };
      },
    });
    const module = new URL("./send_lcore.ts", import.meta.url);
    const report = await session.run<SendWork, PaceReport>(module, Lcore.main, work).finally(stop);
    await delay(DRAIN);
    for (const line of sendLines(report)) say(line);
    const { stream } = options;
    const result = { report, streams: stream === undefined ? {} : { [stream]: report.sent } };
    saveResults(options, {
      command: "send",
      args: session.args,
      begin,
      seconds: report.seconds,
      series: [{ name: "sent", points }],
      tables: sendTables(result),
      result,
    });
    return 0;
  });
});
