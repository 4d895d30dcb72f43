/** How the error that ends a program is told. */

import { outcomeOf, outputError } from "../../cmd/lib/outcome.ts";
import { DpdkError } from "../../mod.ts";
import { assertEquals } from "../assert.ts";

const dpdk = new DpdkError({ operation: "a", code: "ENODEV", reason: "b", hint: "c" });
const full = outputError(new Error("No space left on device (os error 28)"));

const OUTCOMES: [what: string, error: unknown, line: string | undefined, status: number][] = [
  ["a DpdkError", dpdk, "a: ENODEV: b (c)", 1],
  ["a bad number", new RangeError("out of range\nmore"), "out of range", 1],
  ["a defect", new TypeError("x is undefined"), "internal error: x is undefined", 1],
  ["what is no error", "text", "internal error: text", 1],
  ["a full disk", full, "write to stdout: ENOSPC: No space left on device", 1],
  [
    "a reader that has gone",
    outputError(new Deno.errors.BrokenPipe("Broken pipe")),
    undefined,
    141,
  ],
  ["the same from Deno", new Deno.errors.BrokenPipe("Broken pipe"), undefined, 141],
  [
    "what could not be released after a first error",
    new SuppressedError(new Error("busy"), dpdk),
    "a: ENODEV: b (c)",
    1,
  ],
];

for (const [what, error, line, status] of OUTCOMES) {
  Deno.test(`${what}: ${line ?? "nothing"}, status ${status}`, () => {
    assertEquals(outcomeOf(error), { line, status });
  });
}
