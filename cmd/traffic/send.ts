/**
 * `send`: sends flows at a rate.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { createPktmbufPool, type Port, type PortInfo } from "../../mod.ts";
import { measuredCyclesPerSecond } from "../../ffi/eal_api.ts";
import {
  FrameSizes,
  mergePaced,
  Pacer,
  type PaceReport,
  Rate,
  type Spacing,
} from "../../ffi/traffic/traffic.ts";
import { counted } from "../lib/counted.ts";
import { flag, integer, optional, type OptionValues, refuse, text } from "../lib/options.ts";
import { say } from "../lib/stdout.ts";
import { command, DURATION, PORT, rate, readable } from "./command.ts";
import { flowOf } from "./flow.ts";
import { microseconds, packetRate } from "./lines.ts";
import { OUTPUTS, saveResults } from "./results.ts";
import type { SendWork } from "./send_lcore.ts";
import { isSoftware, lcores, session } from "./session.ts";
import { sendTables } from "./tables.ts";
import { watch } from "./watch.ts";

/** How many streams there are. */
const STREAMS = 65_536;
const MBUFS = 8191;
const MBUF_CACHE = 256;

/**
 * How long a port stays open behind the last packet, in milliseconds: the other end of a software port
 * loses what it has not taken yet when the port closes.
 */
export const DRAIN = 1000;

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
  rate: rate("max"),
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
  retry: flag("--retry"),
  stream: optional("--stream", "a stream from 0 to 65535", integer(0, STREAMS - 1), undefined),
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

/**
 * What the lcores are to do, each with its queue, pool and share of the rate, and the pacers whose
 * counts the main thread sees.
 */
function plan(
  options: OptionValues<typeof OPTIONS>,
  port: Port,
  info: PortInfo,
): { works: SendWork[]; pacers: Pacer[]; meanFrame: number } {
  const flow = flowOf(options);
  const rate = Rate.parse(options.rate);
  const says = isSoftware(info) ? undefined : port.link().speed;
  const link = rate.kind === "share" ? port.link().speed : says;
  const packets = rate.packetsPerSecond(flow.meanFrame, link || undefined);
  const cyclesPerSecond = measuredCyclesPerSecond();
  const { frame, size, stream, spacing, retry, duration } = options;
  const pool = { cacheSize: MBUF_CACHE, longest: flow.maxLength };
  const { length } = lcores();
  const pacers = Array.from(
    { length },
    () => new Pacer({ cyclesPerSecond, rate: packets / length }),
  );
  const works = pacers.map(({ buffer }, i): SendWork => ({
    tx: port.txQueue(i),
    pool: createPktmbufPool(`traffic_send_${i}`, MBUFS, pool),
    flow: { frame, size, stream: stream === undefined ? undefined : stream + i },
    spacing,
    retry,
    seconds: duration,
    pacer: buffer,
  }));
  return { works, pacers, meanFrame: flow.meanFrame };
}

/** The command. */
export const SEND = command(OPTIONS, (options) => {
  // a wrong frame is refused before anything is started
  flowOf(options);
  return session(async (session) => {
    const queues = lcores().length;
    const { stream } = options;
    if (stream !== undefined && stream + queues > STREAMS) {
      const last = STREAMS - queues;
      refuse("--stream", `a stream from 0 to ${last} for ${queues} lcores`, `${stream}`);
    }
    const { port, info } = session.open(options.port, { txQueues: queues });
    const { works, pacers, meanFrame } = plan(options, port, info);
    const { points, begin, stop } = watch({
      verb: "sent",
      duration: options.duration,
      counts: () => {
        const { sent, late } = mergePaced(pacers.map((pacer) => pacer.report()));
        return { packets: sent, bits: 8 * sent * meanFrame, late };
      },
      isRunning: () => pacers.every(({ isStarted }) => isStarted),
    });
    const module = new URL("./send_lcore.ts", import.meta.url);
    const reports = await session.runAll<SendWork, PaceReport>(module, works).finally(stop);
    const report = mergePaced(reports);
    await delay(DRAIN);
    for (const line of sendLines(report)) say(line);
    const streams = stream === undefined
      ? {}
      : Object.fromEntries(reports.map(({ sent }, i) => [stream + i, sent]));
    const result = { report, streams };
    saveResults(options, {
      command: "send",
      args: session.args,
      begin: begin(),
      seconds: report.seconds,
      series: [{ name: "sent", points }],
      tables: sendTables(result),
      result,
    });
    return 0;
  });
});
