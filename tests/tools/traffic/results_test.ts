/** What traffic writes: the document, its rows and its page. */

import { csvText } from "../../../cmd/traffic/csv.ts";
import { documentText, type ResultDocument } from "../../../cmd/traffic/document.ts";
import { cpuModel } from "../../../cmd/traffic/machine.ts";
import { pageOf } from "../../../cmd/traffic/page.ts";
import { saveDocument } from "../../../cmd/traffic/results.ts";
import { latencyBySecond, pointOf, thin } from "../../../cmd/traffic/watch.ts";
import { Histogram } from "../../../ffi/traffic/traffic.ts";
import { assert, assertEquals } from "../../assert.ts";
import { sentNotes } from "../../../cmd/traffic/receive.ts";
import { aDocument, aReceived } from "./documents.ts";

Deno.test("traffic: a second of a series", () => {
  const before = { packets: 100, bits: 51_200, late: 1, lost: 0 };
  const after = { packets: 400, bits: 204_800, late: 3, lost: 5 };
  assertEquals(pointOf(2.5, 1.5, before, after, undefined), {
    seconds: 2.5,
    packetsPerSecond: 200,
    bitsPerSecond: 102_400,
    late: 2,
    lost: 5,
  });
  const bare = pointOf(1, 1, { packets: 0, bits: 0 }, { packets: 1, bits: 8 }, undefined);
  assertEquals(bare, { seconds: 1, packetsPerSecond: 1, bitsPerSecond: 8 });
});

Deno.test("traffic: older points of a long run stand for several seconds", () => {
  const of = (seconds: number, packetsPerSecond: number, lost: number, p50?: number) => ({
    seconds,
    packetsPerSecond,
    bitsPerSecond: 512 * packetsPerSecond,
    lost,
    ...p50 === undefined ? {} : { latency: { p50, p90: 9, p99: 10 - p50, p999: 9, max: 9 } },
  });
  const points = [of(1, 100, 1, 4), of(2, 200, 2, 6), of(5, 10, 3), of(6, 50, 4), of(7, 7, 5)];
  const kept = points.slice(4);
  thin(points, 1);
  assertEquals(points, [
    { ...of(2, 150, 3, 6), latency: { p50: 6, p90: 9, p99: 6, p999: 9, max: 9 } },
    of(6, 20, 7),
    ...kept,
  ]);
  thin(points, 3);
  assertEquals(points.length, 3);
});

Deno.test("traffic: latencies of each second are those of that second", () => {
  const [a, b] = [new Histogram(), new Histogram()];
  const histograms = [a];
  const latency = latencyBySecond(() => histograms, 10);
  assertEquals(latency(), undefined);
  for (let i = 0; i < 100; i++) a.record(1000);
  assertEquals(latency(), { p50: 100, p90: 100, p99: 100, p999: 100, max: 100 });
  assertEquals(latency(), undefined);
  histograms.push(b);
  a.record(20);
  b.record(30);
  assertEquals(latency(), { p50: 2, p90: 3, p99: 3, p999: 3, max: 3 });
});

Deno.test("traffic: rows for spreadsheets", () => {
  const latency = { p50: 1, p90: 2, p99: 3, p999: 4, max: 5 };
  const point = { seconds: 1, packetsPerSecond: 10, bitsPerSecond: 5120 };
  assertEquals(
    csvText({ series: [{ name: 'a "port", b', points: [{ ...point, lost: 2, latency }, point] }] }),
    "series,seconds,packets_per_second,bits_per_second,late,lost,p50_us,p90_us,p99_us,p99.9_us,max_us\n" +
      '"a ""port"", b",1,10,5120,,2,1,2,3,4,5\n' +
      '"a ""port"", b",1,10,5120,,,,,,,\n',
  );
  const trial = { load: 1000, duration: 1, sent: 1000, received: 990, lossRatio: 0.01, took: 1 };
  const result = { goals: [], trials: [trial], complete: true };
  assertEquals(
    csvText({ searches: [{ name: "64", frameBits: 512, goals: [], result }] }),
    "search,trial,load_pps,seconds,sent,received,loss_ratio\n64,1,1000,1,1000,990,0.01\n",
  );
});

Deno.test("traffic: results are written to the files that were asked for", () => {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-results-" });
  try {
    const file = (name: string) => `${folder}/${name}`;
    const document = aDocument();
    saveDocument({ json: file("a.json"), csv: file("a.csv"), report: file("a.html") }, document);
    const read = JSON.parse(Deno.readTextFileSync(file("a.json"))) as ResultDocument;
    assertEquals(read, document);
    assertEquals(Deno.readTextFileSync(file("a.csv")), csvText(document));
    assertEquals(Deno.readTextFileSync(file("a.html")), pageOf(document));
    saveDocument({ json: undefined, csv: undefined, report: undefined }, document);
    assertEquals([...Deno.readDirSync(folder)].length, 3);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("traffic: a rate of max is null in the document", () => {
  const document = aDocument();
  assert(document.command === "send");
  document.result.report.asked = Infinity;
  assertEquals(JSON.parse(documentText(document)).result.report.asked, null);
});

Deno.test("traffic: --sent below what came is told", () => {
  const { result } = aReceived({ 7: [1, 1, 1], 8: [1] });
  assertEquals(sentNotes(result, undefined), []);
  assertEquals(sentNotes(result, 3), []);
  assertEquals(sentNotes(result, 2), [
    "Stream 7: 3 came, more than the 2 of --sent; losses are those below the highest number that came.",
  ]);
});

Deno.test("traffic: the CPU's model", () => {
  assertEquals(
    cpuModel("processor\t: 0\nmodel name\t: A CPU @ 2 GHz\nmodel name\t: B\n"),
    "A CPU @ 2 GHz",
  );
  assertEquals(cpuModel(""), Deno.build.arch);
});
