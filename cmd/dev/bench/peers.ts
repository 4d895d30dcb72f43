/**
 * The C samples of the installed DPDK, compiled to be the other side of a bench or a test.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { exists } from "../../../ffi/host/exists.ts";
import { cacheFolder as cacheRoot } from "../../../ffi/shim/build.ts";
import { sha256 } from "../compile/digest.ts";
import { runToEndSync } from "../../lib/command.ts";

/** A program to start, without what the caller adds. */
export interface Command {
  /** Path of the executable. */
  command: string;
  /** What comes before the program's own arguments. */
  args: string[];
}

/** Where samples lie: those of several processes, then all others. */
const SAMPLES = ["/usr/share/dpdk/examples/multi_process", "/usr/share/dpdk/examples"];

/** C programs of the bench itself, for what no sample of DPDK measures. */
const OWN = new URL("./c/", import.meta.url);

/** Runs a tool to its end; what it printed. */
function run(command: string, args: string[]): string {
  try {
    const { success, stdout, stderr } = runToEndSync(command, args);
    if (!success) throw new Error(`${command} ${args.join(" ")}:\n${stderr.trim()}`);
    return stdout.trim();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`${command} is not installed: run \`deno task setup --tests\``);
  }
}

function pkgConfig(what: string): string[] {
  return run("pkg-config", [what, "libdpdk"]).split(/\s+/).filter(Boolean);
}

/** Where compiled samples stay, a folder for each version of DPDK. */
function cacheFolder(): string {
  return `${cacheRoot()}/peers/${pkgConfig("--modversion").join()}`;
}

/** The folder of a sample, as `simple_mp`, `client_server_mp/mp_server` or `l2fwd`. */
function folderOf(sample: string): string {
  const folder = SAMPLES.map((samples) => `${samples}/${sample}`).find(exists);
  if (folder !== undefined) return folder;
  throw new Error(
    `${SAMPLES[0]}/${sample} is missing: it is in Debian's package dpdk-doc; ` +
      "run `deno task setup --tests`",
  );
}

function sourcesOf(folder: string): string[] {
  return [...Deno.readDirSync(folder)]
    .filter(({ name }) => name.endsWith(".c")).map(({ name }) => `${folder}/${name}`).sort();
}

/** What a C sample is compiled with beside its own sources. */
export interface PeerAdditions {
  /** Goes into its name; another one for other additions. */
  name: string;
  flags: readonly string[];
  sources: readonly string[];
}

/**
 * The executable of a C sample. It is compiled once, also when several tests want it at the same
 * time.
 *
 * @param sample Its folder, as `simple_mp`, `client_server_mp/mp_server` or `l2fwd`.
 */
export async function compilePeer(sample: string, added?: PeerAdditions): Promise<string> {
  const folder = folderOf(sample);
  const shared = `${folder}/../shared`;
  const includes = [...(exists(shared) ? [shared] : []), ...generatedHeaders(folder)];
  const flags = [...includes.map((include) => `-I${include}`), ...added?.flags ?? []];
  const name = [sample.replaceAll("/", "_"), ...added ? [added.name] : []].join("-");
  return await compile(name, flags, [...sourcesOf(folder), ...added?.sources ?? []]);
}

/**
 * Since DPDK 23.11 a sample with a prompt has its commands in a list, and `commands.h` is made from
 * that: by a script of DPDK's, with a name for its table that the sample's Makefile knows.
 *
 * @returns the folder with the header; none where the sample has no list.
 */
function generatedHeaders(folder: string): string[] {
  const list = `${folder}/commands.list`;
  if (!exists(list)) return [];
  const name = Deno.readTextFileSync(`${folder}/Makefile`).match(/--context-name=(\w+)/)?.[1];
  if (name === undefined) throw new Error(`${folder}/Makefile says no name for ${list}`);
  const made = `${cacheFolder()}/${name}`;
  Deno.mkdirSync(made, { recursive: true });
  const header = Deno.makeTempFileSync({ dir: made });
  run("dpdk-cmdline-gen.py", ["-o", header, `--context-name=${name}`, list]);
  Deno.renameSync(header, `${made}/commands.h`);
  return [made];
}

/** What one of the bench's own C sources, `c/NAME.c`, compiles to; anew when it has changed. */
export async function compileOwn(name: string, flags: string[] = []): Promise<string> {
  const source = fileURLToPath(new URL(`${name}.c`, OWN));
  const digest = await sha256(Deno.readFileSync(source));
  return await compile(`${name}_${digest.slice(0, 16)}`, flags, [source]);
}

async function compile(name: string, flags: string[], sources: string[]): Promise<string> {
  const folder = cacheFolder();
  await Deno.mkdir(folder, { recursive: true });
  const path = `${folder}/${name}`;
  using lock = await Deno.open(`${path}.lock`, { create: true, write: true });
  await lock.lock(true);
  if (!exists(path)) {
    run("gcc", [
      "-O3",
      "-DALLOW_EXPERIMENTAL_API",
      ...flags,
      ...pkgConfig("--cflags"),
      ...sources,
      "-o",
      `${path}.tmp`,
      ...pkgConfig("--libs"),
    ]);
    Deno.renameSync(`${path}.tmp`, path);
  }
  return path;
}

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * How a program of ours is started from source.
 *
 * @param folder its folder, from the repository's.
 * @param root the checkout; this one where left out.
 */
export function script(folder: string, root: string = ROOT): Command {
  return { command: Deno.execPath(), args: ["run", "-A", `${root}/${folder}/main.ts`] };
}

/** A program of ours as one file; none where `deno task compile` has not made it. */
export function compiledProgram(name: string): Command | undefined {
  const command = fileURLToPath(new URL(`../../../dist/${name}`, import.meta.url));
  return exists(command) ? { command, args: [] } : undefined;
}

/** A C sample whose printf() speaks line by line, which on a pipe it would not. */
export async function peer(sample: string): Promise<Command> {
  return { command: "stdbuf", args: ["-oL", await compilePeer(sample)] };
}
