/**
 * Other programs, run to their end.
 *
 * @module
 */

/** How a program runs. */
export interface RunOptions {
  /** The folder that it runs in. */
  cwd?: string;
  /** Variables of its environment beside those of this process. */
  env?: Record<string, string>;
  /** It gets no other variables than these. */
  clearEnv?: boolean;
  /** What it reads; nothing where left out. */
  input?: string;
}

/** How a program ended. */
export interface Ended {
  /** Whether its status was 0. */
  success: boolean;
  /** Its exit status. */
  code: number;
  /** The signal that ended it. */
  signal: Deno.Signal | null;
  /** What it printed. */
  stdout: string;
  /** What it printed as errors. */
  stderr: string;
  /** Both, without spaces around them: what is told where it failed. */
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
