/**
 * A long run at full rate: does memory grow, is a packet missing, how long does the loop pause?
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { removeRuntimeFiles } from "../../../ffi/host/runtime.ts";
import type { PauseReport } from "./forward/pauses.ts";
import { Running } from "./program.ts";

/** How long the forwarder runs before its memory is looked at, in milliseconds. */
const WARM_UP = 3_000;

/** What came of the run. */
export interface SoakReport extends PauseReport {
  /** Seconds. */
  seconds: number;
  /** Mbufs that are not in the pool at the end. */
  missing: number;
  /** Memory that is not hugepages, KiB, after the warm-up. */
  rssStart: number;
  /** Memory that is not hugepages, KiB, at the end. */
  rssEnd: number;
  /** Nanoseconds in which the polling thread did not have its CPU. */
  stolen: number;
}

function rss(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(status.match(/^VmRSS:\s*(\d+) kB/m)?.[1]);
}

/** Forwards as l2fwd does for `seconds` seconds. */
export async function soak(seconds: number): Promise<SoakReport> {
  const prefix = `bench${Deno.pid}soak`;
  const script = fileURLToPath(new URL("./forward/main.ts", import.meta.url));
  const running = new Running({ command: Deno.execPath(), args: ["run", "-A", script] }, [
    "--no-pci",
    "-m",
    "64",
    "--lcores=0@0",
    "--vdev=net_null0",
    "--vdev=net_null1",
    `--file-prefix=${prefix}`,
    "--",
    "pause",
  ]);
  try {
    await running.says(/Forwarding/);
    await delay(WARM_UP);
    const [rssStart, cpuStart, start] = [rss(running.pid), running.busiest(), performance.now()];
    await delay(seconds * 1000);
    const [rssEnd, cpuEnd, end] = [rss(running.pid), running.busiest(), performance.now()];
    await running.end();
    const output = await running.says(/^Report: .*$/m);
    const report: PauseReport & { missing: number } = JSON.parse(
      output.match(/^Report: (.*)$/m)?.[1] ?? "",
    );
    const stolen = Math.max(0, (end - start) * 1e6 - (cpuEnd - cpuStart));
    return { ...report, seconds, rssStart, rssEnd, stolen };
  } finally {
    await running.kill();
    removeRuntimeFiles(prefix);
  }
}

/** The report for people. */
export function soakText(report: SoakReport): string {
  const us = (ns: number) => `${(ns / 1000).toFixed(1)} us`;
  const { turns, p50, p99, p9999, longest, missing, rssStart, rssEnd, seconds, stolen } = report;
  return [
    `${seconds} s of forwarding at full rate, ${turns} turns of the loop (two bursts of 32 each)`,
    `a turn: p50 ${us(p50)}, p99 ${us(p99)}, p99.99 ${us(p9999)}, longest ${us(longest)}`,
    `memory: ${rssStart} KiB at the start, ${rssEnd} KiB at the end; mbufs missing: ${missing}`,
    `other processes had the CPU of the loop for ${(stolen / 1e9).toFixed(2)} s`,
  ].join("\n");
}
