/** What scripts can import by name. */

import config from "../../../deno.json" with { type: "json" };
import { readCommandLine } from "../../../cmd/denodpdk/script/command_line.ts";
import { ENTRIES } from "../../../cmd/denodpdk/script/entries.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("the entries of scripts are those of deno.json", () => {
  const root = new URL("../../../", import.meta.url).href;
  assertEquals(
    Object.fromEntries(Object.entries(ENTRIES).map(([name, { href }]) => [name, href])),
    Object.fromEntries(
      Object.entries(config.exports).map(([name, path]) => [
        name.replace(/^\./, "denodpdk"),
        new URL(path, root).href,
      ]),
    ),
  );
});

Deno.test("all that follows the script belongs to the script", () => {
  assertEquals(readCommandLine(["--allow-net", "-A", "my.ts", "-l", "0", "--help"]), {
    flags: ["--allow-net", "-A"],
    file: "my.ts",
    args: ["-l", "0", "--help"],
  });
  assertEquals(readCommandLine(["--help"]), { flags: ["--help"], file: undefined, args: [] });
});
