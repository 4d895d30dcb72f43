/**
 * Reads result documents, and refuses what is none: another program's file, one of a later format, one
 * that was cut or changed by hand.
 *
 * @module
 */

import { Histogram, streamReport } from "../../ffi/traffic/traffic.ts";
import { refuse } from "../lib/options.ts";
import {
  FORMAT,
  type ReceiveResult,
  type ResultDocument,
  type SendResult,
  TOOL,
} from "./document.ts";

/** What is wrong with a document. */
class Wrong extends Error {}

/** Throws where a value is not as expected. */
type Check = (value: unknown, at: string) => void;

function need(is: boolean, at: string, expected: string): void {
  if (!is) throw new Wrong(`${at || "it"}: expected ${expected}`);
}

const number: Check = (value, at) => need(Number.isFinite(value), at, "a number");
const text: Check = (value, at) => need(typeof value === "string", at, "a text");
const flag: Check = (value, at) => need(typeof value === "boolean", at, "true or false");
const date: Check = (value, at) =>
  need(typeof value === "string" && !isNaN(Date.parse(value)), at, "a time");

/** A number, or null for one that is infinite or none. */
const numberOrNull: Check = (value, at) => value === null || number(value, at);
const cell: Check = (value, at) => typeof value === "string" || numberOrNull(value, at);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const list = (of: Check): Check => (value, at) => {
  if (!Array.isArray(value)) return need(false, at, "a list");
  for (const [i, one] of value.entries()) of(one, `${at}[${i}]`);
};

const object = (fields: Record<string, Check>): Check => (value, at) => {
  if (!isObject(value)) return need(false, at, "an object");
  for (const [name, check] of Object.entries(fields)) {
    check(value[name], at ? `${at}.${name}` : name);
  }
};

const optional = (check: Check): Check => (value, at) => value === undefined || check(value, at);

/** Things by the numbers of streams. */
const byStream = (of: Check): Check => (value, at) => {
  if (!isObject(value)) return need(false, at, "an object");
  for (const [key, one] of Object.entries(value)) {
    need(/^\d{1,5}$/.test(key), at, "numbers of streams");
    of(one, `${at}[${key}]`);
  }
};

const numbers = (...names: string[]) => Object.fromEntries(names.map((name) => [name, number]));

const histogram = object({
  ...numbers("count", "sum", "min", "max", "invalid"),
  values: list(number),
  counts: list(number),
});

const series = object({
  name: text,
  points: list(object({
    ...numbers("seconds", "packetsPerSecond", "bitsPerSecond"),
    late: optional(number),
    lost: optional(number),
    latency: optional(object(numbers("p50", "p90", "p99", "p999", "max"))),
  })),
});

const search = object({
  name: text,
  frameBits: number,
  goals: list(text),
  result: object({
    goals: list(object({ goal: object(numbers("lossRatio", "exceedRatio")) })),
    trials: list(object(numbers("load", "duration", "sent", "received", "lossRatio", "took"))),
    complete: flag,
  }),
});

const sent = object({
  report: object({
    ...numbers("seconds", "sent", "late", "maxLate", "refused", "skipped", "achievedRate"),
    asked: numberOrNull,
    askedRate: numberOrNull,
  }),
  streams: byStream(number),
});

const received = object({
  answered: optional(number),
  floor: optional(histogram),
  queues: optional(
    list(object({ ...numbers("packets", "bytes", "probes"), streams: list(number) })),
  ),
  ...numbers("seconds", "packets", "bytes", "probes", "cyclesPerMicrosecond"),
  streams: byStream(object({
    ...numbers("received", "duplicates", "lost", "tooLate", "reordered"),
    latency: histogram,
    ipdv: histogram,
    extent: histogram,
    lateness: histogram,
    density: object({
      ...numbers("threshold", "beyond"),
      displacements: list(number),
      counts: list(number),
    }),
  })),
});

const RESULTS: Record<ResultDocument["command"], Check> = {
  send: sent,
  receive: received,
  ndr: object({}),
  rfc2544: object({}),
  replay: object({}),
  capture: object({}),
  report: object({
    names: list(text),
    parts: list((value, at) => {
      document(value, at);
      need(isObject(value) && value["command"] !== "report", at, "a measurement");
    }),
  }),
};

const common = object({
  version: text,
  args: list(text),
  begin: date,
  seconds: number,
  machine: object({
    host: text,
    bootId: text,
    cpu: text,
    cpus: number,
    kernel: text,
    dpdk: text,
    deno: text,
    tscHz: number,
  }),
  series: optional(list(series)),
  searches: optional(list(search)),
  latencies: optional(list(object({ name: text, histogram, cyclesPerMicrosecond: number }))),
  notes: optional(list(text)),
  tables: list(object({ title: text, head: list(text), rows: list(list(cell)) })),
});

const isCommand = (name: unknown): name is ResultDocument["command"] =>
  typeof name === "string" && Object.hasOwn(RESULTS, name);

function document(value: unknown, at: string): void {
  const { tool, format, command, result } = isObject(value) ? value : {};
  if (tool !== TOOL) throw new Wrong(`${at || "it"} has no results of ${TOOL}`);
  if (format !== FORMAT) {
    throw new Wrong(`it is of format ${format}, and this program reads format ${FORMAT}`);
  }
  need(isCommand(command), at ? `${at}.command` : "command", "a command of traffic");
  common(value, at);
  if (isCommand(command)) RESULTS[command](result, at ? `${at}.result` : "result");
}

/** Puts back what JSON has no word for. */
function restore(document: ResultDocument): void {
  for (const { rows } of document.tables) {
    for (const row of rows) for (const [i, cell] of row.entries()) row[i] = cell ?? "";
  }
  if (document.command === "send") restoreSent(document.result);
  if (document.command === "receive") probe(document.result);
  if (document.command === "report") document.result.parts.forEach(restore);
}

function restoreSent({ report }: SendResult): void {
  report.asked ??= Infinity;
  report.askedRate ??= Infinity;
}

/** Counts of a histogram that are not right show now. */
function probe({ streams, floor, cyclesPerMicrosecond }: ReceiveResult): void {
  if (floor) Histogram.from(floor);
  for (const data of Object.values(streams)) streamReport(data, cyclesPerMicrosecond);
}

/**
 * The document that a text is.
 *
 * @throws {Error} one line that says what is wrong with it.
 */
export function documentIn(text: string): ResultDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Wrong("it is no JSON");
  }
  document(value, "");
  const read = value as ResultDocument;
  try {
    restore(read);
  } catch (error) {
    throw error instanceof RangeError ? new Wrong(error.message) : error;
  }
  return read;
}

/**
 * Reads a document.
 *
 * @throws {DpdkError} one line that names the file and what is wrong with it.
 */
export function readDocument(path: string): ResultDocument {
  const wrong = (reason: string): never =>
    refuse("report", "a file that --json of traffic wrote", path, reason);
  let content: string;
  try {
    content = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return wrong("there is no such file");
    return wrong("it cannot be read");
  }
  try {
    return documentIn(content);
  } catch (error) {
    if (error instanceof Wrong) return wrong(error.message);
    throw error;
  }
}
