/** What traffic shows while packets flow, on terminals of several sizes. */

import { Canvas, liveLines, type Shown, sparkline } from "../../../cmd/traffic/live.ts";
import { widthOf } from "../../../cmd/lib/wrap.ts";
import { assert, assertEquals, assertStringIncludes } from "../../assert.ts";
import { render } from "../../harness/screen.ts";

const SIZES = [[140, 50], [80, 24], [60, 30], [40, 24], [20, 5], [20, 2]] as const;

const points = Array.from({ length: 100 }, (_, i) => ({
  seconds: i + 1,
  packetsPerSecond: 1e6 + 1e4 * i,
  bitsPerSecond: 512 * (1e6 + 1e4 * i),
  late: i % 3,
  lost: i === 99 ? 5 : 0,
  latency: { p50: 1, p90: 2, p99: 3 + i, p999: 500, max: 123_456.78 },
}));
const SHOWN: Shown = {
  verb: "received",
  duration: 200,
  points,
  totals: { packets: 149_500_000, bits: 7.6544e10, late: 99, lost: 5 },
};

Deno.test("traffic: the live table fits the terminal", () => {
  for (const [columns, rows] of SIZES) {
    for (
      const shown of [SHOWN, { ...SHOWN, points: [] }, { ...SHOWN, points: points.slice(0, 1) }]
    ) {
      const lines = liveLines(shown, { columns, rows }, false);
      assert(lines.length < rows, `${lines.length} lines of ${rows}`);
      for (const line of lines) assert(widthOf(line) <= columns, `${columns}: ${line}`);
    }
  }
});

Deno.test("traffic: the live table tells rates, totals, time left and the last minute", () => {
  const text = liveLines(SHOWN, { columns: 140, rows: 24 }, false).join("\n");
  for (
    const part of [
      "received for 1 min 40 s, 1 min 40 s left",
      "1.99 Mpps",
      "149500000",
      "1.02 Gbps",
      "765 Mbps mean",
      "5 in 1 s",
      "last 60 s",
      "latency p99 ",
      "102.00 us at most",
      sparkline(points.slice(-60).map(({ packetsPerSecond }) => packetsPerSecond)),
    ]
  ) assertStringIncludes(text, part);
  const [head] = liveLines({ ...SHOWN, duration: Infinity }, { columns: 80, rows: 24 }, false);
  assertEquals(head, "received for 1 min 40 s, until Ctrl-C");
});

Deno.test("traffic: losses are red, where there are colours", () => {
  const at = (colours: boolean) => liveLines(SHOWN, { columns: 80, rows: 24 }, colours).join("\n");
  assertStringIncludes(at(true), "\x1b[31m5\x1b[39m");
  // deno-lint-ignore no-control-regex
  assertEquals(at(true).replace(/\x1b\[\d+m/g, ""), at(false));
});

Deno.test("traffic: a sparkline", () => {
  assertEquals(sparkline([0, 1, undefined, 7, 3.5]), "▁▂ █▅");
  assertEquals(sparkline([0, 0]), "▁▁");
  assertEquals(sparkline([]), "");
});

Deno.test("traffic: the live table is drawn in place, also when the terminal is resized", async () => {
  const steps: (string | { columns: number; rows: number })[] = [];
  const canvas = new Canvas((text) => steps.push(text.replaceAll("\n", "\r\n")));
  const size = { columns: 100, rows: 30 };
  const lines = (seconds: number, columns: number) =>
    liveLines({ ...SHOWN, points: points.slice(0, seconds) }, { columns, rows: 30 }, false);
  steps.push("before\r\n");
  for (const second of [1, 2, 3]) canvas.draw(lines(second, 100), 100);
  const now = async () => await render(steps, size);
  assertEquals((await now()).lines, ["before", ...lines(3, 100)]);
  // narrower: the terminal wraps what is there
  steps.push({ columns: 60, rows: 30 });
  canvas.draw(lines(4, 60), 60);
  assertEquals((await now()).lines, ["before", ...lines(4, 60)]);
  steps.push({ columns: 120, rows: 30 });
  canvas.draw(lines(5, 120), 120);
  assertEquals((await now()).lines, ["before", ...lines(5, 120)]);
  // Ctrl-C is shown below, and taken away with the table
  steps.push("^C");
  canvas.clear(120);
  steps.push("sent: 3 packets\r\n");
  const { lines: last, row, column } = await now();
  assertEquals(last, ["before", "sent: 3 packets"]);
  assertEquals([row, column], [2, 0]);
});
