/**
 * Pacing over net_memif, as a process sees it that stamps what comes.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { removeRuntimeFiles } from "../../../ffi/host/runtime.ts";
import { Histogram, type PaceReport } from "../../../ffi/traffic/traffic.ts";
import { kolmogorovSmirnov } from "../../../tests/ffi/traffic/kolmogorov.ts";
import { script } from "./peers.ts";
import { Running } from "./program.ts";
import {
  paceFailures,
  paceOf,
  type PoissonGaps,
  scheduledGaps,
  type Stamps,
  undisturbed,
} from "./pace/stamps.ts";

/** Rates that are tried, packets a second; a part of what the pair can do is the last one. */
const RATES = [1e3, 1e4, 1e5, 1e6];
/** That part, and the runs, and the seconds of each, in which what the pair can do is found. */
const SHARE = 0.8;
const RUNS = 5;
const SECONDS = 5;
/**
 * Packets that fit into the ring between, as a power of two: the most, so that a receiver that does not
 * have its CPU for a moment makes no packet late that the sender has sent in time.
 */
const RING = 14;
/**
 * The rate of the Poisson process. Packets whose gap is shorter than a turn of either loop are sent, or
 * stamped, at once: at this rate fewer of them than the test of so many gaps would see.
 */
const POISSON = 5_000;
/**
 * How many gaps are tested. A long gap is more often disturbed than a short one, since it has more time
 * for that; the test of many more gaps would see it.
 */
const TESTED = 50_000;

/** A run: what was asked of the sender. */
interface Asked {
  rate: number;
  spacing: "constant" | "poisson";
  seconds: number;
}

/** What is read of the results of `send`. */
interface Sent {
  result: { report: PaceReport };
  series: { points: { packetsPerSecond: number }[] }[];
}

/** Lets traffic send to a process that stamps what comes. */
async function paced(
  { rate, spacing, seconds }: Asked,
): Promise<{ sent: PaceReport; rates: number[]; stamps: Stamps }> {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-bench-" });
  const prefixes = ["from", "to"].map((end) => `bench${Deno.pid}pace${end}`);
  const eal = (end: number, role: string) => [
    ...["--no-pci", "-m", "64", `--lcores=0@${end}`, `--file-prefix=${prefixes[end]}`],
    `--vdev=net_memif0,role=${role},rsize=${RING},socket-abstract=no,socket=${folder}/socket`,
  ];
  const infinite = rate === Infinity;
  const keep = spacing === "poisson" ? Math.ceil(1.1 * rate * seconds) : 0;
  let text = "";
  const stamping = fileURLToPath(new URL("./pace/main.ts", import.meta.url));
  const receiver = new Running(
    { command: Deno.execPath(), args: ["run", "-A", stamping] },
    [...eal(0, "server"), "--", `${infinite ? 1e6 : rate}`, `${seconds}`, `${keep}`],
    (more) => text += more,
  );
  let sender: Running | undefined;
  try {
    await receiver.says(/Stamping/);
    sender = new Running(script("cmd/traffic"), [
      ...[...eal(1, "client"), "--", "send", "--json", `${folder}/json`],
      ...["--rate", infinite ? "max" : `${rate}pps`, "--spacing", spacing],
      // a peer that does not have its CPU for a moment makes packets late
      ...["--duration", `${seconds}`, "--retry"],
    ]);
    await sender.says(/^not sent: /m, (seconds + 60) * 1000);
    await sender.end();
    const { result, series }: Sent = JSON.parse(Deno.readTextFileSync(`${folder}/json`));
    const rates = series[0]?.points.map(({ packetsPerSecond }) => packetsPerSecond) ?? [];
    await receiver.end();
    return {
      sent: result.report,
      rates,
      stamps: JSON.parse(text.match(/^Stamps: (.*)$/m)?.[1] ?? ""),
    };
  } finally {
    await sender?.kill();
    await receiver.kill();
    for (const prefix of prefixes) removeRuntimeFiles(prefix);
    Deno.removeSync(folder, { recursive: true });
  }
}

/** What the gaps of a Poisson process show. */
function poissonOf(stamps: Stamps, rate: number): PoissonGaps {
  const { kept, cyclesPerSecond } = stamps;
  const scheduled = scheduledGaps({ rate, cyclesPerSecond }, kept.length);
  const whole = undisturbed(stamps, scheduled);
  const mean = cyclesPerSecond / rate;
  const means = whole.slice(0, TESTED).map((gap) => gap / mean);
  return {
    disturbed: kept.length - whole.length,
    probability: kolmogorovSmirnov(means, (gap) => 1 - Math.exp(-gap)),
  };
}

/**
 * What the pair can do at any time: the slowest second of some runs as fast as it goes. A ring of
 * net_memif has two speeds, for testpmd's forwarders as well: where it is nearly empty both ends wait for
 * the same cache lines, and do less than half of what they do where it is full.
 */
async function mostOf(): Promise<number> {
  let least = Infinity;
  for (let run = 0; run < RUNS; run++) {
    const asked = { rate: Infinity, spacing: "constant" as const, seconds: SECONDS };
    const { rates } = await paced(asked);
    // in the first second code is compiled
    least = Math.min(least, ...rates.slice(1));
  }
  return least;
}

/** What came of all runs. */
export interface PacingReport {
  runs: (Asked & { sent: PaceReport; stamps: Omit<Stamps, "kept">; off: number; drift: number })[];
  failures: string[];
}

/**
 * Sends for so many seconds at each rate.
 *
 * @param say is given what came of each.
 */
export async function pacing(
  seconds: number,
  say: (text: string) => void,
): Promise<PacingReport> {
  const report: PacingReport = { runs: [], failures: [] };
  const share = Math.floor(SHARE * await mostOf());
  const constant = [...RATES.filter((rate) => rate < share), share]
    .map((rate) => ({ rate, spacing: "constant" as const, seconds }));
  for (const asked of [...constant, { rate: POISSON, spacing: "poisson" as const, seconds }]) {
    const { sent, stamps: all } = await paced(asked);
    const { kept: _, ...stamps } = all;
    const { rate, spacing } = asked;
    const { off, drift } = paceOf(all, rate);
    const poisson = spacing === "poisson" ? poissonOf(all, rate) : undefined;
    const unit = stamps.cyclesPerSecond / 1e6;
    const { min, p50, p90, p99, p999, max } = Histogram.from(stamps.gaps).summary(unit);
    const gaps = Object.entries({ min, p50, p90, p99, "p99.9": p999, max })
      .map(([name, us]) => `${name} ${us.toFixed(2)}`).join(", ");
    const name = `${(rate / 1e6).toFixed(3)} Mpps, ${spacing}`;
    const { late, maxLate, skipped, refused } = sent;
    say([
      `${name}: ${stamps.packets} packets in ${seconds} s, mean off by ${
        (100 * off).toFixed(4)
      } %, ` +
      (poisson
        ? `exponential with p = ${poisson.probability.toPrecision(2)}`
        : `drift ${(100 * drift).toFixed(6)} %`),
      `  gaps, us: ${gaps}`,
      `  ${late} late, ${(maxLate * 1e6).toFixed(0)} us at most; ${skipped} skipped, ` +
      `${refused} refused; ${stamps.delayed} came while the receiver did not run` +
      (poisson ? `; ${poisson.disturbed} gaps disturbed by that` : ""),
    ].join("\n"));
    report.runs.push({ ...asked, sent, stamps, off, drift });
    const failures = paceFailures({ off, drift }, sent, stamps, poisson);
    report.failures.push(...failures.map((failure) => `${name}: ${failure}`));
  }
  return report;
}
