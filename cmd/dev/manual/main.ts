/**
 * `deno task manual`: the documentation of all entries as HTML. See README.md, which is also its
 * `--help`.
 *
 * @module
 */

import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import config from "../../../deno.json" with { type: "json" };
import { DpdkError } from "../../../mod.ts";
import { readOptions } from "../../lib/options.ts";
import { Progress } from "../../lib/progress.ts";
import { run } from "../../lib/run.ts";
import { write } from "../../lib/stdout.ts";
import { linkMembers, type MemberNames, membersOf } from "./links.ts";
import { type Entry, finishPage } from "./pages.ts";
import { hideInternals } from "./internals.ts";
import { runToEnd } from "../../lib/command.ts";

const NAME = "manual";
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Where the pages go. */
const FOLDER = `${ROOT}dist/manual`;

/** Where the sources of the entries are. */
const SOURCES = ["mod.ts", "ffi", "cmd/lib"];

/** What resolves their imports. */
const CONFIGURATION = ["deno.json", "import_map.json"];

const ENTRIES: readonly Entry[] = Object.entries(config.exports).map(([name, module]) => ({
  name: name.replace(/^\./, "denodpdk"),
  module,
}));

/** All files below a path, itself included, as paths from the repository's folder. */
function filesBelow(path: string): string[] {
  if (Deno.statSync(`${ROOT}${path}`).isFile) return [path];
  return [...Deno.readDirSync(`${ROOT}${path}`)].flatMap(({ name }) =>
    filesBelow(`${path}/${name}`)
  );
}

/** Runs `deno doc` on all entries in a folder and returns what it prints. */
async function denoDoc(folder: string, ...args: string[]): Promise<string> {
  const { stdout, stderr, success } = await runToEnd(
    Deno.execPath(),
    ["doc", ...args, ...ENTRIES.map(({ module }) => module)],
    { cwd: folder, env: { NO_COLOR: "1" } },
  );
  if (success) return stdout;
  const [reason = "it failed"] = stderr.split("\n");
  throw new DpdkError({ operation: "deno doc", reason });
}

/** Copies the sources, changed so that `deno doc` hides and links what it should. */
function copySources(folder: string, members: MemberNames): void {
  for (const path of [...SOURCES, ...CONFIGURATION].flatMap(filesBelow)) {
    const to = `${folder}/${path}`;
    Deno.mkdirSync(to.replace(/\/[^/]*$/, ""), { recursive: true });
    const text = Deno.readTextFileSync(`${ROOT}${path}`);
    const changed = path.endsWith(".ts") ? linkMembers(hideInternals(text), members) : text;
    Deno.writeTextFileSync(to, changed);
  }
}

/** Finishes every page of a folder; `depth` is how many folders it lies below the first one. */
function finishPages(folder: string, depth = 0): number {
  let pages = 0;
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) pages += finishPages(path, depth + 1);
    if (!name.endsWith(".html")) continue;
    const page = Deno.readTextFileSync(path);
    Deno.writeTextFileSync(path, finishPage(page, ENTRIES, "../".repeat(depth)));
    pages++;
  }
  return pages;
}

await run(NAME, new URL("./README.md", import.meta.url), async (args) => {
  readOptions(args, {});
  using progress = new Progress(NAME, { plan: ["read", "write"] });
  const members = membersOf(
    await progress.step("read", "reading the docs", () => denoDoc(ROOT, "--json")),
  );
  const sources = Deno.makeTempDirSync({ prefix: "denodpdk-manual-" });
  try {
    copySources(sources, members);
    rmSync(FOLDER, { recursive: true, force: true });
    Deno.mkdirSync(FOLDER, { recursive: true });
    const html = ["--html", "--name=denodpdk", `--output=${FOLDER}`];
    await progress.step("write", "writing the pages", () => denoDoc(sources, ...html));
    write(`${FOLDER}/index.html: the first of ${finishPages(FOLDER)} pages\n`);
  } finally {
    rmSync(sources, { recursive: true });
  }
  return 0;
});
