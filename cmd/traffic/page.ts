/**
 * The page of results: one HTML file that needs nothing else.
 *
 * @module
 */

import type { ResultDocument, ResultTable } from "./document.ts";

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

function tableHtml({ title, head, rows }: ResultTable): string {
  const cells = (tag: string, row: readonly (string | number)[]) =>
    `<tr>${row.map((cell) => `<${tag}>${escaped(`${cell}`)}</${tag}>`).join("")}</tr>`;
  return `<h2>${escaped(title)}</h2>\n<table>\n${cells("th", head)}\n${
    rows.map((row) => cells("td", row)).join("\n")
  }\n</table>`;
}

/** The page of a document. */
export function pageOf({ command, tables }: ResultDocument): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>traffic ${escaped(command)}</title>
<h1>traffic ${escaped(command)}</h1>
${tables.map(tableHtml).join("\n")}
</html>
`;
}
