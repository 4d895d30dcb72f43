/** What the bench measures, by its options. */

import { fileURLToPath } from "node:url";
import { benchOptions } from "../../../cmd/dev/bench/options.ts";
import { assert, assertEquals, assertThrows } from "../../assert.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");

Deno.test("all rows where none is named", () => {
  const { rows, against } = benchOptions([]);
  assert(rows.includes("calls") && rows.includes("symmetric-1"));
  assertEquals(against, undefined);
});

Deno.test("against another checkout, the rows in which programs of ours are both sides", () => {
  const { rows, against } = benchOptions(["--against", ROOT]);
  assertEquals(against, ROOT);
  assert(rows.includes("start") && rows.includes("l2fwd-fork"));
  assert(!rows.includes("calls") && !rows.includes("messages"));
  assertEquals(benchOptions(["--against", ROOT, "--rows", "l2fwd"]).rows, ["l2fwd"]);
});

Deno.test("what cannot be measured against it is refused, and a folder that is no checkout", () => {
  const given = ["--against", ROOT, "--rows", "l2fwd,calls"];
  assertThrows(() => benchOptions(given), Error, "--rows: expected with --against, some of");
  const expected = "--against: expected the folder of another checkout, got '/nowhere'";
  assertThrows(() => benchOptions(["--against", "/nowhere"]), Error, expected);
});
