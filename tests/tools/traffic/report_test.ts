/** traffic's report: files that are read and refused, and what several of them are together. */

import { commandWords, prepare } from "../../../cmd/traffic/commands.ts";
import { documentText, type ResultDocument } from "../../../cmd/traffic/document.ts";
import { merged } from "../../../cmd/traffic/merge.ts";
import { documentIn, readDocument } from "../../../cmd/traffic/read.ts";
import { reportText } from "../../../cmd/traffic/report.ts";
import { streamReport } from "../../../ffi/traffic/traffic.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../../assert.ts";
import { aDocument, aReceived, aSearch, MACHINE, OTHER_MACHINE } from "./documents.ts";

const copy = (document: ResultDocument) => documentIn(documentText(document));

Deno.test("report: what was written is read again", async () => {
  const [sent, received] = [aDocument(), aReceived({ 7: [1, 2, null, 4] })];
  for (const document of [sent, received, await aSearch(), merge({ sent, received })]) {
    assertEquals(copy(document), document);
  }
  sent.result.report.asked = sent.result.report.askedRate = Infinity;
  assertEquals(copy(sent), sent);
});

/** Values that are wrong in a document, by their places, and what is said of them. */
const WRONG: [place: string, value: unknown, message: string][] = [
  ["tool", "iperf", "it has no results of denodpdk traffic"],
  ["format", 2, "it is of format 2, and this program reads format 1"],
  ["command", "toString", "command: expected a command of traffic"],
  ["args", [1], "args[0]: expected a text"],
  ["machine", null, "machine: expected an object"],
  ["begin", "yesterday", "begin: expected a time"],
  ["series", [{ name: "x", points: [{}] }], "series[0].points[0].seconds: expected a number"],
  ["tables", {}, "tables: expected a list"],
  ["tables", [{ title: "x", head: [], rows: [[{}]] }], "tables[0].rows[0][0]: expected a number"],
  ["result", { streams: { x: {} } }, "result.seconds: expected a number"],
];

Deno.test("report: files that are no results are refused, with the place", () => {
  for (const [place, value, message] of WRONG) {
    const document = { ...aReceived({ 7: [1, 2] }), [place]: value };
    const { message: got } = assertThrows(() => documentIn(JSON.stringify(document)), Error);
    assertEquals(got, message);
  }
  assertThrows(() => documentIn("{"), Error, "it is no JSON");
  assertThrows(() => documentIn("null"), Error, "it has no results of denodpdk traffic");
  const changed = aReceived({ 7: [1, 2] });
  changed.result.streams[7]!.latency.count = 3;
  assertThrows(
    () => documentIn(documentText(changed)),
    Error,
    "expected counts that are 3 together",
  );
  const foreign = JSON.parse(documentText(aReceived({ 7: [1] })));
  foreign.result.streams = { "<b>": foreign.result.streams[7] };
  assertThrows(() => documentIn(JSON.stringify(foreign)), Error, "expected numbers of streams");
});

Deno.test("report: a refusal is one line that names the file", () => {
  const refused = (path: string, reason: string) => {
    const { message } = assertThrows(() => readDocument(path), Error);
    assertEquals(
      message,
      `report: expected a file that --json of traffic wrote, got '${path}' (${reason})`,
    );
  };
  refused("/nowhere/a.json", "there is no such file");
  refused("/proc", "it cannot be read");
  refused("/dev/null", "it is no JSON");
  assertThrows(() => prepare(["report"]), Error, "report: expected files that --json of traffic");
});

Deno.test("report: it has no options of EAL, and needs no -- before it", () => {
  assertEquals(commandWords(["report", "a.json"]), ["report", "a.json"]);
  assertEquals(commandWords(["-l", "0", "--", "report", "a.json"]), ["report", "a.json"]);
  assertEquals(commandWords(["send"]), []);
});

function merge(documents: Record<string, ResultDocument>): ResultDocument {
  const parts = Object.entries(documents).map(([name, document]) => ({ name, document }));
  return merged(parts, ["report"]);
}

/** A row of a table as an object. */
function rowsOf({ tables }: ResultDocument, title: string) {
  const table = tables.find((table) => table.title === title);
  return table?.rows.map((row) =>
    Object.fromEntries(row.map((cell, i) => [table.head[i] ?? "", cell]))
  );
}

Deno.test("report: what one process sent and another received gives the loss", () => {
  // the last three of ten did not come, which the receiver alone cannot know
  const received = aReceived({ 7: [1, 2, null, 4, 5, 6, 7] });
  assertEquals(streamReport(received.result.streams[7]!).lost, 1);
  const document = merge({ a: aDocument({ 7: 10 }), b: received });
  assertEquals(rowsOf(document, "Streams"), [{
    stream: "7",
    sent: 10,
    "lost, %": 40,
    received: 6,
    lost: 4,
    copies: 0,
    reordered: 0,
    "too late": 0,
  }]);
  const [latency] = rowsOf(document, "Latency, us") ?? [];
  assertEquals([latency?.["min"], latency?.["max"]], ["1.00", "7.00"]);
  assertEquals(document.notes, []);
  assertEquals(document.series?.map(({ name }) => name), ["sent, a", "received, b"]);
});

Deno.test("report: a stream of which nothing came is lost", () => {
  const document = merge({ a: aDocument({ 7: 2, 8: 5 }), b: aReceived({ 7: [1, 1] }) });
  const lost = rowsOf(document, "Streams")?.map(({ stream, lost }) => [stream, lost]);
  assertEquals(lost, [["7", 0], ["8", 5]]);
});

Deno.test("report: clocks that differ give no one-way latency, and it says so", () => {
  const sent = { ...aDocument({ 7: 3 }), machine: OTHER_MACHINE };
  const received = aReceived({ 7: [1, 2], 8: [3, 4] });
  const document = merge({ a: sent, b: received });
  assertEquals(document.notes, [
    "Stream 7: no one-way latency, since the clocks of far and box differ.",
    "Stream 8: no file tells how many packets were sent.",
  ]);
  // stream 8 is of the receiver's clock as far as is known
  assertEquals(rowsOf(document, "Latency, us")?.map(({ stream }) => stream), ["8"]);
  assertEquals(rowsOf(document, "b: Latency, us")?.map(({ stream }) => stream), ["8"]);
  assertEquals(rowsOf(document, "Streams")?.map(({ lost }) => lost), [1, 0]);
  const points = document.series?.flatMap(({ points }) => points) ?? [];
  assert(points.every(({ latency }) => latency === undefined));
  assertStringIncludes(reportText(document), "no one-way latency");
  // the same host after a boot has another clock too
  const booted = { ...aDocument({ 7: 3 }), machine: { ...MACHINE, bootId: "another" } };
  const [note] = merge({ a: booted, b: received }).notes ?? [];
  assertEquals(
    note,
    "Stream 7: no one-way latency, since the clocks of box before and after a boot differ.",
  );
});

Deno.test("report: receivers of two boxes are merged with exact counts, in one unit", () => {
  const near = { ...aReceived({ 1: Array(900).fill(2) }), begin: "2026-01-02T03:04:06.000Z" };
  const far = { ...aReceived({ 2: Array(100).fill(8) }, 3000), machine: OTHER_MACHINE };
  const document = merge({ near, far });
  const all = rowsOf(document, "Latency, us")?.at(-1);
  assertEquals(all?.["stream"], "all");
  assertEquals([all?.["p50"], all?.["p90"], all?.["p99"]], ["2.00", "2.00", "8.00"]);
  assertEquals(rowsOf(document, "Streams")?.map(({ received }) => received), [900, 100]);
});

Deno.test("report: latencies of all sizes fit 80 columns", () => {
  const latencies = Array.from({ length: 20_000 }, (_, i) => 0.5 + i ** 2 / 3000);
  const text = reportText(aReceived({ 65_535: latencies }));
  assertStringIncludes(text, "│ stream │  min │");
  assert(text.split("\n").every((line) => line.length <= 80), text);
});

Deno.test("report: senders are added", () => {
  const one = aDocument({ 1: 10 });
  const two = { ...aDocument({ 2: 20 }), begin: "2026-01-02T03:04:06.000Z" };
  const document = merge({ one, two });
  const [asked, sent] = rowsOf(document, "all senders: Sent") ?? [];
  assertEquals([asked?.["packets"], sent?.["packets"]], [4000, 3980]);
  assertEquals(document.begin, one.begin);
  assertEquals(document.seconds, 2.322);
});

Deno.test("report: files that do not belong together are told or refused", () => {
  const received = aReceived({ 7: [1, 2] });
  const more = merge({ a: aDocument({ 7: 1 }), b: received });
  assertEquals(more.notes, [
    "Stream 7: 1 packet came that were not sent. Are these files of one run?",
  ]);
  const later = { ...aDocument({ 7: 2 }), begin: "2026-01-02T04:04:05.678Z" };
  assertEquals(merge({ a: later, b: received }).notes, [
    "a and b did not run at the same time.",
  ]);
  const again = { ...received, begin: later.begin };
  assertThrows(() => merge({ b: received, c: again }), RangeError, "stream 7 was judged by two");
  assertThrows(
    () => merge({ b: received, c: received }),
    RangeError,
    "c is of a run that was given",
  );
});

Deno.test("report: what was merged can be merged with more", () => {
  const first = copy(merge({ a: aDocument({ 7: 10 }), b: aReceived({ 7: [1] }) }));
  const third = { ...aDocument({ 8: 5 }), begin: "2026-01-02T03:04:05.700Z" };
  const document = merge({ ab: first, c: third });
  assert(document.command === "report");
  assertEquals(document.result.names, ["a", "b", "c"]);
  assertEquals(rowsOf(document, "Streams")?.map(({ stream, lost }) => [stream, lost]), [
    ["7", 9],
    ["8", 5],
  ]);
});
