/**
 * Finds and opens the shim. Importing does nothing: the library opens on first use. It is the one
 * that `DENODPDK_SHIM` names; in a compiled program the bundled one; else it is built here.
 *
 * @module
 */

import { DpdkError } from "./errors.ts";
import type { EalTable } from "../host/eal_table.ts";
import { type Build, buildShim, lastBuild, type SystemTraits } from "../shim/installed.ts";
import { trustedLibrary } from "../shim/trusted_file.ts";
import { requirePermissions } from "./permissions.ts";
import { SIGNATURES, type Symbols } from "./symbols.ts";

/** The variable that names a shim to be used as it is. */
const GIVEN = "DENODPDK_SHIM";

/** The shim's functions, as `Deno.dlopen` types them. */
export type Native = Deno.DynamicLibrary<Symbols>["symbols"];

/** Names of the functions that `shim.h` marks as hot. */
type HotName = {
  [Name in keyof Symbols]: Symbols[Name] extends { hot: true } ? Name : never;
}[keyof Symbols];

/** The type of a hot function, for a variable that holds it. */
export type Hot<Name extends HotName> = Native[Name];

let isPermitted = false;

/** The library that {@linkcode GIVEN} names. It is asked for first of all. */
function given(): string | undefined {
  if (!isPermitted) requirePermissions();
  isPermitted = true;
  return Deno.env.get(GIVEN);
}

let native: Native | undefined;
/** Whether opening the library has failed. */
let broken = false;
let chosen: string | undefined;
/** The name of the chosen library in messages. */
let title: string | undefined;
let built: Build | undefined;
let bundle: Bundle | undefined;

/** The DPDK that a compiled program carries. */
export interface Bundle {
  /** Version of DPDK, such as `22.11.11`. */
  dpdk: string;
  /** Names of the drivers inside, such as `net_ring`. */
  drivers: readonly string[];
  /** What primaries must do to look like those of the system that the bundle was built on. */
  traits: SystemTraits;
  /** The options that its EAL takes. */
  eal: EalTable;
  /** Extracts the shim. Returns its path. */
  extract(): string;
  /** The bundle for a process without devices, where the program has one. */
  core?(): Bundle | undefined;
}

/**
 * Makes this thread use a bundle, unless it already has one or `DENODPDK_SHIM` names another
 * library.
 */
export function carryBundle(carried: () => Bundle): void {
  if (given() === undefined) bundle ??= carried();
}

/** Chooses the library that {@linkcode shim} opens; too late once another one is open. */
export function chooseLibrary(path: string): void {
  if (native && chosen !== path) {
    throw new DpdkError({ operation: `dlopen(${path})`, reason: `${chosen} is already open` });
  }
  chosen = path;
}

/**
 * The path of the library that {@linkcode shim} opens, which is extracted or built first where
 * needed.
 */
export function libraryPath(): string {
  if (chosen !== undefined) return chosen;
  const named = given();
  if (named === undefined && bundle) return chosen = title = bundle.extract();
  return choose(named ?? (built ??= buildShim("system")).path);
}

/** Chooses a library, after checking that no other user can have put it there. */
function choose(path: string): string {
  title = path;
  return chosen = trustedLibrary(path);
}

/**
 * Version of DPDK in the library that {@linkcode shim} opens, such as `22.11.11`; undefined where
 * unknown.
 */
export function dpdkVersion(): string | undefined {
  if (given() !== undefined) return undefined;
  return (bundle ?? built ?? lastBuild())?.dpdk;
}

/**
 * Names of the drivers inside a compiled program, such as `net_ring`; undefined for other programs.
 */
export function bundledDrivers(): readonly string[] | undefined {
  return bundle?.drivers;
}

/**
 * Makes {@linkcode shim} open the core linkage, unless another library is open or named already.
 */
export function preferCore(): void {
  if (chosen !== undefined || given() !== undefined) return;
  if (bundle) {
    bundle = bundle.core?.() ?? bundle;
    return;
  }
  try {
    built = buildShim("core");
    choose(built.path);
  } catch {
    // the system's linkage does everything that this one does, and reports its own failure
  }
}

/**
 * What a primary must do to look like one that is linked to the system's DPDK, so that secondaries
 * of both kinds can attach; undefined where it is linked so.
 */
export function systemTraits(): SystemTraits | undefined {
  return (bundle ?? built)?.traits;
}

/**
 * The options of the EAL that this process will start; the shim is built first where needed.
 * Undefined where they cannot be known, as for a library that `DENODPDK_SHIM` names on a machine
 * that has never built a shim.
 */
export function ealTable(): EalTable | undefined {
  if (!bundle && chosen === undefined && given() === undefined) {
    built ??= buildShim("system");
  }
  return loadedEalTable() ?? lastBuild()?.eal;
}

/**
 * The options of the EAL that this process will start, where they are known without building a
 * shim; else undefined.
 */
export function loadedEalTable(): EalTable | undefined {
  return (bundle ?? built)?.eal;
}

/**
 * The shim's functions. The library is opened, and built where needed, when the first function is
 * taken; each function is bound when it is first taken.
 */
export function shim(): Native {
  if (native) return native;
  return native = bindLazily(libraryPath());
}

/** The shim's functions, if the library is already open in this thread; else undefined. */
export function openShim(): Native | undefined {
  return broken ? undefined : native;
}

function bindLazily(path: string): Native {
  const binder: ProxyHandler<Native> = {
    get(_, name: keyof Native, functions) {
      const value = bind(path, name);
      // the next time the function is found without asking the binder
      Object.defineProperty(functions, name, { value });
      return value;
    },
  };
  return Object.create(new Proxy({} as Native, binder));
}

/** What `Deno.dlopen` must know of a function, and whether it is hot. */
interface Signature {
  isHot: boolean;
  symbol: Deno.ForeignFunction;
}

/** The signature of a function of the shim; undefined where it has no such function. */
export function signatureOf(name: string): Signature | undefined {
  const at = SIGNATURES.indexOf(`\n${name} `) + 1;
  if (at === 0) return undefined;
  const [, kind, ...types] = SIGNATURES.slice(at, SIGNATURES.indexOf("\n", at)).split(" ");
  // the words are those of the type `Symbols`
  const [result = "void", ...parameters] = types as Deno.NativeType[];
  const nonblocking = kind === "Waits";
  return { isHot: kind === "Hot", symbol: { parameters, result, nonblocking } };
}

/**
 * Deno compiles a call for each symbol that is opened as a function: that takes 0.3 to 0.8 ms, and
 * a call then takes some 10 ns. Only hot functions are opened so. The others are called by their
 * addresses: that takes no time before, and 1.5 us a call.
 */
function bind(path: string, name: keyof Native): unknown {
  const signature = signatureOf(name);
  if (signature === undefined) return undefined;
  const { symbol } = signature;
  if (signature.isHot || symbol.nonblocking) return open(path, { [name]: symbol })[name];
  // a symbol that is opened as a pointer gives its address, for a function too
  const { [name]: address } = open(path, { [name]: { type: "pointer" } });
  const pointer = new Deno.UnsafeFnPointer(address as Deno.PointerObject<typeof symbol>, symbol);
  return pointer.call.bind(pointer);
}

function open<S extends Deno.ForeignLibraryInterface>(path: string, names: S) {
  try {
    // never closed: a symbol called after close() is a segmentation fault
    return Deno.dlopen(path, names).symbols;
  } catch (error) {
    broken = true;
    const text = error instanceof Error ? error.message.split("\n")[0] ?? "" : String(error);
    const noexec = text.includes("failed to map segment");
    throw new DpdkError({
      operation: `dlopen(${title ?? path})`,
      reason: noexec ? "nothing may be executed there (noexec)" : text,
      ...(noexec
        ? { hint: "set XDG_CACHE_HOME to another folder" }
        : bundle
        ? {}
        : { hint: "is DPDK installed? run `deno task doctor`" }),
    });
  }
}
