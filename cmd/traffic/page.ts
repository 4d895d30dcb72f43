/**
 * The page of results: one HTML file that needs nothing else. Its tables are there without a script,
 * and what a browser may run and load in it is the script of `page/client.ts` and nothing more.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { ResultDocument, ResultTable, TableCell } from "./document.ts";
import { ofOneClock, type Part, partsOf } from "./merge.ts";
import { plotsOf } from "./plots.ts";
import { SCRIPT, STYLE } from "./page/code.ts";

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text that is nothing but text in HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter]!);
}

/** JSON that nothing in it ends the element around it. */
function embedded(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

/** What a browser may run or load: only what has one of these digests. */
function policy(): string {
  const digest = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return [
    "default-src 'none'",
    `script-src ${digest(SCRIPT)}`,
    // uPlot places its parts by styles of elements
    `style-src ${digest(STYLE)}`,
    "img-src data:",
  ].join("; ");
}

/** A whole number in groups of three digits. */
function grouped(cell: TableCell): string {
  if (typeof cell === "string" || !Number.isInteger(cell)) return `${cell}`;
  return `${cell}`.replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

const isNumber = (cell: TableCell) => typeof cell === "number" || /^-?[\d.]+$/.test(cell);

function tableHtml({ title, head, rows }: ResultTable): string {
  const right = head.map((_, i) => rows.length > 0 && rows.every((row) => isNumber(row[i] ?? 0)));
  const cells = (tag: string, row: readonly TableCell[]) =>
    `<tr>${
      row.map((cell, i) =>
        `<${tag}${right[i] ? ' class="number"' : ""}>${escaped(grouped(cell))}</${tag}>`
      ).join("")
    }</tr>`;
  return `<h2>${escaped(title)}</h2>
<div class="scroll"><table>
<thead>${cells("th", head)}</thead>
<tbody>
${rows.map((row) => cells("td", row)).join("\n")}
</tbody>
</table></div>`;
}

/** A word of a command line as a shell takes it. */
function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function about({ command, args, begin, seconds, version, machine }: ResultDocument): string {
  const { host, cpu, cpus, kernel, dpdk, deno, tscHz, bootId } = machine;
  const rows = {
    "began": `${begin.replace("T", " ").replace(/\.\d+Z$/, " UTC")}`,
    "took": `${Number(seconds.toFixed(3))} s`,
    "host": host,
    "CPU": `${cpu}, ${cpus} CPUs`,
    "time stamp counter": `${(tscHz / 1e6).toFixed(3)} MHz`,
    "kernel": kernel,
    "DPDK": dpdk,
    "Deno": deno,
    "denodpdk": version,
    "boot": bootId,
  };
  const list = Object.entries(rows).map(([name, value]) =>
    `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`
  ).join("\n");
  return `<h2>${escaped(command)}: command and machine</h2>
<pre>${escaped(["traffic", ...args].map(word).join(" "))}</pre>
<dl>
${list}
</dl>`;
}

/** A part whose latencies tell of which file they are. */
function named({ name, document }: Part): ResultDocument {
  const { latencies } = document;
  if (!latencies) return document;
  return {
    ...document,
    latencies: latencies.map((one) => ({ ...one, name: `${one.name}, ${name}` })),
  };
}

/** The page of a document. */
export function pageOf(document: ResultDocument): string {
  const { command, tables, notes = [], begin, machine } = document;
  const parts = command === "report" ? document.result.parts : [document];
  const shown = command === "report"
    ? ofOneClock(partsOf([{ name: "", document }])).map(named)
    : parts;
  const plots = plotsOf(document, shown);
  const title = command === "report"
    ? `traffic: ${parts.map(({ command }) => command).join(" and ")}`
    : `traffic ${command}`;
  const hosts = [...new Set(parts.map(({ machine }) => machine.host))];
  const figures = plots.map(({ title, note }, i) =>
    `<h2>${escaped(title)}</h2>
<figure>${note ? `<figcaption>${escaped(note)}</figcaption>` : ""}
<div class="plot" id="plot-${i}" role="img" aria-label="${escaped(title)}"></div></figure>`
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy())}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p>${escaped(hosts.join(", "))}, ${escaped(machine.cpu)}, ${
    escaped(begin.slice(0, 16).replace("T", " "))
  } UTC</p>
${
    notes.length > 0
      ? `<div class="notes">${notes.map((note) => `<p>${escaped(note)}</p>`).join("")}</div>`
      : ""
  }
${tables.map(tableHtml).join("\n")}
${figures.length > 0 ? "<p>Drag over a plot to look closer; a double click shows all.</p>" : ""}
${figures.join("\n")}
${parts.map(about).join("\n")}
<script type="application/json" id="plots">${embedded(plots)}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}
