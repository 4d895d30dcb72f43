/** What is told of a library, and what compile refuses. */

import { driversIn } from "../../cmd/compile/bundle.ts";
import { assertEquals, assertMatch } from "../assert.ts";

const MAIN = new URL("../../cmd/compile/main.ts", import.meta.url).pathname;

Deno.test("drivers are those whose names their macros left in the library, in order", () => {
  const info = (name: string) => `PMD_INFO_STRING= {"name": "${name}", "kmod": "vfio"}\0`;
  const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  assertEquals(
    driversIn(bytes(`\xff\0${info("net_ring")}\xfe${info("net_null")}${info("net_ring")}`)),
    ["net_null", "net_ring"],
  );
  assertEquals(driversIn(bytes("net_ring net_null")), []);
});

Deno.test("a program that there is not is one line", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", MAIN, "simple_mp", "nonsense"],
  }).output();
  assertEquals([code, stdout.length], [1, 0]);
  assertMatch(
    new TextDecoder().decode(stderr),
    /^compile: [^\n]*'nonsense'[^\n]*expected some of simple_mp, [^\n]*doctor\n$/,
  );
});
