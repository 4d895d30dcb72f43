/** Help and tables on terminals of all widths, and on a pipe. */

import { fileURLToPath, pathToFileURL } from "node:url";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { dpdkText } from "../../cmd/lib/about.ts";
import { tableOfRows } from "../../cmd/dev/bench/table.ts";
import { helpText, plainText } from "../../cmd/lib/help.ts";
import { toTables } from "../../cmd/inspect/report.ts";
import { fittingWidths, tableOf } from "../../cmd/lib/table.ts";
import { widthOf, wrap } from "../../cmd/lib/wrap.ts";
import { runToEnd } from "../../cmd/lib/command.ts";

const WIDTHS = [80, 40];
const CMD = fileURLToPath(new URL("../../cmd", import.meta.url));

const widest = (text: string) => Math.max(...text.split("\n").map(widthOf));

/** The READMEs of all programs. */
function* readmes(folder = CMD): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* readmes(`${folder}/${name}`);
    else if (name === "README.md") yield `${folder}/${name}`;
  }
}

Deno.test("every program's help fits, and says all that its README does", () => {
  const letters = (text: string) =>
    text.replace(/[\s\\#`*]/g, "").replace(/\[(.*?)\]\(.*?\)/g, "$1");
  const all = [...readmes()];
  assert(all.length > 10);
  for (const path of all) {
    for (const width of WIDTHS) {
      const text = helpText(pathToFileURL(path), width);
      assert(widest(text) <= width, `${path}: ${widest(text)} columns of ${width}`);
      const readme = Deno.readTextFileSync(path).replace(/```mermaid\n[^]*?```\n/g, "")
        .replace(/```\w*/g, "");
      assertEquals(letters(text).length, letters(readme).length, `${path}, ${width} columns`);
    }
  }
  for (const width of WIDTHS) assert(widest(dpdkText(width)) <= width);
});

Deno.test("Markdown as text", () => {
  const markdown = [
    "# a title",
    "",
    "Some **words** of `code`, and",
    "a [link](x.md). 1 and 2",
    "",
    "- an item",
    "  that goes on",
    "1. another",
    "",
    "```sh",
    "a-command --with=options --and=more",
    "short  # a remark that is longer than fits",
    "```",
    "",
    "```text",
    "-x N   what it is, in more",
    "       than one line",
    "--longer-option=NAME   what",
    "",
    "1. first",
    "   goes on",
    "```",
    "",
  ].join("\n");
  assertEquals(
    plainText(markdown, 26),
    [
      "a title",
      "",
      "Some words of code, and a",
      "link. 1 and 2",
      "",
      "- an item that goes on",
      "1. another",
      "",
      "  a-command \\",
      "    --with=options \\",
      "    --and=more",
      "  # a remark that is",
      "  # longer than fits",
      "  short",
      "",
      "  -x N",
      "        what it is, in",
      "        more than one line",
      "  --longer-option=NAME",
      "        what",
      "",
      "  1. first goes on",
      "",
    ].join("\n"),
  );
});

Deno.test("words in lines", () => {
  assertEquals(wrap("one two three", 8), ["one two", "three"]);
  assertEquals(wrap("one two", 6, { first: "- " }), ["- one", "  two"]);
  assertEquals(wrap("/a/long/path/that-goes-on", 10), ["/a/long/", "path/that-", "goes-on"]);
  assertEquals(wrap("üüüüüü", 4), ["üüüü", "üü"]);
  assertEquals(wrap("", 4), [""]);
  assertEquals(wrap("a b c", 4, { end: " \\" }), ["a \\", "b \\", "c"]);
});

Deno.test("columns are made narrower as far as they may", () => {
  assertEquals(fittingWidths([5, 10], [5, 5], 80), [5, 10]);
  assertEquals(fittingWidths([5, 20], [5, 5], 22), [5, 10]);
  assertEquals(fittingWidths([20, 20], [5, 5], 27), [10, 10]);
  assertEquals(fittingWidths([20, 20], [5, 5], 16), undefined);
});

Deno.test("a table too wide for its terminal", () => {
  const head = ["what", "count", "found"];
  const rows = [["a", 12, "some words that are long"], ["b", 3, {
    text: "/a/path/that/is/longer",
    style: "red",
  }]] as const;
  const at = (width: number, colours = false) => tableOf(head, rows, { width, colours });
  assertEquals(
    at(36),
    `┌──────┬───────┬──────────────────┐
│ what │ count │ found            │
├──────┼───────┼──────────────────┤
│ a    │    12 │ some words that  │
│      │       │ are long         │
│ b    │     3 │ /a/path/that/is/ │
│      │       │ longer           │
└──────┴───────┴──────────────────┘`,
  );
  assertEquals(
    at(20),
    `what   a
count  12
found  some words
       that are long
────────────────────
what   b
count  3
found  /a/path/that/
       is/longer`,
  );
  assertStringIncludes(at(36, true), "\x1b[31m/a/path/that/is/\x1b[39m");
  assertStringIncludes(at(20, true), "\x1b[31mfound");
});

const REPORT = {
  rings: [{ name: "PRI_2_SEC", used: 3, capacity: 63, size: 64, flags: 0, socket: 0 }],
  mempools: [{
    name: "MSG_POOL",
    size: 1024,
    available: 1021,
    inUse: 3,
    elementSize: 128,
    cacheSize: 32,
    cached: { 0: 29, 1: 1, 2: 32, 3: 1 },
    ops: "ring_mp_mc",
    socket: 0,
  }],
  memzones: [],
  ports: [],
};

Deno.test("inspect's and bench's tables fit", () => {
  const row = {
    name: "symmetric_mp, 2 processes, packets sent by both",
    unit: "cycles",
    better: "more",
    atLeast: 0.95,
    ts: [90],
    c: [100],
  } as const;
  const rows = [{ ...row, ts: [...row.ts], c: [...row.c] }];
  for (const width of WIDTHS) {
    const options = { width, colours: false };
    const tables = toTables(REPORT, options);
    assert(widest(tables) <= width, tables);
    for (const value of ["MSG_POOL", "1021", "ring_mp_mc", "0:29"]) {
      assertStringIncludes(tables, value);
    }
    assert(widest(tableOfRows(rows, options)) <= width);
    assertMatch(tableOfRows(rows, options), /\(missed\)/);
  }
});

Deno.test("doctor on terminals of 40 and 80 columns, and on a pipe", async () => {
  const main = `${CMD}/doctor/main.ts`;
  const doctor = `'${Deno.execPath()}' run -A --no-check '${main.replaceAll("'", `'\\''`)}'`;
  const run = async (command: string, args: string[], term = "xterm") => {
    const { stdout } = await runToEnd(command, args, { env: { TERM: term } });
    return stdout.replaceAll("\r", "");
  };
  const on = (columns: number, term?: string) =>
    run("script", ["-qec", `stty cols ${columns}; ${doctor}`, "/dev/null"], term);
  const [wide, narrow, dumb, pipe] = await Promise.all([
    on(80),
    on(40),
    on(80, "dumb"),
    run("sh", ["-c", doctor]),
  ]);
  // deno-lint-ignore no-control-regex
  const bare = (text: string) => text.replace(/\x1b\[\d*m/g, "");
  assert(widest(bare(wide)) <= 80, wide);
  assert(widest(bare(narrow)) <= 40, narrow);
  for (const plain of [dumb, pipe]) {
    assertEquals(bare(plain), plain);
    assert(widest(plain) <= 80, plain);
    assertMatch(plain, /DPDK/);
  }
});

Deno.test("commands of a README are written as they are shown in 80 columns", () => {
  for (const path of readmes()) {
    const [, ...blocks] = Deno.readTextFileSync(path).split(/^```sh\n/m);
    for (const line of blocks.flatMap((block) => block.split("```")[0]?.split("\n") ?? [])) {
      assert(widthOf(line) <= 78 || line.includes("["), `${path}: ${line}`);
    }
  }
});
