/** The native boundary: header, table and both libraries have the same functions. */

import { fileURLToPath, pathToFileURL } from "node:url";
import { buildShim, LINKAGES } from "../../ffi/build.ts";
import { symbols } from "../../ffi/symbols.ts";
import { assertEquals, assertMatch, assertStrictEquals } from "../assert.ts";

const ROOT = new URL("../../", import.meta.url);

/** `cmd/build/symbols.ts --check` in a tree. */
async function check(root: URL): Promise<{ code: number; stderr: string }> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-lock",
      fileURLToPath(new URL("cmd/build/symbols.ts", root)),
      "--check",
    ],
    env: { NO_COLOR: "1" },
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("the table is the one that shim.h gives", async () => {
  assertEquals(await check(ROOT), { code: 0, stderr: "" });
});

const DRIFTS: [what: string, file: string, from: RegExp, to: string][] = [
  ["a parameter's type in the header", "libshim/shim.h", /uint32_t index\);/, "uint64_t index);"],
  ["a result in the header", "libshim/shim.h", /int shim_eal_ready/, "void shim_eal_ready"],
  ["a new function", "libshim/shim.h", /#endif\s*$/, "SHIM_API int shim_new(void);\n#endif\n"],
  ["a function that is hot no more", "libshim/shim.h", /SHIM_HOT int/, "SHIM_API int"],
  ["an unknown kind of function", "libshim/shim.h", /SHIM_HOT int/, "SHIM_WARM int"],
  ["a parameter less", "libshim/shim.h", /, uint32_t n\);/, ");"],
  ["a type in the table", "ffi/symbols.ts", /"u32"/, '"u64"'],
  ["an unknown type", "libshim/shim.h", /int shim_eal_ready/, "double shim_eal_ready"],
];

for (const [what, file, from, to] of DRIFTS) {
  Deno.test(`a drift is found: ${what}`, async () => {
    const folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
    try {
      for (const part of ["libshim/shim.h", "ffi/symbols.ts", "cmd/build/symbols.ts"]) {
        const path = `${folder}/${part}`;
        Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
        Deno.copyFileSync(new URL(part, ROOT), path);
      }
      const text = Deno.readTextFileSync(`${folder}/${file}`);
      assertMatch(text, from);
      Deno.writeTextFileSync(`${folder}/${file}`, text.replace(from, to));
      const { code, stderr } = await check(pathToFileURL(`${folder}/`));
      assertStrictEquals(code, 1);
      assertMatch(stderr, /shim\.h/);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
}

/** Where the libraries are; their folders stay open. */
const PATHS = { system: buildShim("system").path, core: buildShim("core").path };

for (const linkage of LINKAGES) {
  Deno.test(`the ${linkage} library has every function of the table`, () => {
    // a missing one would throw here
    const library = Deno.dlopen(PATHS[linkage], symbols);
    assertEquals(Object.keys(library.symbols).sort(), Object.keys(symbols).sort());
    library.close();
  });
}

/** Functions of EAL's that libshim/eal.c stands before, where EAL is another library. */
const STOOD_BEFORE = { system: ["rte_calloc", "rte_free"], core: [] };

Deno.test("the library exports nothing else of its own", async () => {
  for (const linkage of LINKAGES) {
    const { stdout } = await new Deno.Command("nm", {
      args: ["-D", "--defined-only", "--format=posix", PATHS[linkage]],
    }).output();
    const names = new TextDecoder().decode(stdout).trim().split("\n")
      .flatMap((line) => line.split(" ")[0]?.replace(/@.*/, "") ?? [])
      .filter((name) => !/^_(init|fini|edata|end|_bss_start)$/.test(name));
    assertEquals(names.sort(), [...Object.keys(symbols), ...STOOD_BEFORE[linkage]].sort(), linkage);
  }
});
