/**
 * How an error of a user's own code is told: what it is, and where.
 *
 * @module
 */

import { DpdkError } from "../../../ffi/boundary/errors.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";

/** The place in the user's code that an error came from, as `forward.ts:12:7`. */
function placeOf(stack: string): string | undefined {
  const own = new URL("../../../", import.meta.url).href;
  const user = Deno.mainModule;
  const places = [...stack.matchAll(/(?:\(|at )(file:\/\/\S+?):(\d+):(\d+)\)?$/gm)];
  const [, module = "", line, column] =
    places.find(([, module = ""]) => module === user || !module.startsWith(own)) ?? [];
  return module && `${decodeURI(module.replace(/^.*\//, ""))}:${line}:${column}`;
}

/** What is told of an error that ends a program of one file, and its status. */
export function scriptOutcome(error: unknown): Outcome {
  if (error instanceof SuppressedError) return scriptOutcome(error.suppressed);
  if (error instanceof DpdkError || !(error instanceof Error)) return outcomeOf(error);
  const outcome = outcomeOf(error);
  if (outcome.line === undefined) return outcome;
  const place = placeOf(error.stack ?? "");
  const text = `${error.name}: ${error.message.split("\n")[0]}`;
  return { line: place ? `${text} (${place})` : text, status: 1 };
}
