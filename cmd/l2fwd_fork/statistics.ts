/**
 * The table of port statistics, as the ancestor prints it.
 *
 * @module
 */

import { isScreen } from "../lib/terminal.ts";
import { say } from "../lib/stdout.ts";
import type { PortStatistics } from "./objects.ts";

/** Clears the screen and goes to its top left corner. */
const CLEAR = "\x1b[2J\x1b[1;1H";

/** The table of these ports. */
export function statisticsTable(ports: readonly number[], statistics: PortStatistics): string {
  const total = { sent: 0, received: 0, dropped: 0 };
  const lines = ["", "Port statistics ===================================="];
  const row = (name: string, count: number, width: number) =>
    lines.push(`${name}: ${String(count).padStart(width)}`);
  for (const port of ports) {
    const { sent, received, dropped } = statistics.forPort(port);
    lines.push(`Statistics for port ${port} ------------------------------`);
    row("Packets sent", sent, 24);
    row("Packets received", received, 20);
    row("Packets dropped", dropped, 21);
    total.sent += sent;
    total.received += received;
    total.dropped += dropped;
  }
  lines.push("Aggregate statistics ===============================");
  row("Total packets sent", total.sent, 18);
  row("Total packets received", total.received, 14);
  row("Total packets dropped", total.dropped, 15);
  lines.push("====================================================");
  return lines.join("\n");
}

/** Prints it; on a terminal, on a screen of its own. */
export function printStatistics(ports: readonly number[], statistics: PortStatistics): void {
  say((isScreen("stdout") ? CLEAR : "") + statisticsTable(ports, statistics));
}
