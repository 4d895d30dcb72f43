/**
 * Derives what TypeScript knows of C from `libshim/shim.h`, so that the two sides of the native
 * boundary cannot drift, and the digests of the C sources: `deno task symbols` writes it, `--check`
 * compares.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { digestOf } from "../../../ffi/host/digest.ts";
import { helpText } from "../../lib/help.ts";
import { flag, readOptions } from "../../lib/options.ts";
import { derive } from "./derive.ts";
import {
  assertionsText,
  constantsText,
  type Declared,
  type Facts,
  program,
  readFacts,
  readHeader,
} from "./layouts.ts";
import { runToEnd } from "../../lib/command.ts";

const ROOT = new URL("../../../", import.meta.url);

/** The headers that are read, and what the names of their constants begin with. */
const HEADERS = [["shim.h", "SHIM_"], ["surgery/journal.h", "JOURNAL_"]] as const;

const read = (path: string) => Deno.readTextFileSync(new URL(path, ROOT));

function options(): { check: boolean } {
  if (Deno.args.some((arg) => arg === "-h" || arg === "--help")) {
    console.log(helpText(new URL("./README.md", import.meta.url)).trimEnd());
    Deno.exit(0);
  }
  try {
    return readOptions(Deno.args, { check: flag("--check") });
  } catch (error) {
    console.error(`symbols: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}

/** What a command prints, with a text as its stdin. */
async function filter(command: string, args: readonly string[], input: string): Promise<string> {
  const { success, stdout, stderr } = await runToEnd(command, args, { input });
  if (!success) throw new Error(`${command} failed:\n${stderr}`);
  return stdout;
}

/**
 * The compiler flags of the build. They are repeated here because the build's module imports the
 * derived files, which may still lack a name.
 */
const CFLAGS = [
  "-std=c11",
  "-O1",
  "-D_GNU_SOURCE",
  "-DALLOW_EXPERIMENTAL_API",
  `-I${fileURLToPath(new URL("libshim/", ROOT))}`,
];

/** What the compiler makes of the headers. */
async function compiled(declared: Declared): Promise<Facts> {
  const path = Deno.makeTempFileSync({ prefix: "denodpdk-symbols-" });
  try {
    const dpdk = (await filter("pkg-config", ["--cflags", "libdpdk"], "")).split(/\s+/);
    const args = [...CFLAGS, ...dpdk.filter(Boolean), "-x", "c", "-", "-o", path];
    await filter("gcc", args, program(HEADERS.map(([name]) => name), declared));
    return readFacts(await filter(path, [], ""));
  } finally {
    Deno.removeSync(path);
  }
}

/** All texts that are derived, by their paths. */
async function derived(): Promise<Map<string, string>> {
  const headers = HEADERS.map(([name, prefix]) => readHeader(read(`libshim/${name}`), prefix));
  const declared = {
    structs: headers.flatMap(({ structs }) => structs),
    constants: headers.flatMap(({ constants }) => constants),
  };
  const facts = await compiled(declared);
  const config = fileURLToPath(new URL("deno.json", ROOT));
  return new Map([
    ["ffi/boundary/symbols.ts", derive(read("libshim/shim.h"))],
    [
      "ffi/boundary/constants.ts",
      await filter(
        Deno.execPath(),
        ["fmt", "--quiet", `--config=${config}`, "--ext=ts", "-"],
        constantsText(declared, facts),
      ),
    ],
    ["libshim/derived.h", assertionsText(facts)],
  ]);
}

/** The digests of what the shim is built from, for a build from a server's files. */
async function digests(): Promise<string> {
  // this imports derived files, which are whole now
  const { shimSources } = await import("../../../ffi/shim/installed.ts");
  const root = fileURLToPath(ROOT);
  const files = [...shimSources(`${root}libshim/`), `${root}ffi/shim/eal_table.c`];
  const entries = files.map((path) => [path.slice(root.length), digestOf(Deno.readFileSync(path))]);
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

const { check } = options();

/** Writes a derived file, or compares it. */
function settle(path: string, text: string, from: string): void {
  if (!check) {
    Deno.writeTextFileSync(new URL(path, ROOT), text);
  } else if (read(path) !== text) {
    console.error(`${path} does not match ${from}: run \`deno task symbols\``);
    Deno.exitCode = 1;
  }
}

for (const [path, text] of await derived()) settle(path, text, "libshim/shim.h");
settle("ffi/shim/sources.json", await digests(), "the C sources");
