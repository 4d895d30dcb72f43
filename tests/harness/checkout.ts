/**
 * Copies of this checkout, for tests of what must not depend on where it lies.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { runToEnd } from "../../cmd/lib/command.ts";
import { exists } from "../../ffi/host/exists.ts";
import { assert } from "../assert.ts";
import type { Prefix } from "./prefix.ts";
import type { Command } from "./process.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What of a checkout runs. */
const PARTS = ["cmd", "ffi", "libshim", "tests", "mod.ts", "deno.json", "deno.lock", "LICENSE"];

/**
 * A copy of this checkout with the changes that are in it, in a folder whose path a URL writes
 * differently and a shell must quote.
 */
export class Checkout implements Disposable {
  /** The folder around it, with room for other files. */
  readonly top: string = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  readonly folder: string = `${this.top}/a b/ü#%20'$x`;
  /** Deno's cache: npm packages as they are, and nothing of this copy in the user's own. */
  readonly env: Record<string, string> & { DENO_DIR: string } = {
    DENO_DIR: `${this.top}/deno`,
    NO_COLOR: "1",
  };

  static async create(): Promise<Checkout> {
    const checkout = new Checkout();
    Deno.mkdirSync(checkout.folder, { recursive: true });
    const parts = [...PARTS, "import_map.json"].map((part) => ROOT + part);
    const { success } = await runToEnd("cp", ["-r", ...parts, checkout.folder]);
    assert(success, "cannot copy the checkout");
    const info = await runToEnd(Deno.execPath(), ["info", "--json"]);
    const { npmCache }: { npmCache: string } = JSON.parse(info.stdout);
    Deno.mkdirSync(checkout.env.DENO_DIR);
    Deno.symlinkSync(npmCache, `${checkout.env.DENO_DIR}/npm`);
    // what `deno compile` downloads, where it was downloaded
    const downloads = npmCache.replace(/\/npm$/, "/dl");
    if (exists(downloads)) Deno.symlinkSync(downloads, `${checkout.env.DENO_DIR}/dl`);
    return checkout;
  }

  /** A program of it, by its folder in `cmd/`. */
  program(name: string): Command {
    const path = `${this.folder}/cmd/${name}/main.ts`;
    // quiet: what Deno fetches, where nothing is cached yet, is not what the program says
    return { command: Deno.execPath(), args: ["run", "-A", "--no-check", "--quiet", path] };
  }

  /** Runs a program to its end. */
  async run(prefix: Prefix, name: string, args: string[] = []) {
    const process = prefix.spawn(name, this.program(name), args, { env: this.env });
    await process.closeStdin();
    const { code } = await process.ended();
    return { code, stdout: process.stdout, stderr: process.stderr };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.top, { recursive: true });
  }
}
