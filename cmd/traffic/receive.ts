/**
 * `receive`: counts what comes, and judges the probes among it.
 *
 * @module
 */

import { createPktmbufPool } from "../../mod.ts";
import { measuredCyclesPerSecond } from "../../ffi/eal_api.ts";
import { AddressRange } from "../../ffi/net/net.ts";
import { FCS_BYTES, Histogram, streamReport } from "../../ffi/traffic/traffic.ts";
import { counted } from "../lib/counted.ts";
import { integer, optional, refuse } from "../lib/options.ts";
import { say } from "../lib/stdout.ts";
import { command, DURATION, PORT } from "./command.ts";
import type { ReceiveResult } from "./document.ts";
import { microseconds } from "./lines.ts";
import type { Counts } from "./live.ts";
import { ReceiveBoard } from "./receive_board.ts";
import type { ReceiveWork } from "./receive_lcore.ts";
import {
  type QueueResult,
  queuesFor,
  receivedOn,
  spreadNotes,
  withSent,
} from "./receive_queues.ts";
import { outputFile, OUTPUTS, save, saveResults } from "./results.ts";
import { lcores, session } from "./session.ts";
import { receiveTables } from "./tables.ts";
import { latencyBySecond, watch } from "./watch.ts";

/** Mbufs of the floor's pool, of which one is in use at a time. */
const FLOOR_MBUFS = 63;

/** Addresses and ranges of them, as text. */
function addresses(text: string): string[] | undefined {
  const words = text.split(",");
  try {
    return words.every((word) => AddressRange.parse(word).family !== "mac") ? words : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const OPTIONS = {
  port: PORT,
  duration: DURATION,
  ...OUTPUTS,
  hgrm: outputFile("--hgrm"),
  answer: optional("--answer", "addresses as 10.0.0.1,10.0.1.0/24", addresses, undefined),
  queues: optional("--queues", "a number from 1 to 1024", integer(1, 1024), undefined),
  sent: optional("--sent", "how many packets were sent", integer(1, 2 ** 31), undefined),
};

/** The results in lines. */
export function receiveLines(result: ReceiveResult): string[] {
  const { seconds, packets, probes, queues = [], answered, streams, cyclesPerMicrosecond } = result;
  const lines = [
    `received: ${counted(packets, "packet")} in ${seconds.toFixed(3)} s, ${
      counted(probes, "probe")
    }`,
  ];
  if (queues.length > 0) {
    const packets = queues.map(({ packets }, queue) => `${packets} on queue ${queue}`);
    lines.push(`queues:   ${packets.join(", ")}`);
  }
  if (result.floor) {
    const floor = Histogram.from(result.floor).summary(cyclesPerMicrosecond);
    lines.push(
      `floor:    ${microseconds(floor.min)} at least, ${
        microseconds(floor.p50)
      } at the median, of ` +
        "probes through memory, without a port",
    );
  }
  if (answered !== undefined) lines.push(`answered: ${counted(answered, "question")}`);
  for (const [stream, data] of Object.entries(streams)) {
    const report = streamReport(data, cyclesPerMicrosecond);
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

/** What is wrong with how many packets are said to have been sent. */
export function sentNotes({ streams }: ReceiveResult, sent: number | undefined): string[] {
  if (sent === undefined) return [];
  return Object.entries(streams).filter(([, { received }]) => received > sent).map(
    ([stream, { received }]) =>
      `Stream ${stream}: ${received} came, more than the ${sent} of --sent; losses are those below ` +
      "the highest number that came.",
  );
}

/** All latencies of a result, in cycles. */
function latencyOf({ streams }: ReceiveResult): Histogram {
  const latency = new Histogram();
  for (const data of Object.values(streams)) latency.add(Histogram.from(data.latency));
  return latency;
}

/** What the lcores have counted so far, in sum. */
function countsOf(boards: readonly ReceiveBoard[]): Counts {
  const sum = (count: "packets" | "bytes" | "lost") =>
    boards.reduce((sum, board) => sum + board[count], 0);
  const packets = sum("packets");
  const isSpread = boards.some((one, i) =>
    boards.slice(i + 1).some(({ memory }) => one.shares(memory))
  );
  return {
    packets,
    bits: 8 * (sum("bytes") + FCS_BYTES * packets),
    // of a stream on several queues each lcore misses what the others had
    ...isSpread ? {} : { lost: sum("lost") },
  };
}

/** The command. */
export const RECEIVE = command(
  OPTIONS,
  ({ port: id, duration, queues: wanted, sent, answer, ...outputs }) =>
    session(async (session) => {
      const all = lcores().length;
      if (wanted !== undefined && wanted > all) {
        refuse("--queues", `a number up to ${all}, as there are lcores`, `${wanted}`);
      }
      const { port, info } = session.open(id, (info) => queuesFor(info, all, wanted).options);
      const { options: { rxQueues }, notes: limits } = queuesFor(info, all, wanted);
      using pool = createPktmbufPool("traffic_floor", FLOOR_MBUFS);
      const boards = Array.from({ length: rxQueues }, () => new ReceiveBoard());
      const works = boards.map(({ memory }, queue): ReceiveWork => ({
        rx: port.rxQueue(queue),
        floor: queue === 0 ? pool : undefined,
        seconds: duration,
        board: memory,
        answer: answer && { tx: port.txQueue(queue), mac: port.mac, addresses: answer },
      }));
      const { points, begin, stop } = watch({
        verb: "received",
        duration,
        counts: () => countsOf(boards),
        isRunning: () => boards.every(({ isRunning }) => isRunning),
        latency: latencyBySecond(
          () => boards.flatMap(({ shown }) => shown),
          measuredCyclesPerSecond() / 1e6,
        ),
      });
      const module = new URL("./receive_lcore.ts", import.meta.url);
      const results = await session.runAll<ReceiveWork, QueueResult>(module, works).finally(stop);
      const result = withSent(receivedOn(results), sent);
      const notes = [...limits, ...spreadNotes(result), ...sentNotes(result, sent)];
      for (const line of [...receiveLines(result), ...notes]) say(line);
      if (outputs.hgrm) {
        save("--hgrm", outputs.hgrm, latencyOf(result).hgrm(result.cyclesPerMicrosecond));
      }
      saveResults(outputs, {
        command: "receive",
        args: session.args,
        begin: begin(),
        seconds: result.seconds,
        series: [{ name: "received", points }],
        tables: receiveTables(result),
        notes,
        result,
      });
      return 0;
    }),
);
