/**
 * `capture`: writes what comes into capture files.
 *
 * @module
 */

import { Lcore } from "../../ffi/eal_api.ts";
import { Filter } from "../../ffi/pcap/pcap.ts";
import { CaptureFiles, FCS_BYTES } from "../../ffi/traffic/traffic.ts";
import { counted } from "../lib/counted.ts";
import {
  fail,
  integer,
  optional,
  type OptionValues,
  type Reader,
  refuse,
  text,
} from "../lib/options.ts";
import { say } from "../lib/stdout.ts";
import { CaptureCounts } from "./capture_counts.ts";
import type { Captured, CaptureWork } from "./capture_lcore.ts";
import { type Missed, refuseForeign, sourceOf } from "./capture_source.ts";
import { DURATION, fileCommand, NAME, seconds } from "./command.ts";
import type { ResultTable } from "./document.ts";
import { packetRate } from "./lines.ts";
import { OUTPUTS, saveResults } from "./results.ts";
import { type Session, session } from "./session.ts";
import { watch } from "./watch.ts";

/** The longest packet of a capture file. */
const SNAP_MAX = 262_144;
/** The shortest file that is worth one. */
const FILE_MIN = 4096;

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, g: 1e9 };

/** Bytes as 1000000, 1M or 1MB. */
const bytes: Reader<number> = (text) => {
  const [, digits, unit = ""] = /^(\d{1,15})([kmg]?)b?$/i.exec(text) ?? [];
  const value = Number(digits) * UNITS[unit.toLowerCase()]!;
  return value >= FILE_MIN && value <= Number.MAX_SAFE_INTEGER ? value : undefined;
};

const OPTIONS = {
  port: optional("--port", "a port from 0 to 1023", integer(0, 1023), undefined),
  queue: optional("--queue", "a queue from 0 to 65535", integer(0, 65_535), undefined),
  ring: optional("--ring", "the name of a ring", text, undefined),
  duration: DURATION,
  ...OUTPUTS,
  filter: optional("--filter", "an expression as udp port 53", text, undefined),
  count: optional("--count", "how many packets, 1 or more", integer(1, 2 ** 31), undefined),
  snapLength: optional("--snaplen", `bytes from 1 to ${SNAP_MAX}`, integer(1, SNAP_MAX), undefined),
  rotateBytes: optional("--rotate-size", "bytes as 100M, 4096 or more", bytes, undefined),
  rotateSeconds: optional("--rotate-seconds", "seconds, above 0", seconds, undefined),
  files: optional("--files", "how many files are kept, 1 or more", integer(1, 99_999), undefined),
};

type Options = OptionValues<typeof OPTIONS>;

/** What `capture` did. */
export interface CaptureResult extends Omit<Captured, "isForeign">, Missed {
  /** Packets in files. */
  written: number;
  /** The files that there are. */
  files: readonly string[];
}

/** The results in lines. */
export function captureLines(result: CaptureResult): string[] {
  const { seconds, received, filtered, captured, written, dropped, imissed, rxNombuf } = result;
  const { files } = result;
  const [first = "no file"] = files;
  const into = files.length > 1 ? `${files.length} files, ${first} to ${files.at(-1)}` : first;
  const rate = seconds > 0 ? received / seconds : 0;
  return [
    `received: ${counted(received, "packet")} in ${seconds.toFixed(3)} s, ${packetRate(rate)}`,
    ...filtered > 0 ? [`filtered: ${counted(filtered, "packet")} that did not match`] : [],
    `captured: ${counted(captured, "packet")}, into ${into}` +
    (written < captured ? `, of which ${captured - written} could not be written` : ""),
    `lost:     ${dropped} for want of memory while the file was written, ` +
    `${imissed} missed by the port, ${rxNombuf} for want of mbufs`,
  ];
}

/** The results in tables. */
export function captureTables(result: CaptureResult): ResultTable[] {
  const { received, filtered, captured, written, dropped, imissed, rxNombuf, files } = result;
  return [
    {
      title: "Captured",
      head: ["what", "packets"],
      rows: [
        ["received", received],
        ["did not match the filter", filtered],
        ["captured", captured],
        ["written", written],
        ["lost for want of memory while the file was written", dropped],
        ["missed by the port", imissed],
        ["lost for want of mbufs", rxNombuf],
      ],
    },
    { title: "Files", head: ["file"], rows: files.map((file) => [file]) },
  ];
}

/** Captures into files; returns the status. */
async function capture(session: Session, options: Options, path: string): Promise<number> {
  const { duration, filter, count, snapLength, rotateBytes, rotateSeconds, files } = options;
  // a wrong expression is told before a port is opened
  if (filter !== undefined) Filter.compile(filter)[Symbol.dispose]();
  const source = sourceOf(session, options);
  const sum = ({ imissed, rxNombuf }: Missed) => imissed + rxNombuf;
  using output = CaptureFiles.create(path, {
    rotates: rotateBytes !== undefined || rotateSeconds !== undefined,
    interface: source.name,
    missed: () => sum(source.missed()),
    ...files === undefined ? {} : { files },
    ...snapLength === undefined ? {} : { snapLength },
  });
  const counts = new CaptureCounts();
  const begin = new Date();
  const { points, stop } = watch({
    verb: "captured",
    duration,
    counts: () => ({
      packets: counts.captured,
      bits: 8 * (counts.bytes + FCS_BYTES * counts.captured),
      lost: counts.dropped + sum(source.missed()),
    }),
  });
  const work: CaptureWork = {
    queues: source.queues,
    ring: source.ring,
    filter,
    seconds: duration,
    options: {
      memory: output.memory,
      format: output.format,
      ...count === undefined ? {} : { count },
      ...snapLength === undefined ? {} : { snapLength },
      ...rotateBytes === undefined ? {} : { rotateBytes },
      ...rotateSeconds === undefined ? {} : { rotateSeconds },
    },
    counts: counts.memory,
  };
  let ended: string | undefined;
  using _watch = session.onPrimaryEnd((primary) => {
    ended = primary;
    counts.askForRest(source.waiting());
  });
  const module = new URL("./capture_lcore.ts", import.meta.url);
  const lcoreEnd = new AbortController();
  const [lcore, writer] = await Promise.allSettled([
    session.run<CaptureWork, Captured>(module, Lcore.main, work).finally(() => lcoreEnd.abort()),
    output.run(lcoreEnd.signal).catch((error) => {
      session.stop();
      throw error;
    }),
  ]).finally(stop);
  if (lcore.status === "rejected") throw lcore.reason;
  const { isForeign, ...captured } = lcore.value;
  const result: CaptureResult = {
    ...captured,
    ...source.missed(),
    written: output.written,
    files: output.paths,
  };
  if (ended !== undefined) say(`The primary, ${ended}, has ended, and so does the capture`);
  for (const line of captureLines(result)) say(line);
  saveResults(options, {
    command: "capture",
    args: session.args,
    begin,
    seconds: result.seconds,
    series: [{ name: "captured", points }],
    tables: captureTables(result),
    result,
  });
  if (writer.status === "rejected") throw writer.reason;
  if (isForeign) refuseForeign(source.name);
  return 0;
}

/** The command. */
export const CAPTURE = fileCommand(OPTIONS, (options, [path, more]) => {
  const { port, queue, ring, rotateBytes, rotateSeconds, files } = options;
  if (path === undefined) fail(`${NAME} capture`, "a file to write", "nothing");
  if (more !== undefined) refuse(`${NAME} capture`, "one file to write", more);
  if (ring !== undefined && (port ?? queue) !== undefined) {
    refuse("--ring", "no --port or --queue beside it", ring);
  }
  if (files !== undefined && rotateBytes === undefined && rotateSeconds === undefined) {
    refuse("--files", "--rotate-size or --rotate-seconds beside it", `${files}`);
  }
  return session((session) => capture(session, options, path), {
    isSecondary: true,
    needsPorts: ring === undefined,
  });
});
