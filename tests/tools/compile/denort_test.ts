/** Deno's runtime out of an executable that has it, and what is refused. */

import { elfLength, runtimeOf } from "../../../cmd/dev/compile/denort.ts";
import { sha256 } from "../../../cmd/dev/compile/digest.ts";
import { assertEquals, assertRejects, assertThrows } from "../../assert.ts";
import { elf, HEADER } from "./elf.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";

const RUNTIME = elf("a runtime");
const DIGEST = await sha256(RUNTIME);

function withAppended(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array([...RUNTIME, ...new TextEncoder().encode(text)]);
}

Deno.test("a runtime ends behind its section headers, whatever was appended", async () => {
  for (const appended of ["", "a program", "another program, longer"]) {
    assertEquals(await runtimeOf(withAppended(appended), DIGEST), RUNTIME);
  }
});

Deno.test("the end of this Deno's own executable is where readelf sees it", async () => {
  const path = Deno.execPath();
  const { stdout } = await runToEnd("readelf", ["-hW", path]);
  const number = (name: string) => Number(stdout.match(`${name}:\\s+(\\d+)`)?.[1]);
  assertEquals(
    elfLength(Deno.readFileSync(path)),
    number("Start of section headers") +
      number("Size of section headers") * number("Number of section headers"),
  );
});

Deno.test("another runtime is refused, also one that differs in one bit", async () => {
  const changed = RUNTIME.slice();
  changed[HEADER] = (changed[HEADER] ?? 0) ^ 1;
  await assertRejects(() => runtimeOf(changed, DIGEST), Error, `expected ${DIGEST}`);
  await assertRejects(() => runtimeOf(elf("a longer runtime"), DIGEST), Error, "refused");
  // the digest that is built in is that of a real one
  await assertRejects(() => runtimeOf(RUNTIME), Error, "refused");
});

Deno.test("what is no ELF file, or a part of one, is refused", () => {
  assertThrows(() => elfLength(new Uint8Array(1000)), Error, "no 64-bit ELF file");
  assertThrows(() => elfLength(RUNTIME.subarray(0, 40)), Error, "no 64-bit ELF file");
  assertThrows(() => elfLength(RUNTIME.subarray(0, -1)), Error, "cut short");
  const narrow = RUNTIME.slice();
  narrow[4] = 1;
  assertThrows(() => elfLength(narrow), Error, "no 64-bit ELF file");
});
