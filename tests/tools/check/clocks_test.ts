/** Waits by the clock of the wall are found. */

import { assertEquals } from "../../assert.ts";
import { wallClockWaits } from "../../../cmd/dev/check/clocks.ts";

Deno.test("a wait by the clock of the wall is found, an age and a name are not", () => {
  const text = [
    "const deadline = Date.now() + LIMIT;",
    "while (others.size > 0 && Date.now() < deadline) {",
    "if (end < Date.now()) return;",
    "const start = Date.now();",
    "return Date.now() - (mtime?.getTime() ?? 0) < ABANDONED;",
    "const name = `build-${Date.now()}`;",
    "const end = performance.now() + LIMIT;",
  ].join("\n");
  assertEquals(wallClockWaits(text), [1, 2, 3, 4]);
});
