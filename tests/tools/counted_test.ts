/** Numbers of things in what programs say. */

import { counted } from "../../cmd/lib/counted.ts";
import { assertStrictEquals } from "../assert.ts";

const COUNTS: [count: number, text: string][] = [
  [0, "0 rounds"],
  [1, "1 round"],
  [2, "2 rounds"],
];

for (const [count, text] of COUNTS) {
  Deno.test(`${count}: ${text}`, () => {
    assertStrictEquals(counted(count, "round"), text);
  });
}

Deno.test("words with a plural of their own", () => {
  assertStrictEquals(counted(1, "process", "processes"), "1 process");
  assertStrictEquals(counted(2, "process", "processes"), "2 processes");
});
