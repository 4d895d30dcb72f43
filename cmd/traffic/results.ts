/**
 * The files that results are written to.
 *
 * @module
 */

/** Writes the results to a file, where one is asked for. */
export function saveJson(file: string | undefined, result: object): void {
  if (file) Deno.writeTextFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
}
