/**
 * `--help` from one source: the README.md beside a program's main.ts.
 *
 * @module
 */

import { columnsOf } from "./terminal.ts";
import { widthOf, wrap } from "./wrap.ts";

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
  return plainText(Deno.build.standalone ? asCompiled(text) : text, width);
}

/** Markdown as {@linkcode helpText} gives it. */
export function plainText(markdown: string, width: number): string {
  const lines: string[] = [];
  let fence: string | undefined;
  let block: string[] = [];
  const flush = () => {
    if (fence === undefined) lines.push(...prose(block, width));
    else if (fence === "sh") lines.push(...block.flatMap((line) => command(line, width)));
    else if (fence !== "mermaid") lines.push(...entries(block, width));
    block = [];
  };
  for (const line of markdown.split("\n")) {
    const mark = line.match(/^```\s*(\w*)/);
    if (mark) {
      flush();
      fence = fence === undefined ? mark[1] : undefined;
    } else {
      block.push(line);
    }
  }
  flush();
  return `${lines.join("\n").replace(/\n{3,}/g, "\n\n").trim()}\n`;
}

/** Replaces the commands in a text by those of compiled programs. */
export function asCompiled(text: string): string {
  return text
    .replace(/\bdeno run -A cmd\/(?:\w+\/)*(\w+)\/main\.ts/g, "$1")
    .replace(/\bdeno task (simple_mp|symmetric_mp|mp_\w+|l2fwd_fork|inspect|doctor)\b/g, "$1");
}

/** Prose without headings' hashes, emphasis, code marks and link targets. */
function plain(text: string): string {
  return text
    .replace(/^#+\s+/, "")
    .replace(/\[([^\]]+)\]\([^)]+\)/g, "$1")
    .replace(/\*\*([^*]+)\*\*/g, "$1")
    .replace(/`([^`]+)`/g, "$1");
}

/** Paragraphs, headings and lists. */
function prose(block: readonly string[], width: number): string[] {
  const paragraphs: string[] = [];
  let open = false;
  for (const line of block) {
    const begins = /^(#|\s*([-*]|\d+\.)\s)/.test(line);
    if (open && line !== "" && !begins) paragraphs.push(`${paragraphs.pop()} ${line.trim()}`);
    else paragraphs.push(line);
    open = line !== "" && !line.startsWith("#");
  }
  return paragraphs.flatMap((text) => {
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

/** Lines of columns: what is in the last one goes on below itself. */
function entries(block: readonly string[], width: number): string[] {
  const found: { first: string; text: string }[] = [];
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
  return found.flatMap(({ first, text }) => {
    if (text === "" && first.trim() === "") return [""];
    const start = INDENT + first;
    if (width - widthOf(start) >= Math.min(ROOM, widthOf(text))) {
      return wrap(text, width, { first: start });
    }
    const rest = `${INDENT}${" ".repeat(6)}`;
    return [...wrap(first, width, { first: INDENT, rest }), ...wrap(text, width, { first: rest })];
  });
}
