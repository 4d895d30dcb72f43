/**
 * Finds and opens the shim. Importing does nothing: the library opens on first use.
 * `DENODPDK_SHIM` names a library to use as it is.
 *
 * @module
 */

import { buildShim } from "./build.ts";
import { DpdkError } from "./errors.ts";
import { symbols } from "./symbols.ts";

/** The shim's functions, as `Deno.dlopen` types them. */
export type Native = Deno.DynamicLibrary<typeof symbols>["symbols"];

let native: Native | undefined;
let chosen: string | undefined;
let core: string | undefined;

/** Chooses the library that {@linkcode shim} opens; too late once another one is open. */
export function chooseLibrary(path: string): void {
  if (native && chosen !== path) {
    throw new DpdkError({ operation: `dlopen(${path})`, reason: `${chosen} is already open` });
  }
  chosen = path;
}

/** The library that {@linkcode shim} opens, built first where that is due. */
export function libraryPath(): string {
  return chosen ?? Deno.env.get("DENODPDK_SHIM") ?? buildShim("system").path;
}

/**
 * Makes {@linkcode shim} open the core linkage, unless another library is open or named already.
 *
 * @returns whether it is the core linkage that is or will be open.
 */
export function preferCore(): boolean {
  if (chosen === undefined && Deno.env.get("DENODPDK_SHIM") === undefined) {
    try {
      chosen = core = buildShim("core").path;
    } catch {
      // the system's linkage does all that this one does; its own failure would be told
    }
  }
  return core !== undefined;
}

/**
 * The shim's functions. The library opens, and is built where that is due, when the first of
 * them is taken. Each is bound when it is first taken: Deno compiles a trampoline for every one,
 * 0.17 ms, which is 13 ms for them all.
 */
export function shim(): Native {
  if (native) return native;
  chosen = libraryPath();
  return native = bindLazily(chosen);
}

function bindLazily(path: string): Native {
  const functions: Partial<Native> = {};
  for (const [name, symbol] of Object.entries(symbols)) {
    Object.defineProperty(functions, name, {
      configurable: true,
      get() {
        const value = open(path, name, symbol);
        Object.defineProperty(functions, name, { value });
        return value;
      },
    });
  }
  return functions as Native;
}

function open(path: string, name: string, symbol: Deno.ForeignFunction): unknown {
  try {
    // never closed: a symbol called after close() is a segmentation fault
    return Deno.dlopen(path, { [name]: symbol }).symbols[name];
  } catch (error) {
    throw new DpdkError({
      operation: `dlopen(${path})`,
      reason: error instanceof Error ? error.message.split("\n")[0] ?? "" : String(error),
      hint: "is DPDK installed? run `deno task doctor`",
    });
  }
}
