/**
 * `deno task check`, step "rooms": who imports whom. Data flows one way,
 * `cmd -> mod.ts -> ffi -> boundary -> libshim`, and nobody reaches past the door of a room.
 *
 * @module
 */

import { dirname, normalize } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { PUBLISHED } from "./entries.ts";
import { modules } from "./paths.ts";

/** What programs may import: the published entries, and parts of them for a short start. */
const ENTRIES: readonly string[] = [
  ...PUBLISHED,
  "ffi/core.ts",
  "ffi/port_core.ts",
  "ffi/worker.ts",
  "ffi/port_worker.ts",
  "ffi/machine.ts",
];

/** The rooms of `ffi/`, and the rooms that each may import. The entries may import all. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  // these three are below all others: how the shim is found, opened and called, and the machine
  boundary: ["host", "shim"],
  host: ["boundary", "shim"],
  shim: ["boundary", "host"],
  // rte_mbuf needs rte_mempool, rte_ethdev needs rte_mbuf
  mbuf: ["boundary", "net", "objects"],
  // these two work on bytes alone, without DPDK
  net: [],
  pcap: ["boundary", "net"],
  ethdev: ["boundary", "mbuf", "objects"],
  // rte_bpf needs rte_mbuf, and libpcap's compiler the link types of capture files
  bpf: ["boundary", "mbuf", "net", "pcap", "objects"],
  recovery: ["boundary", "host", "objects", "mbuf"],
  supervise: ["boundary", "host", "shim"],
  // what sends and receives builds on ports and packets, and what replays and captures on files; the
  // rest of it is pure code
  traffic: ["boundary", "ethdev", "mbuf", "net", "objects", "pcap"],
  // files that lie in no room: EAL, lcores, rings, mempools, memzones
  objects: ["boundary", "host", "mbuf", "recovery", "ethdev"],
};

/** The relative imports of a module, as paths from the repository's folder. */
function importsOf(path: string, text: string): string[] {
  const pattern = /(?:\bfrom|(?:^|\n)\s*import)\s*"(\.[^"]+)"|\bimport\(\s*"(\.[^"]+)"/g;
  return [...text.matchAll(pattern)].map(([, from, later]) =>
    normalize(`${dirname(path)}/${from ?? later}`)
  );
}

/** The room of a file of `ffi/`. */
function roomOf(path: string): string {
  const [, room = "", file] = path.split("/");
  return file === undefined ? "objects" : room;
}

/** The program that a file of `cmd/` belongs to; one of a group may use what the group shares. */
function programOf(path: string): string {
  return path.split("/")[1] ?? "";
}

/** Why a module must not import another; undefined where it may. */
function fault(path: string, imported: string): string | undefined {
  if (path.startsWith("ffi/")) {
    if (ENTRIES.includes(path)) return undefined;
    if (!imported.startsWith("ffi/")) return "the typed layer stands by itself";
    const [from, to] = [roomOf(path), roomOf(imported)];
    if (from === to || ROOMS[from]?.includes(to)) return undefined;
    return `${from} does not build on ${to}`;
  }
  if (!path.startsWith("cmd/") || path.startsWith("cmd/dev/")) return undefined;
  if (ENTRIES.includes(imported)) return undefined;
  if (imported.startsWith("cmd/lib/")) return undefined;
  const shared = programOf(path) === "lib";
  if (imported.startsWith("ffi/") && shared) return undefined;
  if (imported.startsWith("ffi/")) return "programs import entries, as mod.ts, and cmd/lib";
  if (!imported.startsWith("cmd/")) return shared ? undefined : "programs stand by themselves";
  if (programOf(imported) === programOf(path)) return undefined;
  // all programs in one file: it starts each by its main module
  if (programOf(path) === "denodpdk" && /\/main\.ts$/.test(imported)) return undefined;
  return "programs stand by themselves: what several need is in cmd/lib";
}

/** What is wrong with the imports of a module, a line each. */
export function deepImports(path: string, text: string): string[] {
  return importsOf(path, text).flatMap((imported) => {
    const why = fault(path, imported);
    return why === undefined ? [] : [`${imported}: ${why}`];
  });
}

/** What is wrong with a module's name: `x_test.ts` stands for a test, and these lie in tests/. */
export function misnamed(path: string): string | undefined {
  const misleads = path.endsWith("_test.ts") && !path.startsWith("tests/");
  return misleads ? "is called a test, and tests are in tests/" : undefined;
}

if (import.meta.main) {
  Deno.chdir(fileURLToPath(new URL("../../../", import.meta.url)));
  for (const path of ["cmd", "ffi"].flatMap((folder) => [...modules(folder)])) {
    const why = misnamed(path);
    if (why !== undefined) {
      console.error(`${path} ${why}`);
      Deno.exitCode = 1;
    }
    for (const wrong of deepImports(path, Deno.readTextFileSync(path))) {
      console.error(`${path} imports ${wrong}`);
      Deno.exitCode = 1;
    }
  }
}
