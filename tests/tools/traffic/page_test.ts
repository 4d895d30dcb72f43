/** traffic's page of results, in a browser. */

import { fileURLToPath, pathToFileURL } from "node:url";
import { runToEnd } from "../../../cmd/lib/command.ts";
import type { ResultDocument } from "../../../cmd/traffic/document.ts";
import { merged } from "../../../cmd/traffic/merge.ts";
import { escaped, pageOf } from "../../../cmd/traffic/page.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../../assert.ts";
import { testPrefix } from "../../harness.ts";
import { Browser, whyNoBrowser } from "../../harness/browser.ts";
import { Histogram } from "../../../ffi/traffic/traffic.ts";
import { aDocument, aReceived, aSearch, OTHER_MACHINE } from "./documents.ts";

/** Texts that would be more than texts, if they could. */
const HOSTILE = [
  "<script>globalThis.hacked = 1</script>",
  "</script><script>globalThis.hacked = 2</script>",
  "<img src=x onerror='globalThis.hacked = 3'>",
  '"><svg onload="globalThis.hacked = 4">',
  "<!--<script>",
];

/** Latencies with a long tail. */
const latencies = Array.from(
  { length: 20_000 },
  (_, i) => i % 700 === 13 ? null : 2 + (i * 7919 % 1000) / 500 + (i % 5000 === 1 ? 300 : 0),
);

/** Lines of latencies at the rates of a search, and all there are with two streams; six have colours. */
const FOUND = 8;
const DASHED = FOUND + 2 - 6;

/** All that a page can have, with texts that mean harm. */
async function aPage(): Promise<{ document: ResultDocument; plots: number }> {
  const bad = HOSTILE.join(" ");
  const send = {
    ...aDocument({ 7: 20_000 }),
    args: ["--", "send", "--frame", `ether/payload(text=${bad})`],
  };
  const receive = aReceived({ 7: latencies, 8: latencies.slice(0, 5000) });
  // more lines than there are colours
  const histogram = new Histogram();
  for (let value = 1; value < 1000; value++) histogram.record(value);
  const found = Array.from({ length: FOUND }, (_, i) => ({
    name: `${i}`,
    histogram: histogram.toJSON(),
    cyclesPerMicrosecond: 10 + i,
  }));
  const machine = { ...OTHER_MACHINE, host: bad, cpu: bad };
  const search = { ...await aSearch(), latencies: found, machine };
  const documents = { [`${bad}.json`]: send, receive, ndr: search };
  const parts = Object.entries(documents).map(([name, document]) => ({ name, document }));
  const document = merged(parts, ["report"]);
  document.notes?.push(bad);
  // rates, late and lost, latencies over time and by percentile, and two of the search
  return { document, plots: 6 };
}

Deno.test("page: texts are texts", async () => {
  assertEquals(escaped(`<a href="x">'&`), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
  const page = pageOf((await aPage()).document);
  assertEquals(page.match(/<script/g)?.length, 2);
  assertEquals(page.match(/<\/script/g)?.length, 2);
  assertEquals(page.match(/<(img|svg)/g), null);
  assertStringIncludes(page, "&lt;img src=x");
  // nothing is loaded: no address of another file or host is in it
  assertEquals(page.match(/(src|href)=(?!"data:,")["'][^"']/g), null);
  assertMatch(page, /content="default-src &#39;none&#39;; script-src &#39;sha256-/);
});

Deno.test("page: numbers are in groups of three digits, and on the right", () => {
  const tables = [{ title: "t", head: ["what", "n"], rows: [["a", 1234567], ["b", 999]] }];
  const page = pageOf({ ...aDocument(), tables });
  assertStringIncludes(page, '<td>a</td><td class="number">1\u202f234\u202f567</td>');
  assertStringIncludes(page, '<td>b</td><td class="number">999</td>');
});

Deno.test("page: latencies at the rates of several searches tell of which file they are", async () => {
  const histogram = new Histogram();
  histogram.record(4000);
  const latencies = [{ name: "NDR", histogram: histogram.toJSON(), cyclesPerMicrosecond: 2000 }];
  const search = { ...await aSearch(), latencies };
  const later = { ...search, begin: new Date(Date.parse(search.begin) + 60_000).toISOString() };
  const parts = [["a.json", search], ["b.json", later]] as const;
  const document = merged(parts.map(([name, document]) => ({ name, document })), ["report"]);
  assertStringIncludes(pageOf(search), '"name":"NDR","values":[2]');
  for (const [name] of parts) {
    assertStringIncludes(pageOf(document), `"name":"NDR, ${name}","values":[2]`);
  }
});

Deno.test("page: its script and style are those of their sources", async () => {
  const main = fileURLToPath(new URL("../../../cmd/dev/page/main.ts", import.meta.url));
  const lock = fileURLToPath(new URL("../../../cmd/dev/deno.lock", import.meta.url));
  const args = ["run", `--lock=${lock}`, "--frozen", "-A", main, "--check"];
  const { success, text } = await runToEnd(Deno.execPath(), args);
  assert(success, text);
});

/** What the test asks of a page: an expression for the browser. */
const LOOK = `(() => {
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    probe.fillStyle = colour;
    probe.fillRect(0, 0, 1, 1);
    return [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const style = getComputedStyle(document.documentElement);
  const lines = [0, 1, 2, 3, 4, 5].map((i) => rgb(style.getPropertyValue("--line-" + i)));
  const coloured = (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] > 200 && lines.some((line) =>
        line.every((value, j) => Math.abs(value - data[i + j]) < 24))) count++;
    }
    return count;
  };
  return {
    plots: [...document.querySelectorAll(".plot canvas")].map(coloured),
    widths: [...document.querySelectorAll(".plot")].map((plot) =>
      [plot.clientWidth, plot.querySelector("canvas").getBoundingClientRect().width]),
    scroll: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    back: getComputedStyle(document.body).backgroundColor,
    hacked: String(globalThis.hacked),
    texts: document.body.innerText.includes("<script>globalThis.hacked"),
    rows: document.querySelectorAll("td").length,
    dashed: [...document.querySelectorAll(".u-marker")].filter((marker) =>
      getComputedStyle(marker).borderTopStyle === "dashed").length,
  };
})()`;

interface Look {
  /** For each plot, how many pixels have a line's colour. */
  plots: number[];
  widths: [place: number, canvas: number][];
  /** By how much the page is wider than the window. */
  scroll: number;
  back: string;
  hacked: string;
  texts: boolean;
  rows: number;
  /** How many lines are dashed. */
  dashed: number;
}

Deno.test({
  name: "page: all plots are drawn at 360 and 1600 pixels, light and dark, from a file alone" +
    (whyNoBrowser ? ` (ignored: ${whyNoBrowser})` : ""),
  ignore: whyNoBrowser !== undefined,
  async fn() {
    await using prefix = testPrefix();
    const folder = Deno.makeTempDirSync({ prefix: "denodpdk-page-" });
    await using cleaning = new AsyncDisposableStack();
    cleaning.defer(() => Deno.removeSync(folder, { recursive: true }));
    const { document, plots } = await aPage();
    const path = `${folder}/results.html`;
    Deno.writeTextFileSync(path, pageOf(document));
    await using browser = await Browser.start(prefix);
    const views = [
      { width: 1600, scheme: "light" },
      { width: 1600, scheme: "dark" },
      { width: 360, scheme: "dark" },
      { width: 360, scheme: "light" },
    ] as const;
    const backs: Record<string, string> = {};
    await browser.open(path, views[0]);
    for (const view of views) {
      // the page is open while the window and the colours change
      await browser.view(view);
      const name = `${view.width} ${view.scheme}`;
      const look = await browser.evaluate<Look>(LOOK);
      assertEquals(look.plots.length, plots, name);
      assert(look.plots.every((pixels) => pixels > 50), `${name}: ${look.plots}`);
      for (const [place, canvas] of look.widths) assertEquals(canvas, place, name);
      assertEquals(look.scroll, 0, name);
      assertEquals([look.hacked, look.texts], ["undefined", true], name);
      assert(look.rows > 20, name);
      assertEquals(look.dashed, DASHED, name);
      backs[view.scheme] = look.back;
      const shots = Deno.env.get("DENODPDK_SCREENSHOTS");
      if (shots) await browser.screenshot(`${shots}/${view.width}-${view.scheme}.png`);
    }
    assert(backs["light"] !== backs["dark"], JSON.stringify(backs));
    assertEquals(browser.complaints, []);
    const others = browser.requests.filter((url) => !url.startsWith("data:"));
    assertEquals(others, [pathToFileURL(path).href]);
  },
});
