/**
 * `receive`: counts what comes, and judges the probes among it.
 *
 * @module
 */

import { Lcore } from "../../ffi/eal_api.ts";
import { Histogram } from "../../ffi/traffic/traffic.ts";
import { counted } from "../lib/counted.ts";
import { integer, optional, text } from "../lib/options.ts";
import { say } from "../lib/stdout.ts";
import { command, DURATION, JSON_FILE, PORT } from "./command.ts";
import { everySecond, microseconds } from "./lines.ts";
import type { Received, ReceiveWork } from "./receive_lcore.ts";
import { saveJson } from "./results.ts";
import { session } from "./session.ts";

/** Bytes of the frame check sequence, which packets in memory lack. */
const FCS_BYTES = 4;

const OPTIONS = {
  port: PORT,
  duration: DURATION,
  json: JSON_FILE,
  hgrm: optional("--hgrm", "a file", text, undefined),
  sent: optional("--sent", "how many packets were sent", integer(1, 2 ** 31), undefined),
};

/** The results in lines. */
export function receiveLines(result: Received): string[] {
  const { seconds, packets, probes, streams } = result;
  const lines = [
    `received: ${counted(packets, "packet")} in ${seconds.toFixed(3)} s, ${
      counted(probes, "probe")
    }`,
  ];
  for (const [stream, report] of Object.entries(streams)) {
    const { received, lost, duplicates, reordered, tooLate, latency, pdv, ipdv, negative } = report;
    const latencies = Object.entries({
      min: latency.min,
      mean: latency.mean,
      p50: latency.p50,
      p90: latency.p90,
      p99: latency.p99,
      "p99.9": latency.p999,
      "p99.99": latency.p9999,
      max: latency.max,
    }).map(([name, value]) => `${name} ${value.toFixed(2)}`);
    lines.push(
      `stream ${stream}: ${received} received, ${lost} lost, ${duplicates} copies, ` +
        `${reordered} reordered, ${tooLate} too late`,
      `  latency, us: ${latencies.join(", ")}`,
      `  variation: PDV ${microseconds(pdv)}, IPDV ${microseconds(ipdv.mean)} on average, ` +
        `${microseconds(ipdv.max)} at most`,
    );
    if (negative > 0) lines.push(`  ${negative} came before they were sent: the clocks differ`);
  }
  return lines;
}

/** The command. */
export const RECEIVE = command(
  OPTIONS,
  ({ port: id, duration, json, hgrm, sent }) =>
    session(async (session) => {
      const { port } = session.open(id);
      const counters = new SharedArrayBuffer(3 * Float64Array.BYTES_PER_ELEMENT);
      const counts = new Float64Array(counters);
      const stopPrinting = everySecond("received", () => ({
        packets: counts[0]!,
        bits: 8 * (counts[1]! + FCS_BYTES * counts[0]!),
      }));
      const result = await session.run<ReceiveWork, Received>(
        new URL("./receive_lcore.ts", import.meta.url),
        Lcore.main,
        { rx: port.rxQueue(0), seconds: duration, sent, counters },
      ).finally(stopPrinting);
      for (const line of receiveLines(result)) say(line);
      if (hgrm) {
        const latency = Histogram.from(result.latency);
        Deno.writeTextFileSync(hgrm, latency.hgrm(result.cyclesPerMicrosecond));
      }
      saveJson(json, { command: "receive", ...result });
      return 0;
    }),
);
