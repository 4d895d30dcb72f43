/** The folders of a cache that processes hold and remove. */

import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { makePrivateFolder } from "../../../ffi/shim/private_folder.ts";

/** Runs a function while `mkdir` is another one. */
function withMkdir(mkdirSync: typeof Deno.mkdirSync, run: () => void): void {
  const original = Deno.mkdirSync;
  Deno.mkdirSync = mkdirSync;
  try {
    run();
  } finally {
    Deno.mkdirSync = original;
  }
}

for (const winner of ["this process", "another process"]) {
  Deno.test(`a folder made by ${winner}, and removed as soon as it is made, is made again`, () => {
    const cache = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
    const folder = `${cache}/bundle-1`;
    const { mkdirSync } = Deno;
    let made = 0;
    try {
      withMkdir((path, options) => {
        made++;
        if (made > 3) return mkdirSync(path, options);
        mkdirSync(path, options);
        Deno.removeSync(path);
        if (winner === "another process") throw new Deno.errors.AlreadyExists();
      }, () => makePrivateFolder(folder));
      assertEquals(made, 4);
      assert(Deno.lstatSync(folder).isDirectory);
    } finally {
      Deno.removeSync(cache, { recursive: true });
    }
  });
}

Deno.test("a folder that can never be made is an error", () => {
  const cache = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  try {
    assertThrows(() => makePrivateFolder(`${cache}/missing/bundle-1`), Deno.errors.NotFound);
    withMkdir(
      () => {},
      () => assertThrows(() => makePrivateFolder(`${cache}/bundle-1`), Deno.errors.NotFound),
    );
  } finally {
    Deno.removeSync(cache, { recursive: true });
  }
});
