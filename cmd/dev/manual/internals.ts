/**
 * Hides members that are marked `@internal`: `deno doc` shows them, and hides private ones.
 *
 * @module
 */

/** A class at the top level of a module, up to its last brace. */
const CLASS = /^(?:export )?(?:abstract )?class [^]*?^\}/gm;

/** A doc comment of a class member that is marked, and the indentation of the member behind it. */
const INTERNAL = /^( {2}\/\*\*(?:(?!\*\/)[^])*?@internal(?:(?!\*\/)[^])*?\*\/\n {2})(?=\S)/gm;

/** The member that `console.log` looks for; nobody calls it. */
const INSPECTED = /^ {2}(?=\[(?:inspected|Symbol\.for\("Deno\.customInspect"\))\]\()/gm;

/** Makes the members of classes that are marked `@internal` private, for `deno doc` alone. */
export function hideInternals(source: string): string {
  return source.replace(
    CLASS,
    (text) => text.replace(INTERNAL, "$1private ").replace(INSPECTED, "  private "),
  );
}
