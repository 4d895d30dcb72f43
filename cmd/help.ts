/**
 * `--help` from one source: the README.md beside a program's main.ts.
 *
 * @module
 */

/**
 * A program's README as plain text for a terminal. Diagrams are left out, other code blocks
 * are indented, and the marks of Markdown go.
 *
 * @param readmeUrl Of the README: `new URL("./README.md", import.meta.url)`.
 */
export function helpText(readmeUrl: URL): string {
  const lines: string[] = [];
  let fence: string | undefined;
  for (const line of Deno.readTextFileSync(readmeUrl).split("\n")) {
    const mark = line.match(/^```\s*(\w*)/);
    if (mark) {
      fence = fence === undefined ? mark[1] : undefined;
    } else if (fence === "mermaid") {
      continue;
    } else if (fence !== undefined) {
      lines.push(line && `  ${line}`);
    } else {
      lines.push(plain(line));
    }
  }
  const text = `${lines.join("\n").replace(/\n{3,}/g, "\n\n").trim()}\n`;
  return Deno.build.standalone ? asCompiled(text) : text;
}

/** How the programs that a text names are started where they are compiled. */
export function asCompiled(text: string): string {
  return text
    .replace(/\bdeno run -A cmd\/(\w+)\/main\.ts/g, "$1")
    .replace(/\bdeno task (simple_mp|symmetric_mp|mp_\w+|l2fwd_fork|inspect|doctor)\b/g, "$1");
}

/** One line of prose without headings' hashes, emphasis, code marks and link targets. */
function plain(line: string): string {
  return line
    .replace(/^#+\s+/, "")
    .replace(/\[([^\]]+)\]\([^)]+\)/g, "$1")
    .replace(/\*\*([^*]+)\*\*/g, "$1")
    .replace(/`([^`]+)`/g, "$1");
}
