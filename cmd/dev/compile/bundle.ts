/**
 * The folders `dist/bundle` and `dist/core`: the shim with DPDK inside, the libraries that it needs
 * beside those of every system, and a manifest.
 *
 * @module
 */

import { buildShim } from "../../../ffi/shim/build.ts";
import type { BundledFile, BundleManifest } from "../../../ffi/shim/extract.ts";
import { sha256 } from "./digest.ts";
import { runToEndSync } from "../../lib/command.ts";

/** Name of the shim's file, the first of the manifest. */
const SHIM = "libdenodpdk.so";

/**
 * The C library, which is not bundled: every system has its own, and a program does not run with an
 * older one anyway.
 */
const GLIBC = /^(ld-linux[-.\w]*|lib(c|m|dl|pthread|rt|resolv))\.so/;

/** The libraries that one needs, and what these need: file names, and where they lie. */
function librariesOf(path: string): { name: string; path: string }[] {
  const { success, stdout, stderr } = runToEndSync("ldd", [path]);
  if (!success) throw new Error(`ldd ${path}: ${stderr.trim()}`);
  const missing = stdout.match(/(\S+) => not found/)?.[1];
  if (missing) throw new Error(`${path} needs ${missing}, which is not installed`);
  return [...stdout.matchAll(/^\s*(\S+) => (\S+)/gm)]
    .map(([, name = "", path = ""]) => ({ name, path }))
    .filter(({ name }) => !GLIBC.test(name));
}

/** Names of the drivers in a library, from the texts that `RTE_PMD_EXPORT_NAME` leaves there. */
export function driversIn(library: Uint8Array): string[] {
  const text = new TextDecoder("latin1").decode(library);
  const names = text.matchAll(/PMD_INFO_STRING= \{"name": "(\w+)"/g);
  return [...new Set(Array.from(names, ([, name = ""]) => name))].sort();
}

/** Builds a bundle into a folder, and replaces an older one. */
export async function buildBundle(
  folder: string,
  linkage: "bundled" | "core",
): Promise<BundleManifest> {
  const { path: shim, dpdk, traits, eal } = buildShim(linkage);
  Deno.mkdirSync(folder, { recursive: true });
  for (const { name } of Deno.readDirSync(folder)) Deno.removeSync(`${folder}/${name}`);
  const files: BundledFile[] = [];
  let drivers: string[] = [];
  for (const { name, path } of [{ name: SHIM, path: shim }, ...librariesOf(shim)]) {
    const content = Deno.readFileSync(path);
    Deno.writeFileSync(`${folder}/${name}`, content);
    files.push({ name, size: content.length, sha256: await sha256(content) });
    if (name === SHIM) drivers = driversIn(content);
  }
  const id = await sha256(new TextEncoder().encode(JSON.stringify(files)));
  const manifest: BundleManifest = { id, dpdk, drivers, traits, eal, files };
  Deno.writeTextFileSync(`${folder}/manifest.json`, `${JSON.stringify(manifest, null, 1)}\n`);
  return manifest;
}
