/** The import map of a script that is compiled: its own names, and those of this library. */

import {
  configurationsOf,
  entryNamed,
  ownMap,
  withEntries,
} from "../../../cmd/dev/compile/import_map.ts";
import { assertEquals, assertThrows } from "../../assert.ts";

/** Files in a folder that goes with the test. */
function filesIn(files: Record<string, string>): { folder: string } & Disposable {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  for (const [path, text] of Object.entries(files)) {
    Deno.mkdirSync(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.writeTextFileSync(`${folder}/${path}`, text);
  }
  return { folder, [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }) };
}

Deno.test("names of this library, whatever registry they name", () => {
  for (
    const [name, entry] of [
      ["denodpdk", "."],
      ["denodpdk/net", "./net"],
      ["@denodpdk/denodpdk/pcap", "./pcap"],
      ["npm:denodpdk@0.2.0", "."],
      ["npm:denodpdk@^0.2/eal", "./eal"],
      ["jsr:@denodpdk/denodpdk", "."],
      ["jsr:/@denodpdk/denodpdk@0.2/net", "./net"],
      ["denodpdk2", undefined],
      ["./denodpdk", undefined],
      ["npm:other/denodpdk", undefined],
    ] as const
  ) assertEquals(entryNamed(name), entry, name);
});

Deno.test("a script's own map: comments, paths, parts of packages, scopes, another file", () => {
  using files = filesIn({
    "a/deno.jsonc": `{
      // what it imports
      "imports": { "lib/": "./lib/", "up": "../up.ts", "c": "npm:commander@15", "s": "jsr:@std/x@1" },
      "scopes": { "./old/": { "up": "/opt/up.ts" } },
    }`,
    "b/deno.json": '{ "importMap": "maps/map.json" }',
    "b/maps/map.json": '{ "imports": { "x": "../x y.ts" } }',
  });
  const { folder } = files;
  const mapOf = (name: string, given?: string) =>
    ownMap(configurationsOf(`${folder}/${name}`), given, `${folder}/stage/deep`);
  assertEquals(mapOf("a/lib"), {
    imports: {
      "lib/": "../../a/lib/",
      up: "../../up.ts",
      c: "npm:commander@15",
      "c/": "npm:/commander@15/",
      s: "jsr:@std/x@1",
      "s/": "jsr:/@std/x@1/",
    },
    scopes: {
      "../../a/old/": { up: `../../${"../".repeat(folder.split("/").length - 1)}opt/up.ts` },
    },
  });
  assertEquals(mapOf("b"), { imports: { x: "../../b/x%20y.ts" }, scopes: {} });
  assertEquals(mapOf("a", `${folder}/b/maps/map.json`), mapOf("b"));
  assertThrows(() => mapOf("a", `${folder}/none.json`), RangeError, "none.json: expected a file");
});

Deno.test("a member of a workspace has the workspace's names, and its own before them", () => {
  using files = filesIn({
    "deno.json": '{ "workspace": ["m"], "imports": { "a": "./a.ts", "b": "./b.ts" } }',
    "m/deno.json": '{ "imports": { "b": "./mine.ts" } }',
  });
  const { folder } = files;
  const { imports } = ownMap(configurationsOf(`${folder}/m`), undefined, folder);
  assertEquals(imports, { a: "./a.ts", b: "./m/mine.ts" });
});

Deno.test("all names of this library lead to its made modules, for each module that has them", () => {
  const entries = new Map([[".", "./mod.js"], ["./net", "./net.js"]]);
  const own = {
    imports: { denodpdk: "/opt/denodpdk/mod.ts", "d/": "npm:/denodpdk@1/", other: "npm:other@1" },
    scopes: {},
  };
  const used = new Map([["../my.ts", ["d/net", "other", "npm:denodpdk"]], ["../none.ts", ["x"]]]);
  assertEquals(withEntries(own, entries, used), {
    imports: {
      ...own.imports,
      denodpdk: "./mod.js",
      "denodpdk/net": "./net.js",
      "@denodpdk/denodpdk": "./mod.js",
      "@denodpdk/denodpdk/net": "./net.js",
    },
    scopes: { "../my.ts": { "d/net": "./net.js", "npm:denodpdk": "./mod.js" } },
  });
});
