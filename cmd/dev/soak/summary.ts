/**
 * The figures of a soak, in words.
 *
 * @module
 */

import type { CampaignReport } from "./campaign.ts";

/** What came of these campaigns, a line each. */
export function summary(reports: readonly CampaignReport[]): string {
  const sum = (of: (report: CampaignReport) => number) =>
    reports.reduce((total, report) => total + of(report), 0);
  const harms = new Map<string, number>();
  for (const report of reports) {
    for (const [harm, count] of Object.entries(report.harms)) {
      harms.set(harm, (harms.get(harm) ?? 0) + count);
    }
  }
  const count = [...harms.values()].reduce((total, count) => total + count, 0);
  const each = [...harms].toSorted().map(([harm, count]) => `${harm} ${count}`).join(", ");
  const times = reports.flatMap(({ times }) => times).toSorted((a, b) => a - b);
  const at = (part: number) => (times[Math.ceil(times.length * part) - 1] ?? NaN).toFixed(1);
  return [
    `  ${count} kills (${each}), ${sum(({ recoveries }) => recoveries)} recoveries`,
    `  SIGKILL to first packet: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, ` +
    `longest ${at(1)} ms of ${times.length}`,
    `  mbufs: ${sum(({ givenBack }) => givenBack)} given back, ${sum(({ lost }) => lost)} lost`,
    `  hangs ${sum(({ hangs }) => hangs.length)}, ` +
    `failures of the master ${sum(({ failures }) => failures.length)}`,
  ].join("\n");
}
