/** Texts that are changed, and know where everything was. */

import { pathToFileURL } from "node:url";
import { type Edit, edited } from "../../../cmd/denodpdk/script/edit.ts";
import { assertEquals, assertMatch } from "../../assert.ts";

/** The line and column of the place that an error tells, when a changed text is run as a module. */
async function placeOf(source: string, edits: readonly Edit[]): Promise<string | undefined> {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  try {
    Deno.writeTextFileSync(`${folder}/made.mjs`, edited(source, edits, "file:///none/a%20b/my.ts"));
    const error: unknown = await import(pathToFileURL(`${folder}/made.mjs`).href).then(
      () => {},
      (error) => error,
    );
    return error instanceof Error ? error.stack?.match(/my\.ts:(\d+:\d+)/)?.[1] : undefined;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Turns each `@` of a text into a longer word, and takes each `#` away. */
function change(source: string): Edit[] {
  return [...source.matchAll(/[@#]/g)].map(({ 0: sign, index }) => ({
    start: index,
    end: index + 1,
    text: sign === "@" ? "globalThis.undefined" : "",
  }));
}

const PLACES: Record<string, string> = {
  'throw new Error("x");': "1:7",
  '\n\n  throw new Error("x");': "3:9",
  '@; throw new Error("x");': "1:10",
  '@;@;##@; throw new Error("x");': "1:16",
  '"ü😀"; @; throw new Error("x");': "1:17",
  '@; @\n@;\n\t@; throw new Error("x");': "3:11",
  '(() => { @; (() => { throw new Error("x"); })(); })();': "1:28",
};

for (const [source, place] of Object.entries(PLACES)) {
  Deno.test(`an error after changes has its own place: ${JSON.stringify(source)}`, async () => {
    assertEquals(await placeOf(source, change(source)), place);
  });
}

Deno.test("an insertion before everything moves nothing", async () => {
  const edits = [{ start: 0, end: 0, text: "globalThis.name; globalThis.name; " }];
  assertEquals(await placeOf('throw new Error("x");', edits), "1:7");
});

Deno.test("the text is changed at its places", () => {
  const text = edited("a b\nc", [{ start: 2, end: 3, text: "ddd" }, {
    start: 5,
    end: 5,
    text: "!",
  }], "file:///x");
  assertMatch(text, /^a ddd\nc!\n\/\/# sourceMappingURL=data:application\/json;base64,[\w+/=]+\n$/);
});
