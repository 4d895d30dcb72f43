/**
 * The line about an error of a user's own code: the error, and its place.
 *
 * @module
 */

import { DpdkError } from "../../../ffi/boundary/errors.ts";
import { messageOf, type Outcome, outcomeOf } from "../outcome.ts";

/** A URL with letters and spaces as they are, as in stacks. */
function shown(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

/** The place in the user's code at which an error was thrown, such as `forward.ts:12:7`. */
function placeOf(stack: string): string | undefined {
  const own = shown(new URL("../../../", import.meta.url).href);
  const user = shown(Deno.mainModule);
  const places = Array.from(
    stack.matchAll(/(?:\(|at )(file:\/\/.+?):(\d+):(\d+)\)?$/gm),
    ([, module = "", line, column]) => ({ module: shown(module), at: `${line}:${column}` }),
  );
  const place = places.find(({ module }) => module === user || !module.startsWith(own));
  return place && `${place.module.replace(/^.*\//, "")}:${place.at}`;
}

/** The line and the exit status for an error that ends a program of one file. */
export function scriptOutcome(error: unknown): Outcome {
  if (error instanceof SuppressedError) return scriptOutcome(error.suppressed);
  if (error instanceof DpdkError || !(error instanceof Error)) return outcomeOf(error);
  const outcome = outcomeOf(error);
  if (outcome.line === undefined) return outcome;
  const place = placeOf(error.stack ?? "");
  const text = `${error.name}: ${messageOf(error).split("\n")[0]}`;
  return { line: place ? `${text} (${place})` : text, status: 1 };
}
