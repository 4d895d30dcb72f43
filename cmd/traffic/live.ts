/**
 * What a command shows on a terminal while packets flow: a table that is drawn anew in place.
 *
 * @module
 */

import { inWords } from "../lib/progress.ts";
import { type Cell, tableOf } from "../lib/table.ts";
import { widthOf } from "../lib/wrap.ts";
import type { LatencyPoint, SeriesPoint } from "./document.ts";
import { bitRate, microseconds, packetRate } from "./lines.ts";

/** Seconds that a sparkline shows at most. */
const MINUTE = 60;
/** The fewest seconds that a sparkline is worth showing with. */
const FEWEST = 12;
const BARS = "▁▂▃▄▅▆▇█";

/** Counts from the beginning until now. */
export interface Counts {
  packets: number;
  /** Bits of layer 2, of frames with their check sequence. */
  bits: number;
  /** How many packets were late, where that is known. */
  late?: number;
  /** How many packets were lost, where that is known. */
  lost?: number;
}

/** The size of a terminal. */
export interface Size {
  columns: number;
  rows: number;
}

/** What is shown. */
export interface Shown {
  /** What happens to the packets: `sent`, `received`. */
  verb: string;
  /** How long it takes as planned, seconds; Infinity until Ctrl-C. */
  duration: number;
  /** The seconds until now. */
  points: readonly SeriesPoint[];
  /** Packets, their bits, late ones and lost ones until now. */
  totals: Counts;
}

/** Values as bars of eight heights, the highest one full; a space where there is no value. */
export function sparkline(values: readonly (number | undefined)[]): string {
  const highest = Math.max(0, ...values.map((value) => value ?? 0));
  return values.map((value) => {
    if (value === undefined) return " ";
    if (highest === 0) return BARS[0];
    return BARS[Math.round(value / highest * (BARS.length - 1))];
  }).join("");
}

/** A row: its title, its value now, in the mean and the values for a sparkline. */
type Row = [title: string, now: string, total: Cell, values: (number | undefined)[]];

function latencyRow(key: keyof LatencyPoint, points: readonly SeriesPoint[]): Row {
  const values = points.map(({ latency }) => latency?.[key]);
  const now = values.at(-1);
  const known = values.filter((value) => value !== undefined);
  const highest = known.length > 0 ? `${microseconds(Math.max(...known))} at most` : "";
  const title = { p50: "p50", p90: "p90", p99: "p99", p999: "p99.9", max: "max" }[key];
  return [`latency ${title}`, now === undefined ? "" : microseconds(now), highest, values];
}

function countRow(title: "late" | "lost", { points, totals }: Shown): Row {
  const [total, values] = [totals[title] ?? 0, points.map((point) => point[title])];
  return [
    title,
    `${values.at(-1) ?? 0} in 1 s`,
    total > 0 ? { text: `${total}`, style: "red" } : `${total}`,
    values,
  ];
}

function rowsOf(shown: Shown): Row[] {
  const { points, totals } = shown;
  const [packets, bits] = [
    points.map(({ packetsPerSecond }) => packetsPerSecond),
    points.map(({ bitsPerSecond }) => bitsPerSecond),
  ];
  const passed = points.at(-1)?.seconds ?? 0;
  const mean = passed > 0 ? totals.bits / passed : 0;
  const hasLatency = points.some(({ latency }) => latency);
  return [
    ["packets", packetRate(packets.at(-1) ?? 0), `${totals.packets}`, packets],
    ["bits of layer 2", bitRate(bits.at(-1) ?? 0), `${bitRate(mean)} mean`, bits],
    ...totals.late === undefined ? [] : [countRow("late", shown)],
    ...totals.lost === undefined ? [] : [countRow("lost", shown)],
    ...hasLatency
      ? [latencyRow("p50", points), latencyRow("p99", points), latencyRow("max", points)]
      : [],
  ];
}

/** The line above the table. */
function headLine({ verb, duration, points }: Shown): string {
  const passed = points.at(-1)?.seconds ?? 0;
  const left = duration - passed;
  const rest = duration === Infinity
    ? "until Ctrl-C"
    : left > 0.5
    ? `${inWords(left)} left`
    : "at its end";
  return `${verb} for ${passed < 0.5 ? "0 s" : inWords(passed)}, ${rest}`;
}

/**
 * What is on the terminal: no line is longer than it is wide, and they are fewer than its rows, so that
 * the cursor has one of its own below.
 */
export function liveLines(shown: Shown, { columns, rows }: Size, colours: boolean): string[] {
  const head = headLine(shown);
  const all = rowsOf(shown);
  const table = (bars: number) =>
    tableOf(
      ["", "now", "so far", ...bars > 0 ? [`last ${bars} s`] : []],
      all.map(([title, now, total, values]) => [
        title,
        now,
        total,
        ...bars > 0 ? [sparkline(values.slice(-bars)).padStart(bars)] : [],
      ]),
      { width: columns, colours, right: ["now", "so far"] },
    ).split("\n");
  // a column takes three more for its border
  const room = columns - widthOf(plain(table(0)[0] ?? "")) - 3;
  const bars = room >= FEWEST ? Math.min(room, MINUTE) : 0;
  const lines = [head, ...table(bars)];
  if (lines.length < rows && lines.every((line) => widthOf(plain(line)) <= columns)) return lines;
  const short = [head, ...all.map(([title, now]) => `${title} ${now}`)];
  return short.slice(0, Math.max(1, rows - 1)).map((line) => line.slice(0, columns));
}

// deno-lint-ignore no-control-regex
const plain = (text: string) => text.replace(/\x1b\[[\d;]*m/g, "");

/**
 * Draws lines over those that were drawn before. The cursor stays below them, where a terminal shows
 * `^C`, and nothing of the terminal is changed that would have to be changed back.
 */
export class Canvas {
  readonly #write: (text: string) => void;
  #widths: number[] = [];

  /** @param write writes to the terminal. */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Draws lines in place of those that were there. */
  draw(lines: readonly string[], columns: number): void {
    const text = lines.map((line) => `${line}\x1b[K\n`).join("");
    this.#write(`${this.#back(columns)}${text}\x1b[J`);
    this.#widths = lines.map((line) => widthOf(plain(line)));
  }

  /** Takes away what was drawn. */
  clear(columns: number): void {
    this.#write(`${this.#back(columns)}\x1b[J`);
    this.#widths = [];
  }

  /** Brings the cursor to the first line; one that a narrower terminal has wrapped is several. */
  #back(columns: number): string {
    const rows = this.#widths.reduce(
      (sum, width) => sum + Math.max(1, Math.ceil(width / columns)),
      0,
    );
    return rows > 0 ? `\r\x1b[${rows}A` : "\r";
  }
}
