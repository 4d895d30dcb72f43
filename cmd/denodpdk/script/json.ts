/**
 * What is wrong with JSON that a script imports.
 *
 * @module
 */

/** What V8 says of JSON that it cannot read. */
export interface JsonFault {
  /** What is wrong, in one line. */
  reason: string;
  /** Where, in UTF-16 units; undefined where V8 shows what stands around it instead. */
  at: number | undefined;
}

/** What is wrong with a text that should be JSON; undefined where it is. */
export function jsonFault(text: string): JsonFault | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    if (!isJsonError(error)) throw error;
    const line = error.message.replace(/\s+/g, " ");
    const [, reason = line, at] = line.match(/^(.*) at position (\d+)/) ?? [];
    return {
      reason: `${reason[0]?.toLowerCase()}${reason.slice(1)}`,
      at: at === undefined ? undefined : Number(at),
    };
  }
}

/** Whether an error is about JSON. */
export function isJsonError(error: unknown): error is SyntaxError {
  return error instanceof SyntaxError && /\bJSON\b/.test(error.message);
}
