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
      lines.push(line && `  ${Deno.build.standalone ? commandLine(line) : line}`);
    } else {
      lines.push(plain(line));
    }
  }
  return `${lines.join("\n").replace(/\n{3,}/g, "\n\n").trim()}\n`;
}

/** What starts programs of this project, as who has only their files would write it. */
export function commandLine(text: string): string {
  return text.replace(/\bdeno (?:run -A cmd\/(\w+)\/main\.ts|task (\w+))/g, "$1$2");
}

/** One line of prose without headings' hashes, emphasis, code marks and link targets. */
function plain(line: string): string {
  return line
    .replace(/^#+\s+/, "")
    .replace(/\[([^\]]+)\]\([^)]+\)/g, "$1")
    .replace(/\*\*([^*]+)\*\*/g, "$1")
    .replace(/`([^`]+)`/g, "$1");
}
