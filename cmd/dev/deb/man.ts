/**
 * Man pages of the commands, from the READMEs that are their `--help`.
 *
 * @module
 */

import { asCompiled, type Block, blocksOf, entriesOf, paragraphsOf } from "../../lib/help.ts";

/** What a man page is about. */
export interface ManPage {
  /** Its name, such as `denodpdk-simple_mp`. */
  name: string;
  /** The README. */
  markdown: string;
  /** The project's version. */
  version: string;
  /** Names of related pages. */
  related: readonly string[];
}

/** The file whose commands the programs are. */
export const FILE = "denodpdk";

/** The manual's section of commands. */
const SECTION = 1;

/** Text as roff takes it: letters of ASCII only, and no backslash or dash that means anything else. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(
      /[^\x20-\x7e]/gu,
      (letter) => `\\[u${letter.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}]`,
    );
}

/** A line of text; one that begins like a request of roff is none. */
const line = (text: string) => text.replace(/^[.']/, "\\&$&");

/** Prose: code and emphasis are bold, links are their texts. */
function prose(text: string): string {
  const plain = text.replace(/\[([^\]]+)\]\([^)]+\)/g, "$1");
  const parts = plain.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part) => {
    const marked = part.match(/^(?:\*\*([^*]+)\*\*|`([^`]+)`)$/);
    return marked ? `\\fB${escaped(marked[1] ?? marked[2] ?? "")}\\fR` : escaped(part);
  });
  return line(parts.join(""));
}

/** Lines that stay as they are, indented. */
function verbatim(lines: readonly string[]): string[] {
  return [".PP", ".RS 4", ".nf", ...lines.map((text) => line(escaped(text))), ".fi", ".RE"];
}

/** Paragraphs, headings and lists. */
function paragraphs(block: readonly string[]): string[] {
  return paragraphsOf(block).filter((text) => text !== "").flatMap((text) => {
    const [, heading] = text.match(/^##+ (.*)/) ?? [];
    if (heading !== undefined) return [`.SH "${escaped(heading.toUpperCase())}"`];
    const [, sign = "", item] = text.match(/^\s*([-*]|\d+\.)\s+(.*)/) ?? [];
    if (item === undefined) return [".PP", prose(text)];
    return [`.IP ${/\d/.test(sign) ? sign : "\\(bu"} 4`, prose(item)];
  });
}

/** Options, each with its text beside or below it; any other columns as they are. */
function columns(block: readonly string[]): string[] {
  const entries = entriesOf(block);
  if (!entries.every(({ first }) => /^\S/.test(first))) return verbatim(block);
  return entries.flatMap((
    { first, text },
  ) => [".TP", `\\fB${escaped(first.trim())}\\fR`, prose(text)]);
}

function body({ fence, lines }: Block): string[] {
  if (fence === undefined) return paragraphs(lines);
  if (fence === "sh") return verbatim(lines);
  return fence === "mermaid" ? [] : columns(lines);
}

/** A man page. */
export function manPage({ name, markdown, version, related }: ManPage): string {
  const [head, synopsis, ...rest] = blocksOf(asCompiled(markdown, FILE));
  const [heading = ""] = head?.lines ?? [];
  const lines = [
    `.TH "${escaped(name.toUpperCase())}" ${SECTION} "" "${FILE} ${escaped(version)}"`,
    ".SH NAME",
    `${escaped(name)} \\- ${escaped(heading.slice(heading.indexOf(":") + 1).trim())}`,
    ".SH SYNOPSIS",
    ".nf",
    ...(synopsis?.lines ?? []).map((text) => line(escaped(text))),
    ".fi",
    ".SH DESCRIPTION",
    ...rest.flatMap(body),
    '.SH "SEE ALSO"',
    related.map((name) => `\\fB${escaped(name)}\\fR(${SECTION})`).join(", "),
  ];
  return `${lines.join("\n")}\n`;
}
