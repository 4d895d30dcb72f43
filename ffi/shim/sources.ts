/**
 * Where the C sources of the shim are for the compiler: in this checkout or package, or, where this
 * code came from a server, in a folder into which they are fetched.
 *
 * What is fetched must have the digests of `sources.json`, which is a module: Deno's lock file
 * vouches for it as for all modules.
 *
 * @module
 */

import { fileURLToPath, pathToFileURL } from "node:url";
import { DpdkError } from "../boundary/errors.ts";
import { digestOf } from "../host/digest.ts";
import digests from "./sources.json" with { type: "json" };

/** The folder of the repository, or what is in its place on a server. */
const ROOT = new URL("../../", import.meta.url);

/** Whether this code lies on this machine. */
const isHere = ROOT.protocol === "file:";

/** The folder into which the sources were fetched. */
let fetched: URL | undefined;

/**
 * The path of a file that the build needs.
 *
 * @param path its path from the repository's folder.
 */
export function sourcePath(path: string): string {
  return fileURLToPath(new URL(path, fetched ?? ROOT));
}

async function fetchSource(path: string, digest: string): Promise<Uint8Array<ArrayBuffer>> {
  const url = new URL(path, ROOT);
  const fail = (reason: string): never => {
    throw new DpdkError({ operation: `building the shim: fetch ${url}`, reason });
  };
  const response = await fetch(url).catch((error: unknown) =>
    fail(error instanceof Error ? error.message : String(error))
  );
  if (!response.ok) fail(`HTTP status ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (digestOf(bytes) !== digest) fail("it is not the file of this version (SHA-256)");
  return bytes;
}

/**
 * Fetches the sources where this code came from a server; they go into a folder that is removed at
 * disposal.
 *
 * @param parent the folder in which that folder is made.
 * @throws {DpdkError} for a file that cannot be had, or is another one than this version's.
 */
export async function sourcesWithin(parent: string): Promise<Disposable> {
  if (isHere) return { [Symbol.dispose]: () => {} };
  const folder = Deno.makeTempDirSync({ dir: parent, prefix: "sources-" });
  const remove = () => {
    fetched = undefined;
    Deno.removeSync(folder, { recursive: true });
  };
  try {
    const files = Object.entries(digests);
    const contents = await Promise.all(files.map(([path, digest]) => fetchSource(path, digest)));
    for (const [i, [path]] of files.entries()) {
      const file = `${folder}/${path}`;
      Deno.mkdirSync(file.replace(/\/[^/]*$/, ""), { recursive: true });
      Deno.writeFileSync(file, contents[i] ?? new Uint8Array());
    }
  } catch (error) {
    remove();
    throw error;
  }
  fetched = pathToFileURL(`${folder}/`);
  return { [Symbol.dispose]: remove };
}
