/** How a script's modules are read: types, imports, exports, places. */

import { Fault, parseModule } from "../../../cmd/denodpdk/script/parse.ts";
import { assertEquals, assertThrows } from "../../assert.ts";

const namesOf = (text: string, typed = true) =>
  parseModule(text, typed).references.map(({ use, name }) => [use, name]);

Deno.test("types become blanks: lines and columns stay", () => {
  const source = 'type A = "ü😀€";\nlet ü: A | "漢" = "ü😀€" as A; throw 1;\n';
  const { text } = parseModule(source, true);
  assertEquals(text.length, source.length);
  for (const word of ["let", "=", "throw"]) {
    assertEquals(text.lastIndexOf(word), source.lastIndexOf(word), word);
  }
});

const USES: Record<string, [use: string, name: string][]> = {
  'import "./a.ts";': [["import", "./a.ts"]],
  'export * from "./a.ts"; export { b } from "./b.ts";': [["import", "./a.ts"], [
    "import",
    "./b.ts",
  ]],
  'await import("./a.ts"); import(`./b.ts`);': [["later", "./a.ts"], ["later", "./b.ts"]],
  'new Worker(new URL("./w.ts", import.meta.url), { type: "module" });': [["worker", "./w.ts"]],
  'new Worker(new URL("./w.ts", import.meta.url).href);': [["named", "./w.ts"]],
  'new Worker(import.meta.resolve("./w.ts"));': [["worker", "./w.ts"]],
  'const url = new URL("./w.ts", import.meta.url);': [["named", "./w.ts"]],
  '// import "./a.ts"\nconst text = `import "./b.ts"`;': [],
};

for (const [text, uses] of Object.entries(USES)) {
  Deno.test(`what is named: ${text}`, () => assertEquals(namesOf(text), uses));
}

Deno.test("imports that are only types are left out in TypeScript, and never in JavaScript", () => {
  const text = `import { A, used, type B } from "./a.ts";
import Unused, { C } from "./b.ts";
import { D,
  member } from "./d.ts";
let a: A | C | D; used(a?.member);`;
  const typed = parseModule(text, true);
  assertEquals(typed.references.map(({ name }) => name), ["./a.ts"]);
  assertEquals(typed.references[0]?.names.map(({ name }) => name), ["used"]);
  assertEquals(typed.text.split("\n").length, 5);
  const plain = 'import { a } from "./a.js";\nimport b, { c as d } from "./b.js";\n';
  assertEquals(namesOf(plain, false).length, 2);
});

Deno.test("names that are used only as values' keys are no uses", () => {
  assertEquals(
    namesOf('import { a } from "./a.ts";\nconst b = { a: 1 }; b.a; class C { a() {} }'),
    [],
  );
  assertEquals(namesOf('import { a } from "./a.ts";\nconst b = { a };').length, 1);
  assertEquals(namesOf('import { a } from "./a.ts";\nexport { a };').length, 1);
});

Deno.test("all kinds of exports are found", () => {
  const { exports, passesOn } = parseModule(
    `export const a = 1, { b, c: [d] } = x;
export function e() {}
export class F {}
export default 1;
export { a as g, a as "h i" };
export * as j from "./j.ts";
export * from "./k.ts";
export type L = 1;
export interface M {}`,
    true,
  );
  assertEquals([...new Set(exports)], [
    "a",
    "b",
    "c",
    "d",
    "e",
    "F",
    "default",
    "g",
    "h i",
    "j",
  ]);
  assertEquals(passesOn, ["./k.ts"]);
});

Deno.test("computed imports and Workers are told apart from literal ones", () => {
  const { computed, computesWorkers } = parseModule(
    'import("./a.ts"); import(x); import("./b.json", { with: { type: "json" } });',
    false,
  );
  assertEquals([computed, computesWorkers], [[18, 29], false]);
  assertEquals(parseModule("new Worker(url);", false).computesWorkers, true);
  assertEquals(parseModule("new Worker(import.meta.url);", false).computesWorkers, false);
});

/** Where a fault is, in UTF-16 units: what stands in front is as wide as terminals show it. */
const FAULTS: [text: string, at: string][] = [
  ["/* ü😀 */ enum E { A }", "enum"],
  ["/* 漢字 */ enum E { A }", "enum"],
  ["\t\tenum E { A }", "enum"],
  ["const a: number = 1;\r\n\r\n  enum E { A }", "enum"],
  ['const a = "ü😀"; let b = = 3;', "= 3"],
  ["let a = 1; let a = 2;", "a = 2"],
];

for (const [text, at] of FAULTS) {
  Deno.test(`the place of a fault: ${JSON.stringify(text)}`, () => {
    const fault = assertThrows(() => parseModule(text, true), Fault);
    assertEquals(fault.at, text.lastIndexOf(at));
  });
}
