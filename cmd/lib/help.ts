/**
 * `--help` from one source: the README.md beside a program's main.ts.
 *
 * @module
 */

import { isCommand } from "./invocation.ts";
import { columnsOf } from "./terminal.ts";
import { widthOf, wrap } from "./wrap.ts";

/** The file that has all programs as commands. */
const MULTI_CALL = "denodpdk";

/** The indentation of blocks of commands and options. */
const INDENT = "  ";

/** The least room for what stands to the right of a column; with less it goes to the next line. */
const ROOM = 24;

/**
 * A program's README as plain text for a terminal. Diagrams are left out, other code blocks
 * are indented, the marks of Markdown go, and all is wrapped to the terminal's width.
 *
 * @param readmeUrl Of the README: `new URL("./README.md", import.meta.url)`.
 * @param width Columns of the terminal; those of stdout where left out.
 */
export function helpText(readmeUrl: URL, width: number = columnsOf("stdout")): string {
  const text = Deno.readTextFileSync(readmeUrl);
  if (!Deno.build.standalone) return plainText(text, width);
  return plainText(asCompiled(text, isCommand() ? MULTI_CALL : undefined), width);
}

/** A code block of a text, or what stands between two. */
export interface Block {
  /** What the code is, such as `sh`; undefined for prose. */
  fence: string | undefined;
  lines: string[];
}

/** The blocks of a text in Markdown. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [{ fence: undefined, lines: [] }];
  for (const line of markdown.split("\n")) {
    const last = blocks.at(-1);
    const mark = line.match(/^```\s*(\w*)/);
    if (mark) blocks.push({ fence: last?.fence === undefined ? mark[1] : undefined, lines: [] });
    else last?.lines.push(line);
  }
  return blocks;
}

/** Markdown as {@linkcode helpText} gives it. */
export function plainText(markdown: string, width: number): string {
  const lines = blocksOf(markdown).flatMap(({ fence, lines }) => {
    if (fence === undefined) return prose(lines, width);
    if (fence === "sh") return lines.flatMap((line) => command(line, width));
    return fence === "mermaid" ? [] : entries(lines, width);
  });
  return `${lines.join("\n").replace(/\n{3,}/g, "\n\n").trim()}\n`;
}

/**
 * Replaces the commands in a text by those of compiled programs.
 *
 * @param file The file whose commands the programs are; each is a file of its own where left out.
 */
export function asCompiled(text: string, file?: string): string {
  const called = (_: string, name: string) =>
    file === undefined || name === file ? name : `${file} ${name}`;
  return text
    .replace(/\bdeno run -A cmd\/(?:\w+\/)*(\w+)\/main\.ts/g, called)
    .replace(
      /\bdeno task (simple_mp|symmetric_mp|mp_\w+|l2fwd_fork|traffic|inspect|doctor)\b/g,
      called,
    );
}

/** Prose without headings' hashes, emphasis, code marks and link targets. */
function plain(text: string): string {
  return text
    .replace(/^#+\s+/, "")
    .replace(/\[([^\]]+)\]\([^)]+\)/g, "$1")
    .replace(/\*\*([^*]+)\*\*/g, "$1")
    .replace(/`([^`]+)`/g, "$1");
}

/** Paragraphs, headings and items of lists, each in a line; an empty line between two. */
export function paragraphsOf(block: readonly string[]): string[] {
  const paragraphs: string[] = [];
  let open = false;
  for (const line of block) {
    const begins = /^(#|\s*([-*]|\d+\.)\s)/.test(line);
    if (open && line !== "" && !begins) paragraphs.push(`${paragraphs.pop()} ${line.trim()}`);
    else paragraphs.push(line);
    open = line !== "" && !line.startsWith("#");
  }
  return paragraphs;
}

/** Paragraphs, headings and lists. */
function prose(block: readonly string[], width: number): string[] {
  return paragraphsOf(block).flatMap((text) => {
    const [first = ""] = text.match(/^\s*(([-*]|\d+\.)\s+)?/) ?? [];
    return text === "" ? [""] : wrap(plain(text.slice(first.length)), width, { first });
  });
}

/** A command line; one that is too long goes on behind a backslash, a synopsis without one. */
function command(line: string, width: number): string[] {
  if (line === "") return [""];
  const [indent = ""] = line.match(/^ */) ?? [];
  const first = INDENT + indent;
  if (widthOf(first) + widthOf(line.trim()) <= width) return [first + line.trim()];
  const [, before = "", remark] = line.match(/^(.*\S)\s{2,}(# .*)$/) ?? [];
  if (remark) return [...wrap(remark, width, { first, rest: `${first}# ` }), first + before.trim()];
  const end = line.includes("[") ? "" : " \\";
  return wrap(line, width, { first, rest: `${first}  `, end });
}

/** A line of columns. */
export interface Entry {
  /** All columns but the last, with the spaces behind them. */
  first: string;
  /** The last column. */
  text: string;
}

/** Lines of columns: what is in the last one goes on below itself. */
export function entriesOf(block: readonly string[]): Entry[] {
  const found: Entry[] = [];
  for (const line of block) {
    const [first = ""] = line.match(/^.*\S {2,}(?=\S)|^ *((-|\d+\.) +)?/) ?? [];
    const last = found.at(-1);
    const text = line.slice(first.length);
    // a line that begins where the last column of the one before does
    if (last && text !== "" && first.trim() === "" && first.length === last.first.length && first) {
      last.text += ` ${text}`;
    } else {
      found.push({ first, text });
    }
  }
  return found;
}

/** Lines of columns, wrapped. */
function entries(block: readonly string[], width: number): string[] {
  return entriesOf(block).flatMap(({ first, text }) => {
    if (text === "" && first.trim() === "") return [""];
    const start = INDENT + first;
    if (width - widthOf(start) >= Math.min(ROOM, widthOf(text))) {
      return wrap(text, width, { first: start });
    }
    const rest = `${INDENT}${" ".repeat(6)}`;
    return [...wrap(first, width, { first: INDENT, rest }), ...wrap(text, width, { first: rest })];
  });
}
