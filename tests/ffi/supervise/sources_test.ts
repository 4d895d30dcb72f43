/** A program that starts itself once more stays what it was when it first did. */

import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "../../assert.ts";
import { testPrefix } from "../../harness.ts";
import { relativePaths, Sources } from "../../../ffi/supervise/sources.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url);

Deno.test("the relative paths of a module are found, whatever names them", () => {
  const code = [
    `import "./a.ts";`,
    `import { b, c } from '../b.ts';`,
    `const { d } = await import("./d/d.ts");`,
    `new Worker(new URL("./e.ts", import.meta.url));`,
    `import { assert } from "@std/assert";`,
    `const text = "no/path";`,
  ].join("\n");
  assertEquals(relativePaths(code), ["./a.ts", "../b.ts", "./d/d.ts", "./e.ts"]);
});

Deno.test("a change of any file is noticed, a file that was written anew as it was is none", () => {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-sources-" });
  try {
    const main = `${folder}/main ü.ts`;
    Deno.writeTextFileSync(main, 'import "./part.ts";');
    Deno.writeTextFileSync(`${folder}/part.ts`, "1;");
    Deno.writeTextFileSync(`${folder}/deno.json`, "{}");
    Deno.writeTextFileSync(`${folder}/other.ts`, "1;");
    const sources = new Sources(main);
    assertEquals([sources.size, sources.changed], [3, false]);
    Deno.writeTextFileSync(`${folder}/other.ts`, "2;");
    Deno.removeSync(`${folder}/part.ts`);
    assertEquals(sources.changed, true);
    Deno.writeTextFileSync(`${folder}/part.ts`, "1;");
    assertEquals(sources.changed, false);
    Deno.writeTextFileSync(`${folder}/part.ts`, "2;");
    assertEquals(sources.changed, true);
    const copy = sources.writeTo(`${folder}/copy`);
    assertEquals(copy, `${folder}/copy${main}`);
    assertEquals(Deno.readTextFileSync(`${folder}/copy${folder}/part.ts`), "1;");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a program whose files change or go starts what it was all the same", async () => {
  await using prefix = testPrefix();
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-self-" });
  try {
    const root = fileURLToPath(new URL("../../../", import.meta.url));
    for (const name of ["self_main.ts", "self_part.ts"]) {
      const text = Deno.readTextFileSync(new URL(name, FIXTURES));
      Deno.writeTextFileSync(`${folder}/${name}`, text.replaceAll(`"../../../`, `"${root}`));
    }
    const process = prefix.spawn(
      "self",
      {
        command: Deno.execPath(),
        args: ["run", "-A", "--no-check", `${folder}/self_main.ts`],
      },
      [],
      { env: { XDG_CACHE_HOME: Deno.env.get("XDG_CACHE_HOME") ?? "" } },
    );
    await process.waitUntil(() => process.lines.length === 1, "waiting for the first answer");
    Deno.writeTextFileSync(`${folder}/self_part.ts`, 'export const PART = "another";');
    await process.send("");
    await process.waitUntil(() => process.lines.length === 2, "waiting for the second answer");
    Deno.removeSync(`${folder}/self_main.ts`);
    await process.send("");
    await process.waitUntil(() => process.lines.length === 3, "waiting for the third answer");
    assertEquals(process.lines, ["as it was", "as it was", "as it was"]);
    await process.closeStdin();
    assert((await process.ended()).code === 0);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
