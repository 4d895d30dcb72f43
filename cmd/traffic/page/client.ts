/**
 * The script of a page of results: draws its plots by uPlot, in the width that there is, in light and
 * dark. It is bundled into `code.ts` by `deno task page`.
 *
 * @module
 */

import uPlot from "uplot";
import type { Plot, PlotAxis, PlotLine, Unit } from "./data.ts";

// what of a browser is used: its whole library would be that of all programs here
interface Place {
  readonly clientWidth: number;
  readonly textContent: string;
  readonly dataset: Record<string, string>;
}
declare const document: {
  readonly documentElement: Place;
  getElementById(id: string): Place | null;
};
declare function getComputedStyle(place: Place): { getPropertyValue(name: string): string };
declare function matchMedia(query: string): {
  addEventListener(type: "change", listener: () => void): void;
};
declare class ResizeObserver {
  constructor(listener: () => void);
  observe(place: Place): void;
}

/** Height of a plot, CSS pixels. */
const HEIGHT = 280;
/** How many colours lines have, each a name of the style; the lines behind those are dashed. */
const COLOURS = 6;
/** The narrowest plot whose axes have labels of full length, CSS pixels. */
const NARROW = 500;

const PREFIXES = ["", "k", "M", "G", "T"];

/** A number with a prefix for thousands. */
function prefixed(value: number, digits: number): string {
  const size = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)) / 3 + 1e-9);
  const step = Math.min(Math.max(0, size), PREFIXES.length - 1);
  return `${Number((value / 1000 ** step).toPrecision(digits))} ${PREFIXES[step]}`.trimEnd();
}

/** A percentile in words: of 1000 that is `99.9 %`. */
function percentile(value: number): string {
  return `${Number((100 * (1 - 1 / value)).toPrecision(12))} %`;
}

const SUFFIXES: Record<Unit, string> = {
  s: " s",
  pps: "pps",
  us: " us",
  share: "",
  percentile: "",
  "": "",
};

/** A value of an axis with its unit. */
function shown(unit: Unit, value: number | null | undefined, digits = 5): string {
  if (value === null || value === undefined) return "–";
  if (unit === "percentile") return percentile(value);
  if (unit === "share") return `${Number((100 * value).toPrecision(digits))} %`;
  if (unit === "pps") {
    const text = prefixed(value, digits);
    return /\d$/.test(text) ? `${text} pps` : `${text}pps`;
  }
  return `${Number(value.toPrecision(digits))}${SUFFIXES[unit]}`;
}

/** A colour of the page's style. */
function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The powers of ten around two values. */
function decades(min: number, max: number): [number, number] {
  const low = 10 ** Math.floor(Math.log10(min) + 1e-9);
  const high = 10 ** Math.ceil(Math.log10(max) - 1e-9);
  return [low, high > low ? high : low * 10];
}

function scale({ log, unit, fits }: PlotAxis, isX: boolean): uPlot.Scale {
  if (log) {
    const range: uPlot.Range.Function = (_, min, max) =>
      unit === "percentile" ? [1, Math.max(10, max)] : decades(min || 1, max || 10);
    return { time: false, distr: 3, range };
  }
  if (isX && unit === "s") {
    // from the beginning on, unless a part is looked at
    const range: uPlot.Range.Function = ({ data: [xs] }, min, max) =>
      min <= (xs[0] ?? 0) ? [0, max] : [min, max];
    return { time: false, range };
  }
  if (isX || fits) return { time: false };
  return { time: false, range: (_, __, max) => [0, max > 0 ? max * 1.05 : 1] };
}

function axis({ label, unit, log }: PlotAxis, isX: boolean, width: number): uPlot.Axis {
  const grid = { stroke: colour("--grid"), width: 1 };
  const decadeValues = (_: uPlot, splits: number[]) =>
    splits.map((value) => Math.abs(Math.log10(value) % 1) < 1e-9 ? shown(unit, value) : null);
  const values = (_: uPlot, splits: number[]) => splits.map((value) => shown(unit, value));
  return {
    label,
    labelSize: 22,
    labelFont: "13px system-ui, sans-serif",
    font: "12px system-ui, sans-serif",
    stroke: colour("--muted"),
    grid,
    ticks: grid,
    values: log ? decadeValues : values,
    ...isX ? { space: width < NARROW ? 60 : 80 } : { size: 76 },
    ...log && unit === "percentile"
      ? { splits: (_: uPlot, __: number, ___: number, max: number) => powers(max) }
      : {},
  };
}

/** 1, 10, 100 and so on. */
function powers(max: number): number[] {
  const all = [];
  for (let value = 1; value <= max * 1.0001; value *= 10) all.push(value);
  return all;
}

/** Whether a line, counted from 0, has the colour of an earlier one. */
const isDashed = (i: number) => i >= COLOURS;

function series({ name, as = "line" }: PlotLine, i: number, { y }: Plot): uPlot.Series {
  const stroke = colour(`--line-${i % COLOURS}`);
  const base: uPlot.Series = {
    label: name,
    stroke,
    width: 1.75,
    spanGaps: true,
    ...isDashed(i) ? { dash: [8, 4] } : {},
    value: (_: uPlot, value: number | null) => shown(y.unit, value),
  };
  if (as === "points") {
    const paths: uPlot.Series.PathBuilder = () => null;
    return { ...base, paths, points: { show: true, size: 7, stroke, fill: stroke } };
  }
  if (as === "steps") {
    return { ...base, paths: uPlot.paths.stepped!({ align: 1 }), points: { show: false } };
  }
  return base;
}

function options(plot: Plot, width: number): uPlot.Options {
  return {
    width,
    height: HEIGHT,
    // the last value of the x axis needs room
    padding: [null, 28, null, null],
    scales: { x: scale(plot.x, true), y: scale(plot.y, false) },
    axes: [axis(plot.x, true, width), axis(plot.y, false, width)],
    series: [
      { label: plot.x.label, value: (_: uPlot, value: number | null) => shown(plot.x.unit, value) },
      ...plot.lines.map((line, i) => series(line, i, plot)),
    ],
    cursor: { drag: { x: true, y: false } },
    // a series more than there are lines: that of the places
    legend: { markers: { dash: (_: uPlot, i: number) => isDashed(i - 1) ? "dashed" : "solid" } },
  };
}

/** Draws a plot, and again when its width or the colours change. */
function draw(plot: Plot, place: Place): void {
  const data: uPlot.AlignedData = [plot.xs, ...plot.lines.map(({ values }) => values)];
  let drawn: uPlot | undefined;
  let width = 0;
  const redraw = () => {
    drawn?.destroy();
    drawn = new uPlot(options(plot, width), data, place);
    place.dataset["drawn"] = "true";
  };
  const fit = () => {
    const now = Math.floor(place.clientWidth);
    if (now === width || now === 0) return;
    width = now;
    redraw();
  };
  new ResizeObserver(fit).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  matchMedia("print").addEventListener("change", redraw);
  fit();
}

const text = document.getElementById("plots")?.textContent ?? "[]";
for (const [i, plot] of (JSON.parse(text) as Plot[]).entries()) {
  const place = document.getElementById(`plot-${i}`);
  if (place) draw(plot, place);
}
