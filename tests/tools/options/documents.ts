/** Result documents of traffic for tests. */

import { FORMAT, type ResultDocument, TOOL } from "../../../cmd/traffic/document.ts";
import { sendTables } from "../../../cmd/traffic/send.ts";

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

/** What `send` may have written. */
export function aDocument(): ResultDocument {
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
  const result = { report, streams: { 7: 1990 } };
  return {
    tool: TOOL,
    format: FORMAT,
    version: "0.2.0",
    command: "send",
    args: ["-l", "0", "--", "send", "--rate", "1kpps"],
    machine: MACHINE,
    begin: "2026-01-02T03:04:05.678Z",
    seconds: 2,
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
