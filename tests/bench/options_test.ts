/** Wrong options of the bench end in one line that says what was expected. */

import { fileURLToPath } from "node:url";
import { assertEquals, assertStringIncludes } from "../assert.ts";

const MAIN = fileURLToPath(new URL("../../cmd/bench/main.ts", import.meta.url));

const CASES: [args: string[], expected: string][] = [
  [["--rounds", "0"], "expected 1 to 10000"],
  [["--rounds", "many"], "expected 1 to 10000"],
  [["--rows", "l2fwd,nothing"], "got 'nothing'"],
  [["--rows", "toString"], "got 'toString'"],
  [["--pause", "0"], "expected 1 to 86400 seconds"],
  [["--speed"], "unknown option '--speed'"],
];

for (const [args, expected] of CASES) {
  Deno.test(`bench ${args.join(" ")}: ${expected}`, async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, ...args],
    }).output();
    const text = new TextDecoder().decode(stderr);
    assertStringIncludes(text, expected);
    assertEquals([code, stdout.length, text.trimEnd().split("\n").length], [1, 0, 1]);
  });
}
