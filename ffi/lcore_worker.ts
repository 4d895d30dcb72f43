/**
 * The module that the Worker of every lcore runs first. It imports the program's module, and
 * reports when that has been evaluated without a call of `lcoreMain`: otherwise the main thread
 * would wait for ever.
 *
 * @module
 */

import { DpdkError } from "./boundary/errors.ts";
import { chooseLibrary, shim } from "./boundary/library.ts";
import { lcoreEntry, type Prepare, type Report, sendError, type Start } from "./lcore_entry.ts";

/** The part of a Worker's global scope that is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<Start | Prepare>) => void) | null;
  postMessage(message: Report): void;
  close(): void;
}

const scope = globalThis as typeof globalThis & WorkerScope;

/**
 * Refuses `Deno.exit` and `close`, which would end the Worker without a message, and not the
 * process.
 */
function forbidEnding(): void {
  const refuse = (name: string) => (): never => {
    throw new DpdkError({
      operation: `${name} in the Worker of an lcore`,
      reason: "it would end the Worker and not the program",
      hint: "return from the function of lcoreMain(), or throw",
    });
  };
  Deno.exit = refuse("Deno.exit()");
  scope.close = refuse("close()");
}

/** Loads the program's module, once. */
const load = (module: string) => import(module);

async function serve(start: Start): Promise<void> {
  const { module, lcore } = start;
  const operation = `worker of lcore ${lcore}`;
  await load(module).catch((error) => {
    if (error instanceof DpdkError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new DpdkError({ operation, reason: message.split("\n")[0] ?? "" });
  });
  const main = lcoreEntry();
  if (!main) {
    throw new DpdkError({
      operation,
      reason: `${module} does not call lcoreMain()`,
      hint: "it must, at its top level, and with the same copy of this library as the main thread",
    });
  }
  main(start, (report) => scope.postMessage(report));
}

/** Does beforehand what needs no lcore. What fails now fails again when the Worker is started. */
async function prepare({ prepare: module, library }: Prepare): Promise<void> {
  try {
    chooseLibrary(library);
    // the first function that is taken opens it
    shim().shim_process_thread();
    await load(module);
  } catch {
    // told by serve()
  }
}

scope.onmessage = ({ data }) => {
  forbidEnding();
  if ("prepare" in data) return void prepare(data);
  serve(data).then(
    () => scope.postMessage({ kind: "done" }),
    (error) => scope.postMessage({ kind: "failed", error: sendError(error) }),
  );
};
