/**
 * Which words of the command line are this program's own. They are all of `Deno.args`, except in
 * `denodpdk`, one file with all programs: there, the program's name may come first.
 *
 * @module
 */

/** The module that this process was started with; a script of `denodpdk run` has another one. */
const mainModule: string = Deno.mainModule;

let words: readonly string[] = [];
let args: readonly string[] = Deno.args;

/**
 * Makes this process one of the programs of `denodpdk`. Called once, before the program is loaded.
 *
 * @param before The words with which this process's executable starts the program: its name, or
 * nothing where the executable itself is called so.
 * @param own The program's own arguments.
 */
export function becomeProgram(before: readonly string[], own: readonly string[]): void {
  words = before;
  args = own;
}

/** The program's own arguments. */
export function programArgs(): string[] {
  return [...args];
}

/** What stands before the program's own arguments when this executable is started as the program. */
export function programWords(): readonly string[] {
  return words;
}

/** URL of the module that this process was started with. */
export function startedModule(): string {
  return mainModule;
}

/** Whether a person named the program behind `denodpdk`, and did not start it by its own name. */
export function isCommand(): boolean {
  return Deno.args.length > args.length;
}
