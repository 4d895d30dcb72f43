/**
 * Runs other programs to their end.
 *
 * @module
 */

/** Options of {@linkcode runToEnd}. */
export interface RunOptions {
  /** The folder in which the program runs. */
  cwd?: string;
  /** Environment variables to be added to those of this process. */
  env?: Record<string, string>;
  /** Whether the program gets no variables but these. */
  clearEnv?: boolean;
  /** The program's standard input; nothing where left out. */
  input?: string;
}

/** How a program ended. */
export interface Ended {
  /** Whether the exit status was 0. */
  success: boolean;
  /** The exit status. */
  code: number;
  /** The signal that ended the program; null for none. */
  signal: Deno.Signal | null;
  /** What the program printed on stdout. */
  stdout: string;
  /** What the program printed on stderr. */
  stderr: string;
  /** Both outputs, without spaces around them, for the error of a failed program. */
  text: string;
}

function ended({ success, code, signal, stdout, stderr }: Deno.CommandOutput): Ended {
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  const texts = { stdout: out ?? "", stderr: err ?? "" };
  return { success, code, signal, ...texts, text: (texts.stdout + texts.stderr).trim() };
}

const PIPED = { stdout: "piped", stderr: "piped" } as const;

/**
 * Runs a program to its end.
 *
 * @throws {Deno.errors.NotFound} where there is no such program.
 */
export async function runToEnd(
  command: string,
  args: readonly string[],
  { input, ...options }: RunOptions = {},
): Promise<Ended> {
  const stdin = input === undefined ? "null" : "piped";
  const child = new Deno.Command(command, { args: [...args], ...options, ...PIPED, stdin }).spawn();
  const [output] = await Promise.all([
    child.output(),
    input === undefined ? undefined : new Blob([input]).stream().pipeTo(child.stdin),
  ]);
  return ended(output);
}

/**
 * Runs a program to its end while this thread waits.
 *
 * @throws {Deno.errors.NotFound} where there is no such program.
 */
export function runToEndSync(
  command: string,
  args: readonly string[],
  options: Omit<RunOptions, "input"> = {},
): Ended {
  const stdin = "null";
  return ended(
    new Deno.Command(command, { args: [...args], ...options, ...PIPED, stdin }).outputSync(),
  );
}
