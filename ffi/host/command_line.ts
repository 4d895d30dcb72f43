/**
 * Command lines of processes: which words of them EAL reads.
 *
 * @module
 */

import { tryReadKernelFile } from "./kernel_file.ts";

/** How often an empty command line is read again, a millisecond later. */
const EXEC_TRIES = 20;

/** The command line of a living process; no words where it has ended or cannot be seen. */
export function commandLine(pid: number | string): string[] {
  const read = () => tryReadKernelFile(`/proc/${pid}/cmdline`);
  let line = read();
  // the command line is empty for a moment in the middle of execve()
  for (let tries = 0; line === "" && tries < EXEC_TRIES; tries++) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    line = read();
  }
  // each word ends with a NUL
  return line ? line.replace(/\0$/, "").split("\0") : [];
}

/** Flags of Deno whose value is a word of its own. */
const DENO_VALUES: readonly string[] = [
  "--cert",
  "--conditions",
  "--config",
  "--ext",
  "--import",
  "--import-map",
  "--location",
  "--log-level",
  "--preload",
  "--require",
  "--seed",
  "-L",
  "-c",
];

/** Deno's subcommands that run a script. */
const DENO_RUNS: readonly string[] = ["bench", "run", "serve", "test"];

/** Those of the subcommands that pass only what follows `--` to the script. */
const DENO_TESTS: readonly string[] = ["bench", "test"];

/** The last part of a path. */
const fileName = (path = "") => path.slice(path.lastIndexOf("/") + 1);

/** Whether a process is Deno, which runs a script. */
function isDeno(argv: readonly string[]): boolean {
  return /^deno\b/.test(fileName(argv[0]));
}

/** The file with all programs. */
const MULTI_CALL = "denodpdk";

/** Whether a file is `denodpdk`; a version may follow. */
const isMultiCall = (path = "") => /^denodpdk(?![a-z]|[-_][a-z])/.test(fileName(path));

/**
 * The command line as `denodpdk` would have it, whose program is its first argument, where the
 * process is `denodpdk`, compiled or run by Deno; undefined for any other.
 */
function multiCallLine(argv: readonly string[]): readonly string[] | undefined {
  if (isMultiCall(argv[0])) return argv;
  if (!isDeno(argv)) return undefined;
  const { script = Infinity } = denoWords(argv);
  return /\bcmd\/denodpdk\/main\.ts$/.test(argv[script] ?? "")
    ? [MULTI_CALL, ...argv.slice(script + 1)]
    : undefined;
}

/** The command of `denodpdk` that runs a script. */
const RUN = "run";

/** The place of the script in `denodpdk run [flags] FILE`; 0 in any other command line. */
function multiCallScript(argv: readonly string[]): number {
  if (argv[1] !== RUN) return 0;
  const at = argv.slice(2).findIndex((word) => !word.startsWith("-"));
  return at < 0 ? 0 : at + 2;
}

/**
 * The places of the subcommand and of the script in Deno's command line; undefined where there is
 * none.
 */
function denoWords(argv: readonly string[]): { command?: string; script?: number } {
  let command: string | undefined;
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i] ?? "";
    if (DENO_VALUES.includes(word)) i++;
    else if (word.startsWith("-")) continue;
    else if (command === undefined && DENO_RUNS.includes(word)) command = word;
    else return { ...(command ? { command } : {}), script: i };
  }
  return command ? { command } : {};
}

/** The script that a command line runs, by Deno or by `denodpdk`; undefined for any other program. */
function scriptOf(argv: readonly string[]): string | undefined {
  const line = multiCallLine(argv);
  if (line) return line[multiCallScript(line) || Infinity];
  if (!isDeno(argv)) return undefined;
  const { script } = denoWords(argv);
  return script === undefined ? undefined : argv[script];
}

/**
 * The name of the program of a command line, whether it is a file of its own, a script, or a
 * command of `denodpdk`.
 */
export function programName(argv: readonly string[]): string {
  const [, folder, file] = scriptOf(argv)?.match(/(?:([^/]+)\/)?([^/]+?)(?:\.\w+)?$/) ?? [];
  const name = file === "main" || file === "mod" ? folder ?? file : file;
  const [first, program] = multiCallLine(argv) ?? [argv[0]];
  return name || program || fileName(first);
}

/**
 * The words of a command line that EAL reads: those before `--`, of a Deno process those of the
 * script, not Deno's own, and of `denodpdk` those of the program. `-c deno.json` is no mask of CPUs.
 */
export function ealWords(argv: readonly string[]): string[] {
  let words = argv.slice(1);
  const line = multiCallLine(argv);
  if (line) {
    words = line.slice(Math.max(multiCallScript(line), 1) + 1);
  } else if (isDeno(argv)) {
    const { command = "run", script } = denoWords(argv);
    words = script === undefined ? [] : argv.slice(script + 1);
    if (DENO_TESTS.includes(command)) words = words.slice(words.indexOf("--") + 1 || words.length);
  }
  const end = words.indexOf("--");
  return end < 0 ? words : words.slice(0, end);
}
