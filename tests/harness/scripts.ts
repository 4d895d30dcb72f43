/**
 * Scripts of a test, in a folder that a URL writes differently and a shell must quote.
 *
 * @module
 */

import type { Prefix } from "./prefix.ts";
import type { Command } from "./process.ts";
import { program, SYSTEM_ROOT } from "./program.ts";

async function run(
  prefix: Prefix,
  command: Command,
  args: readonly string[],
  env: Record<string, string> = {},
) {
  const process = prefix.spawn(`denodpdk ${args[0]}`, command, args, {
    env: { NO_COLOR: "1", ...env },
  });
  await process.closeStdin();
  const { code } = await process.ended();
  return { code, stdout: process.stdout, stderr: process.stderr };
}

/** A folder with scripts, on the system on which the programs under test run. */
export class Scripts implements Disposable {
  readonly #top = Deno.makeTempDirSync({ dir: `${SYSTEM_ROOT}/tmp`, prefix: "denodpdk-test-" });
  readonly #folder = `${this.#top}/x y/ü`;

  /** Writes files. */
  constructor(files: Readonly<Record<string, string>> = {}) {
    Deno.mkdirSync(this.#folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  /** Writes a file. */
  write(name: string, text: string): void {
    Deno.writeTextFileSync(this.here(name), text);
  }

  /** The path of a file, as this process finds it. */
  here(name: string): string {
    return `${this.#folder}/${name}`;
  }

  /** The path of a file, as the programs under test find it. */
  path(name: string): string {
    return this.here(name).slice(SYSTEM_ROOT.length);
  }

  /** Runs `denodpdk` to its end. */
  denodpdk(prefix: Prefix, args: readonly string[], env: Record<string, string> = {}) {
    return run(prefix, program("denodpdk"), args, env);
  }

  /** Runs `denodpdk` in the folder to its end. */
  denodpdkThere(prefix: Prefix, args: readonly string[]) {
    const { command, args: first } = program("denodpdk");
    const change = ["-c", 'cd "$0" && exec "$@"', this.path("")];
    if (SYSTEM_ROOT === "") {
      return run(prefix, { command: "sh", args: [...change, command, ...first] }, args);
    }
    const there = ["chroot", SYSTEM_ROOT, "sh", ...change, "/usr/local/bin/denodpdk"];
    return run(prefix, { command: "env", args: there }, args);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#top, { recursive: true });
  }
}
