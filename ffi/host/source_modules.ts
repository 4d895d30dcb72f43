/**
 * Where the code of a module is that a program names by its source file: elsewhere for a script
 * that `denodpdk run` has stripped of its types.
 *
 * @module
 */

let find = (url: string): string => url;

/** Sets what finds the code of a module, for this thread. */
export function setCodeFinder(finder: (url: string) => string): void {
  find = finder;
}

/** The URL from which to load a module that is named by the URL of its source. */
export function codeOf(url: string): string {
  return find(url);
}
