/**
 * A step of the set-up, and how it fails.
 *
 * @module
 */

import { exists } from "../../../ffi/host/exists.ts";

/** What keeps the machine from being ready, with the command that a person should run. */
export class SetupError extends Error {
  /** Always `"SetupError"`. */
  override readonly name = "SetupError";
  /** A line of shell to run; `undefined` where none helps. */
  readonly command: string | undefined;

  /** A failure in one line, and its cure. */
  constructor(message: string, command?: string) {
    super(message);
    this.command = command;
  }
}

/** Something that this machine lacks. A step that has nothing to do does not exist. */
export interface Step {
  /** Its subject, the first word of its line: `hugepages`. */
  name: string;
  /** What is missing, for people: `packages gcc, libdpdk-dev`. */
  missing: string;
  /** What a person runs as root instead, in shell. */
  command: string;
  /** What it is about to do: `installing gcc`. */
  doing: string;
  /** Does it; returns what came of it. */
  run(): Promise<string> | string;
}

/** What a failed system call or command says, in one line. */
export function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0]?.replace(/:? \(os error \d+\).*$/, "") ?? "";
}

/** Whether a program is in `PATH`. */
export function hasProgram(name: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => exists(`${folder}/${name}`));
}
