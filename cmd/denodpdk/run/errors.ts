/**
 * What a person sees of a script's errors: what `deno run` shows, with the user's files, and one
 * line for an error of DPDK.
 *
 * @module
 */

import { DpdkError } from "../../lib/error.ts";
import { isRunning } from "../../lib/run.ts";
import { complain } from "../../lib/stdout.ts";

/** The environment variable that makes an error show its stack. */
const DEBUG = "DENODPDK_DEBUG";

/** Sees to errors that a script without `program()` leaves to the system. */
export function reportErrors(entry: string): void {
  const name = decodeURIComponent(entry).replace(/^.*\/|\.\w+$/g, "");
  const look = (event: Event, error: unknown) => {
    if (!(error instanceof DpdkError) || isRunning()) return;
    event.preventDefault();
    complain(`${name}: ${error.message}`);
    if (Deno.env.get(DEBUG)) complain(error.stack ?? "");
    Deno.exit(1);
  };
  globalThis.addEventListener("unhandledrejection", (event) => look(event, event.reason));
  globalThis.addEventListener("error", (event) => look(event, event.error));
}
