/** The libraries that a compiled program carries behind its runtime: where they are found again. */

import { carriedBundles, carryBundles } from "../../../cmd/dev/compile/carry.ts";
import { carriedAt, elfEnd, readAt } from "../../../ffi/shim/carried.ts";
import { DpdkError } from "../../../mod.ts";
import { assertEquals, assertThrows } from "../../assert.ts";
import { elf } from "./elf.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("a program carries its bundles between its runtime and what Deno reads", () => {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  try {
    const bundles = { bundle: ["shim of all", "a library"], core: ["small shim"] };
    for (const [kind, contents] of Object.entries(bundles)) {
      Deno.mkdirSync(`${folder}/${kind}`);
      const files = contents.map((content, i) => ({ name: `${i}.so`, size: content.length }));
      contents.forEach((content, i) =>
        Deno.writeTextFileSync(`${folder}/${kind}/${i}.so`, content)
      );
      const manifest = JSON.stringify({ id: `id of ${kind}`, files });
      Deno.writeTextFileSync(`${folder}/${kind}/manifest.json`, manifest);
    }
    const runtime = elf("a runtime");
    const program = `${folder}/program`;
    Deno.writeFileSync(
      program,
      new Uint8Array([...runtime, ...new TextEncoder().encode("Deno's")]),
    );
    const carried = carriedBundles(folder, ["bundle", "core"]);
    carryBundles(program, folder, carried);

    const made = Deno.readFileSync(program);
    const end = elfEnd(made);
    assertEquals(
      text(made.subarray(end)),
      "id of bundleshim of alla libraryid of coresmall shimDeno's",
    );
    assertEquals(made.subarray(0, end), runtime);
    const at = carried.map(({ manifest }) => end + manifest.carried);
    assertEquals(at.map((at) => text(readAt({ path: program, at }, 9))), [
      "id of bun",
      "id of cor",
    ]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a program whose file another one has replaced reads nothing out of that", () => {
  // this executable carries nothing
  const { message } = assertThrows(() => carriedAt(0, "an id"), DpdkError);
  assertEquals(message.includes(`${Deno.execPath()} was replaced while it started`), true, message);
});
