/**
 * `replay`: sends the packets of capture files.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { createPktmbufPool, type Port, type PortInfo } from "../../mod.ts";
import { Lcore, measuredCyclesPerSecond } from "../../ffi/eal_api.ts";
import { parseIpv4, parseIpv6, parseMac } from "../../ffi/net/net.ts";
import {
  FCS_BYTES,
  Rate,
  ReplayCounts,
  ReplayFile,
  type ReplayFileReport,
  type ReplayReport,
  type Rewriting,
} from "../../ffi/traffic/traffic.ts";
import { counted } from "../lib/counted.ts";
import { fail, integer, optional, type OptionValues, refuse } from "../lib/options.ts";
import { say } from "../lib/stdout.ts";
import { DURATION, fileCommand, NAME, rate, readable } from "./command.ts";
import type { ResultTable } from "./document.ts";
import { microseconds, packetRate } from "./lines.ts";
import type { ReplayWork } from "./replay_lcore.ts";
import { OUTPUTS, saveResults } from "./results.ts";
import { DRAIN } from "./send.ts";
import { isSoftware, type Session, session } from "./session.ts";
import { watch } from "./watch.ts";

const MBUFS = 8191;
const MBUF_CACHE = 256;
/** Bytes of a frame beside its payload: header, two VLAN tags and check sequence. */
const FRAME_OVERHEAD = 26;
/** The largest MTU whose packets fit into an mbuf, behind 128 bytes of headroom. */
const MTU_MAX = 65_535 - 128 - FRAME_OVERHEAD;

/** Ports, as 0 or 0,1. */
function portList(text: string): number[] | undefined {
  const read = integer(0, 1023);
  const ports = text.split(",").map(read);
  const known = ports.filter((port) => port !== undefined);
  const isRight = known.length === ports.length && new Set(known).size === known.length;
  return isRight ? known : undefined;
}

/** How much faster than the file, as 2x or 0.5. */
function speed(text: string): number | undefined {
  const value = /^\d{1,6}(\.\d{1,9})?x?$/.test(text) ? parseFloat(text) : 0;
  return value > 0 ? value : undefined;
}

const mac = readable(parseMac);
const ip = readable((text) => text.includes(":") ? parseIpv6(text) : parseIpv4(text));
const ADDRESS = "an address as 10.0.0.1 or 2001:db8::1";
const MAC = "a MAC address as 02:00:00:00:00:01";

function vlan(text: string): number | "none" | undefined {
  return text === "none" ? text : integer(1, 4094)(text);
}

const OPTIONS = {
  ports: optional("--port", "ports as 0 or 0,1, one for each file", portList, undefined),
  duration: DURATION,
  ...OUTPUTS,
  speed: optional("--speed", "how much faster than the file, as 2x or 0.5x", speed, undefined),
  rate: rate(undefined),
  loops: optional("--loop", "how often, 0 for ever", integer(0, 2 ** 31 - 1), 1),
  srcMac: optional("--src-mac", MAC, mac, undefined),
  dstMac: optional("--dst-mac", MAC, mac, undefined),
  srcIp: optional("--src-ip", ADDRESS, ip, undefined),
  dstIp: optional("--dst-ip", ADDRESS, ip, undefined),
  vlan: optional("--vlan", "a VLAN from 1 to 4094, or none", vlan, undefined),
  mtu: optional("--mtu", `an MTU from 68 to ${MTU_MAX}`, integer(68, MTU_MAX), undefined),
};

type Options = OptionValues<typeof OPTIONS>;

/** What came of a file. */
interface Replayed extends ReplayFileReport {
  file: string;
  port: number;
}

/** What `replay` did. */
export interface ReplayResult {
  report: ReplayReport;
  /** What was found in each file, in the order of the report's lanes. */
  files: Replayed[];
  /** How often the files were to be sent, 0 for ever. */
  loops: number;
}

/** What was not sent, or not as a whole, of the files. */
function foundLines({ files, loops }: ReplayResult): string[] {
  const sum = (what: "truncated" | "tooLong" | "tooShort") =>
    files.reduce((all, file) => all + file[what], 0);
  const [truncated, tooLong, tooShort] = [sum("truncated"), sum("tooLong"), sum("tooShort")];
  const each = loops === 1 ? "" : ", each time";
  return [
    ...truncated > 0
      ? [
        `truncated: ${
          counted(truncated, "packet")
        }, of which the capture has only the beginning${each}`,
      ]
      : [],
    ...tooLong > 0 ? [`left out: ${counted(tooLong, "packet")} too long for the MTU${each}`] : [],
    ...tooShort > 0
      ? [`left out: ${counted(tooShort, "packet")} shorter than an Ethernet header${each}`]
      : [],
  ];
}

/** The results in lines. */
export function replayLines(result: ReplayResult): string[] {
  const { report, files } = result;
  const { seconds, asked, sent, late, maxLate, refused, achievedRate, lanes } = report;
  const unsent = asked - sent - refused;
  return [
    `asked:    ${counted(asked, "packet")} in ${seconds.toFixed(3)} s`,
    `sent:     ${counted(sent, "packet")}, ${packetRate(achievedRate)}`,
    `late:     ${counted(late, "packet")}, ${microseconds(maxLate * 1e6)} at most`,
    `not sent: ${refused} refused by the port or for want of mbufs` +
    (unsent > 0 ? `, ${unsent} in hand at the end` : ""),
    ...foundLines(result),
    ...lanes.length === 1 ? [] : lanes.map((lane, i) => {
      const { file, port } = files[i]!;
      return `port ${port}:   ${file}: ${lane.asked} asked for, ${lane.sent} sent, ` +
        `${lane.late} late, ${lane.refused} refused`;
    }),
  ];
}

/** The results in tables. */
export function replayTables({ report, files }: ReplayResult): ResultTable[] {
  const rows = report.lanes.map(({ asked, sent, late, maxLate, refused }, i) => {
    const { file, port, truncated, tooLong, tooShort } = files[i]!;
    const most = (maxLate * 1e6).toFixed(2);
    return [file, port, asked, sent, late, most, refused, truncated, tooLong, tooShort];
  });
  return [{
    title: "Replayed",
    head: [
      ...["file", "port", "asked for", "sent", "late", "late at most, us", "refused"],
      ...["truncated in the file", "too long", "too short"],
    ],
    rows,
  }];
}

/** What is changed in the packets. */
function rewriting({ srcMac, dstMac, srcIp, dstIp, vlan }: Options): Rewriting {
  return {
    ...srcMac === undefined ? {} : { srcMac },
    ...dstMac === undefined ? {} : { dstMac },
    ...srcIp === undefined ? {} : { srcIp },
    ...dstIp === undefined ? {} : { dstIp },
    ...vlan === undefined ? {} : { vlan },
  };
}

/** A port that a file is sent out of. */
interface Opened {
  port: Port;
  info: PortInfo;
}

/** The speed of the slowest link, Mbit/s; undefined where none is known. */
function slowest(opened: readonly Opened[], rate: string | undefined): number | undefined {
  // a share is one of whatever the port says
  const asked = rate === undefined
    ? []
    : Rate.parse(rate).kind === "share"
    ? opened
    : opened.filter(({ info }) => !isSoftware(info));
  const known = asked.map(({ port }) => port.link().speed).filter((speed) => speed > 0);
  return known.length > 0 ? Math.min(...known) : undefined;
}

/** Replays files that are open; returns the status. */
async function replay(
  session: Session,
  options: Options,
  opened: readonly Opened[],
  files: readonly ReplayFile[],
): Promise<number> {
  const { duration, speed = 1, rate, loops } = options;
  const mtu = Math.max(...opened.map(({ port }) => port.mtu));
  const room = { cacheSize: MBUF_CACHE, longest: mtu + FRAME_OVERHEAD };
  const pool = createPktmbufPool("traffic_replay", MBUFS, room);
  const cyclesPerSecond = measuredCyclesPerSecond();
  const counts = new ReplayCounts({ lanes: files.length, cyclesPerSecond });
  const offsets = ReplayFile.offsets(files);
  const work: ReplayWork = {
    lanes: files.map(({ memory }, i) => ({
      tx: opened[i]!.port.txQueue(0),
      file: memory,
      offset: offsets[i]!,
    })),
    pool,
    seconds: duration,
    speed,
    rate,
    linkMbps: slowest(opened, rate),
    counts: counts.buffer,
  };
  const begin = new Date();
  const { points, stop } = watch({
    verb: "replayed",
    duration,
    counts: () => {
      const { sent, bytes, late } = counts.report();
      return { packets: sent, bits: 8 * (bytes + FCS_BYTES * sent), late };
    },
  });
  const ended = new AbortController();
  const module = new URL("./replay_lcore.ts", import.meta.url);
  const [report] = await Promise.all([
    session.run<ReplayWork, ReplayReport>(module, Lcore.main, work).finally(() => ended.abort()),
    ...files.map((file) => file.run(ended.signal)),
  ]).finally(stop);
  await delay(DRAIN);
  const result: ReplayResult = {
    report,
    files: files.map((file, i) => ({
      file: file.path,
      port: opened[i]!.port.id,
      ...file.report(),
    })),
    loops,
  };
  for (const line of replayLines(result)) say(line);
  saveResults(options, {
    command: "replay",
    args: session.args,
    begin,
    seconds: report.seconds,
    series: [{ name: "replayed", points }],
    tables: replayTables(result),
    result,
  });
  // what came before was sent
  for (const { error } of files) if (error) throw error;
  return 0;
}

/** The command. */
export const REPLAY = fileCommand(OPTIONS, (options, paths) => {
  const { ports = paths.map((_, i) => i), rate, speed, mtu, loops } = options;
  if (paths.length === 0) fail(`${NAME} replay`, "a capture file, or several", "nothing");
  if (ports.length !== paths.length) {
    refuse("--port", `${counted(paths.length, "port")}, one for each file`, `${ports}`);
  }
  if (rate !== undefined && speed !== undefined) {
    refuse("--speed", "no --rate beside it", `${speed}x`);
  }
  return session(async (session) => {
    const opened = ports.map((id) => session.open(id, mtu === undefined ? {} : { mtu }));
    await using stack = new AsyncDisposableStack();
    const files: ReplayFile[] = [];
    for (const [i, path] of paths.entries()) {
      const { mtu } = opened[i]!.port;
      const file = await ReplayFile.open(path, { rewrite: rewriting(options), loops, mtu });
      files.push(stack.use(file));
    }
    return await replay(session, options, opened, files);
  });
});
