/** Result documents of traffic for tests. */

import { FORMAT, type ResultDocument, TOOL } from "../../../cmd/traffic/document.ts";
import { receiveTables, sendTables } from "../../../cmd/traffic/tables.ts";
import { search, StreamJudge } from "../../../ffi/traffic/traffic.ts";

/** A machine. */
export const MACHINE = {
  host: "box",
  bootId: "7c1a0c4e-1f5e-4d36-9d0c-52e2a64fd1a5",
  cpu: "A CPU @ 2.00GHz",
  cpus: 2,
  kernel: "linux 6.1.0",
  dpdk: "22.11.11",
  deno: "2.7.11",
  tscHz: 2e9,
};

/** Another one. */
export const OTHER_MACHINE = { ...MACHINE, host: "far", bootId: "0d0e5b1c", tscHz: 3e9 };

const COMMON = {
  tool: TOOL,
  format: FORMAT,
  version: "0.2.0",
  machine: MACHINE,
  begin: "2026-01-02T03:04:05.678Z",
  seconds: 2,
} as const;

/**
 * What `send` may have written.
 *
 * @param streams how many probes of each stream were sent.
 */
export function aDocument(
  streams: Record<number, number> = { 7: 1990 },
): ResultDocument & { command: "send" } {
  const report = {
    seconds: 2,
    asked: 2000,
    sent: 1990,
    late: 3,
    maxLate: 2e-5,
    refused: 4,
    skipped: 6,
    askedRate: 1000,
    achievedRate: 995,
  };
  const result = { report, streams };
  return {
    ...COMMON,
    command: "send",
    args: ["-l", "0", "--", "send", "--rate", "1kpps"],
    series: [{
      name: "sent",
      points: [
        { seconds: 1, packetsPerSecond: 1000, bitsPerSecond: 512_000, late: 0 },
        { seconds: 2, packetsPerSecond: 990, bitsPerSecond: 506_880, late: 3 },
      ],
    }],
    tables: sendTables(result),
    result,
  };
}

/**
 * What `receive` may have written.
 *
 * @param streams the latencies of each stream's packets in microseconds, one after the other; null for
 * one that was lost.
 * @param cyclesPerMicrosecond of the receiver's clock.
 */
export function aReceived(
  streams: Record<number, readonly (number | null)[]>,
  cyclesPerMicrosecond = 2000,
): ResultDocument & { command: "receive" } {
  const judged = Object.entries(streams).map(([stream, latencies]) => {
    const judge = new StreamJudge();
    for (const [i, latency] of latencies.entries()) {
      if (latency === null) continue;
      const at = 10 * i * cyclesPerMicrosecond;
      judge.observe(i, at, at + Math.round(latency * cyclesPerMicrosecond));
    }
    return [stream, judge.data()] as const;
  });
  const packets = judged.reduce((sum, [, { received }]) => sum + received, 0);
  const result = {
    packets,
    bytes: 60 * packets,
    probes: packets,
    seconds: 2.5,
    cyclesPerMicrosecond,
    streams: Object.fromEntries(judged),
  };
  const latency = { p50: 2, p90: 3, p99: 4, p999: 9, max: 400 };
  const point = { packetsPerSecond: 995, bitsPerSecond: 509_440, latency };
  return {
    ...COMMON,
    command: "receive",
    args: ["-l", "1", "--", "receive"],
    seconds: 2.5,
    series: [{
      name: "received",
      points: [{ ...point, seconds: 1, lost: 0 }, { ...point, seconds: 2, lost: 5 }],
    }],
    tables: receiveTables(result),
    result,
  };
}

/** What a search may have written: the device forwards a million packets a second. */
export async function aSearch(): Promise<ResultDocument> {
  const result = await search(
    { minLoad: 1e4, maxLoad: 5e6 },
    ({ load, duration }) => {
      const sent = Math.round(load * duration);
      return { sent, received: Math.min(sent, Math.round(1e6 * duration)) };
    },
  );
  const [ndr, pdr] = result.goals.map(({ lower }) => Math.round(lower ?? 0));
  return {
    ...COMMON,
    command: "ndr",
    args: ["--", "ndr"],
    searches: [{ name: "64", frameBits: 512, goals: ["NDR", "PDR"], result }],
    tables: [{
      title: "Rates",
      head: ["what", "NDR", "PDR"],
      rows: [["rate", ndr ?? 0, pdr ?? 0]],
    }],
    result: {},
  };
}
