/**
 * What is shown on a terminal while a trial goes on.
 *
 * @module
 */

import { inWords } from "../lib/progress.ts";
import { write } from "../lib/stdout.ts";
import { columnsOf, isScreen } from "../lib/terminal.ts";
import { packetRate } from "./lines.ts";
import { Canvas } from "./live.ts";
import { loadText } from "./trial_lines.ts";
import type { Order } from "./orders.ts";

/** Seconds of a trial that is worth to be shown. */
const LONG = 2;
/** Milliseconds between two looks. */
const PERIOD = 500;

/** The line of a trial that goes on. */
export function progressLine({ load, seconds }: Order, elapsed: number, came: number): string {
  const left = seconds - elapsed;
  const rate = `${packetRate(came / elapsed)} came on average`;
  const rest = left > 0 ? `${inWords(left)} left` : "waiting for the last packets";
  return `${loadText(load)} for ${seconds} s: ${rate}, ${rest}`;
}

/**
 * Shows how a trial goes on, on a terminal and where it is long.
 *
 * @param came tells how many packets came until now.
 * @returns ends it, and takes the line away.
 */
export function showTrial(order: Order, came: () => number): () => void {
  if (order.seconds < LONG || !isScreen("stdout")) return () => {};
  const canvas = new Canvas(write);
  const begin = performance.now();
  const timer = setInterval(() => {
    const elapsed = (performance.now() - begin) / 1000;
    const columns = columnsOf("stdout");
    canvas.draw([progressLine(order, elapsed, came()).slice(0, columns - 1)], columns);
  }, PERIOD);
  return () => {
    clearInterval(timer);
    canvas.clear(columnsOf("stdout"));
  };
}
