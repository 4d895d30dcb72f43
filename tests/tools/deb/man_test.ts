/** Man pages: groff has nothing to say against them, and they say what READMEs say. */

import { COMMANDS } from "../../../cmd/denodpdk/commands.ts";
import { manPages } from "../../../cmd/dev/deb/files.ts";
import { manPage } from "../../../cmd/dev/deb/man.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "../../assert.ts";

/** A page as a terminal shows it, without marks. */
async function shown(text: string): Promise<string> {
  const args = ["-man", "-Tutf8", "-ww", "-P-cbou"];
  const { success, stdout, stderr } = await runToEnd("groff", args, { input: text });
  assertEquals([success, stderr], [true, ""]);
  return stdout;
}

const PAGES = manPages("1.2.3");

Deno.test("there is a page of denodpdk and of each command", () => {
  assertEquals([...PAGES.keys()], [
    "denodpdk",
    ...COMMANDS.map(({ name }) => `denodpdk-${name}`),
  ]);
});

for (const [name, text] of PAGES) {
  Deno.test(`${name}: groff has no warning, and the page has a name, a synopsis and options`, async () => {
    const page = await shown(text);
    const command = name.replace("-", " ");
    assertStringIncludes(page.replace(/\s+/g, " "), ` NAME ${name} - `);
    // groff 1.24 indents less than those before it
    assert(RegExp(`\\nSYNOPSIS\\n {5,7}${command}\\b`).test(page), page.slice(0, 500));
    assertStringIncludes(page, "--help");
    assertStringIncludes(page, "1.2.3");
    // on a machine without Deno and this repository
    assertNotMatch(page, /cmd\/|deno task (?!compile)/);
  });
}

Deno.test("what roff takes for itself is shown as it is", async () => {
  const markdown = [
    "# x: y",
    "```sh\ndeno run -A cmd/x/main.ts -a\n```",
    ".start with a dot, a `C:\\\\dir` and --dashes, **bold**, [a link](u.md), žluťoučký →",
    "'quoted\n\n- one\n- two\n",
    "```text\n-a B   an option\n       that goes on\n-c     another\n```",
    "```mermaid\nflowchart\n```",
    "```text\n.a  b\n\\\\c  d\n```",
    "## More\n\ntext",
  ].join("\n");
  const text = manPage({ name: "denodpdk-x", markdown, version: "1", related: ["a", "b"] });
  const page = await shown(text);
  assertMatch(page, /SYNOPSIS\n {5,7}denodpdk x -a\n/);
  const words = page.replace(/\s+/g, " ");
  for (
    const part of [
      ".start with a dot, a C:\\\\dir and --dashes, bold, a link, žluťoučký → 'quoted",
      "• one • two",
      "-a B an option that goes on -c another",
      ".a b \\\\c d",
      "MORE text",
      "SEE ALSO a(1), b(1)",
    ]
  ) assertStringIncludes(words, part);
  assertNotMatch(page, /flowchart/);
});
