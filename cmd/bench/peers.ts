/**
 * The C samples of the installed DPDK, compiled to be the other side of a bench or a test.
 *
 * @module
 */

import { cacheFolder as cacheRoot } from "../../ffi/build.ts";

/** A program to start, without what the caller adds. */
export interface Command {
  /** Path of the executable. */
  command: string;
  /** What comes before the program's own arguments. */
  args: string[];
}

const SAMPLES = "/usr/share/dpdk/examples/multi_process";

/** Runs a tool to its end; what it printed. */
function run(command: string, args: string[]): string {
  let output: Deno.CommandOutput;
  try {
    output = new Deno.Command(command, { args }).outputSync();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`${command} is not installed: run \`deno task setup --tests\``);
  }
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (!output.success) throw new Error(`${command} ${args.join(" ")}:\n${text(output.stderr)}`);
  return text(output.stdout);
}

function pkgConfig(what: string): string[] {
  return run("pkg-config", [what, "libdpdk"]).split(/\s+/).filter(Boolean);
}

/** Where compiled samples stay, a folder for each version of DPDK. */
function cacheFolder(): string {
  return `${cacheRoot()}/peers/${pkgConfig("--modversion").join()}`;
}

/** The C sources of a sample, as `simple_mp` or `client_server_mp/mp_server`. */
function sourcesOf(sample: string): string[] {
  const folder = `${SAMPLES}/${sample}`;
  try {
    return [...Deno.readDirSync(folder)]
      .filter(({ name }) => name.endsWith(".c")).map(({ name }) => `${folder}/${name}`).sort();
  } catch {
    throw new Error(
      `${folder} is missing: it is in Debian's package dpdk-doc; run \`deno task setup --tests\``,
    );
  }
}

/**
 * The executable of a C sample. It is compiled once, also when several tests want it at the same
 * time.
 *
 * @param sample Its folder, as `simple_mp` or `client_server_mp/mp_server`.
 */
export async function compilePeer(sample: string): Promise<string> {
  const folder = cacheFolder();
  await Deno.mkdir(folder, { recursive: true });
  const path = `${folder}/${sample.replaceAll("/", "_")}`;
  using lock = await Deno.open(`${path}.lock`, { create: true, write: true });
  await lock.lock(true);
  if (!exists(path)) {
    const shared = `${SAMPLES}/${sample.split("/")[0]}/shared`;
    run("gcc", [
      "-O3",
      "-DALLOW_EXPERIMENTAL_API",
      ...(exists(shared) ? [`-I${shared}`] : []),
      ...pkgConfig("--cflags"),
      ...sourcesOf(sample),
      "-o",
      `${path}.tmp`,
      ...pkgConfig("--libs"),
    ]);
    Deno.renameSync(`${path}.tmp`, path);
  }
  return path;
}

/** A C sample whose printf() speaks line by line, which on a pipe it would not. */
export async function peer(sample: string): Promise<Command> {
  return { command: "stdbuf", args: ["-oL", await compilePeer(sample)] };
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
