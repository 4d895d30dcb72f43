/**
 * How every program starts and ends: `--help`, errors as one line, signals, exit status.
 *
 * @module
 */

import { DpdkError } from "../ffi/errors.ts";
import { runtimeFault } from "./lib/runtime.ts";
import { write } from "./stdout.ts";

/** Set to see the stack of an error. */
const DEBUG = "DENODPDK_DEBUG";

async function informationText(name: string, readme: URL, asked: string): Promise<string> {
  const { dpdkText, versionText } = await import("./about.ts");
  if (asked === "--version") return versionText(name);
  const { helpText } = await import("./help.ts");
  return `${helpText(readme)}\n${dpdkText()}`;
}

/** A compiled program has its DPDK with it; a run from source has no need of the code for that. */
async function openBundle(): Promise<void> {
  const { bundleManifest, coreManifest, extractBundle } = await import("../ffi/extract.ts");
  const { carryBundle } = await import("../ffi/library.ts");
  carryBundle({
    ...bundleManifest(),
    extract: () => extractBundle().library,
    core() {
      const manifest = coreManifest();
      return manifest && { ...manifest, extract: () => extractBundle({ kind: "core" }).library };
    },
  });
}

/** The one line on stderr that a failed program leaves. */
function explain(name: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const known = error instanceof DpdkError || error instanceof RangeError;
  console.error(`${name}: ${known ? "" : "internal error: "}${message.split("\n")[0]}`);
  if (Deno.env.get(DEBUG) && error instanceof Error) console.error(error.stack);
}

/**
 * Runs a program and exits with the status that it returns; 1 after an error, which is told in
 * one line. `-h` and `--help` before `--` or after it print the program's README, `--version` which
 * DPDK is inside.
 *
 * @param name The name that the program's messages begin with.
 * @param readme The README beside the program's main.ts.
 * @param main The program; it has released all that it held when it returns or throws.
 */
export async function run(
  name: string,
  readme: URL,
  main: (args: string[]) => number | Promise<number>,
): Promise<never> {
  const fault = runtimeFault();
  if (fault) {
    console.error(`${name}: ${fault}`);
    Deno.exit(1);
  }
  // what is thrown where nobody awaits it is told in one line too
  globalThis.addEventListener("unhandledrejection", (event) => {
    explain(name, event.reason);
    Deno.exit(1);
  });
  let status = 1;
  try {
    if (Deno.build.standalone) await openBundle();
    const asked = Deno.args.find((arg) => ["-h", "--help", "--version"].includes(arg));
    if (asked) {
      write(await informationText(name, readme, asked));
      status = 0;
    } else {
      status = await main(Deno.args);
    }
  } catch (error) {
    explain(name, error);
  }
  Deno.exit(status);
}

/** The exit status of a process that a signal ended, as shells and the C samples have it. */
const SIGNAL_STATUS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Calls `stop` once with the exit status of the first SIGINT, SIGTERM or SIGHUP. A second one of
 * them ends the process at once, so that nothing can hang it.
 */
export function onSignal(stop: (status: number) => void): void {
  let asked = false;
  for (const signal of Object.keys(SIGNAL_STATUS) as (keyof typeof SIGNAL_STATUS)[]) {
    Deno.addSignalListener(signal, () => {
      if (asked) Deno.exit(SIGNAL_STATUS[signal]);
      asked = true;
      stop(SIGNAL_STATUS[signal]);
    });
  }
}
