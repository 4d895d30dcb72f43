/**
 * A folder for what programs under test read and write.
 *
 * @module
 */

import { SYSTEM_ROOT } from "./program.ts";

/** A folder on the system on which the programs under test run; it is gone after disposal. */
export class SharedFolder implements Disposable {
  readonly #folder = Deno.makeTempDirSync({ dir: `${SYSTEM_ROOT}/tmp`, prefix: "denodpdk-test-" });

  /** The path of a file, as this process finds it. */
  here(name: string): string {
    return `${this.#folder}/${name}`;
  }

  /** The path of a file, as the programs under test find it. */
  there(name: string): string {
    return this.here(name).slice(SYSTEM_ROOT.length);
  }

  /** The text of a file. */
  text(name: string): string {
    return Deno.readTextFileSync(this.here(name));
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}
