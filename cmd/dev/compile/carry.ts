/**
 * Puts the libraries of DPDK into a compiled program, behind its runtime: see `ffi/shim/carried.ts`.
 *
 * @module
 */

import type { BundleKind, BundleManifest } from "../../../ffi/shim/extract.ts";
import { elfLength } from "./denort.ts";

/** A bundle in a compiled program. */
interface Carried {
  kind: BundleKind;
  /** The manifest, with the place where the bundle begins in the file. */
  manifest: BundleManifest & { carried: number };
}

/** The bundles of a folder, laid out one behind the other: for each its id, then its files. */
export function carriedBundles(dist: string, kinds: readonly BundleKind[]): Carried[] {
  let next = 0;
  return kinds.map((kind) => {
    const text = Deno.readTextFileSync(`${dist}/${kind}/manifest.json`);
    const manifest: BundleManifest = JSON.parse(text);
    const carried = next;
    next += manifest.files.reduce((sum, { size }) => sum + size, manifest.id.length);
    return { kind, manifest: { ...manifest, carried } };
  });
}

/** The bytes to put behind the runtime, in the order of {@linkcode carriedBundles}. */
function contents(dist: string, bundles: readonly Carried[]): Uint8Array<ArrayBuffer>[] {
  return bundles.flatMap(({ kind, manifest }) => [
    new TextEncoder().encode(manifest.id),
    ...manifest.files.map(({ name }) => Deno.readFileSync(`${dist}/${kind}/${name}`)),
  ]);
}

/** Inserts bundles into a compiled program, between the runtime and the part that Deno reads. */
export function carryBundles(program: string, dist: string, bundles: readonly Carried[]): void {
  const compiled = Deno.readFileSync(program);
  const end = elfLength(compiled);
  using file = Deno.openSync(program, { write: true, truncate: true });
  const parts = [compiled.subarray(0, end), ...contents(dist, bundles), compiled.subarray(end)];
  for (const part of parts) {
    for (let at = 0; at < part.length;) at += file.writeSync(part.subarray(at));
  }
}
