/**
 * Whether the modules of a script fit together, as V8 sees it.
 *
 * @module
 */

import { DpdkError } from "../../lib/error.ts";
import { shownPath } from "./url.ts";

/** The error, in one line, of a script whose modules do not fit together; else undefined. */
export function explainLoad(error: unknown): DpdkError | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  const [, message, url, at] = error.message.match(/^(.*) at (file:\S+?)(:\d+:\d+)$/s) ?? [];
  if (message === undefined || url === undefined) return undefined;
  return new DpdkError({ operation: `${shownPath(url)}${at}`, reason: message });
}
