/**
 * The Worker that is made before there is an lcore for it: it loads its modules while EAL starts.
 *
 * @module
 */

import { libraryPath } from "./boundary/library.ts";
import { codeOf } from "./host/source_modules.ts";
import type { Prepare } from "./lcore_entry.ts";

/** The module that the Worker of every lcore runs first. */
const BEGINNING = new URL("./lcore_worker.ts", import.meta.url);

let spare: { code: string; worker: Worker } | undefined;

/** Makes a Worker that waits for its lcore. */
export function newWorker(): Worker {
  return new Worker(BEGINNING, { type: "module", name: "lcore" });
}

/**
 * Makes a Worker beforehand, which loads `module`. Deno fails without an error where there is no
 * room for a Worker, see `hasRoomForWorker`.
 */
export function prepareWorker(module: URL): void {
  const code = codeOf(module.href);
  let worker: Worker;
  try {
    worker = newWorker();
  } catch {
    // it fails again when an lcore is to start, and is told there
    return;
  }
  spare = { code, worker };
  worker.onerror = (event) => {
    // another one will fail in the same way, when there is somebody to be told
    event.preventDefault();
    if (spare?.worker === worker) endSpareWorker();
  };
  worker.postMessage({ prepare: code, library: libraryPath() } satisfies Prepare);
}

/** Gives away the Worker that was made beforehand, if it is one for this code. */
export function takeSpareWorker(code: string): Worker | undefined {
  if (spare?.code !== code) return undefined;
  const { worker } = spare;
  spare = undefined;
  return worker;
}

/** Ends the Worker that was made beforehand, if nobody has taken it. */
export function endSpareWorker(): void {
  spare?.worker.terminate();
  spare = undefined;
}
