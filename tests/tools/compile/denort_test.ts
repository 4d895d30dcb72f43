/** Deno's runtime out of an executable that has it, and what is refused. */

import { elfLength, runtimeOf } from "../../../cmd/dev/compile/denort.ts";
import { sha256 } from "../../../cmd/dev/compile/digest.ts";
import { assertEquals, assertRejects, assertThrows } from "../../assert.ts";

const HEADER = 64;

/** Section headers: as many, of this size. */
const [SECTIONS, SECTION] = [3, 64];

/** A 64-bit ELF file with `content` before its section headers. */
function elf(content: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(content);
  const file = new Uint8Array(HEADER + bytes.length + SECTIONS * SECTION);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.set(bytes, HEADER);
  const view = new DataView(file.buffer);
  view.setBigUint64(0x28, BigInt(HEADER + bytes.length), true);
  view.setUint16(0x3a, SECTION, true);
  view.setUint16(0x3c, SECTIONS, true);
  return file;
}

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
  const { stdout } = await new Deno.Command("readelf", { args: ["-hW", path] }).output();
  const number = (name: string) =>
    Number(new TextDecoder().decode(stdout).match(`${name}:\\s+(\\d+)`)?.[1]);
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
