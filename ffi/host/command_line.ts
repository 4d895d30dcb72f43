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

/** Whether a process is Deno, which runs a script. */
function isDeno(argv: readonly string[]): boolean {
  return /^deno\b/.test(argv[0]?.split("/").pop() ?? "");
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

/** The script that a command line makes Deno run; undefined for any other program. */
export function scriptOf(argv: readonly string[]): string | undefined {
  if (!isDeno(argv)) return undefined;
  const { script } = denoWords(argv);
  return script === undefined ? undefined : argv[script];
}

/**
 * The words of a command line that EAL reads: those before `--`, and of a Deno process those of the
 * script, not Deno's own. `-c deno.json` is no mask of CPUs.
 */
export function ealWords(argv: readonly string[]): string[] {
  let words = argv.slice(1);
  if (isDeno(argv)) {
    const { command = "run", script } = denoWords(argv);
    words = script === undefined ? [] : argv.slice(script + 1);
    if (DENO_TESTS.includes(command)) words = words.slice(words.indexOf("--") + 1 || words.length);
  }
  const end = words.indexOf("--");
  return end < 0 ? words : words.slice(0, end);
}
