/** The drivers that a manifest names are those in the library. */

import { driversIn } from "../../../cmd/dev/compile/bundle.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("drivers are those whose names their macros left in the library, in order", () => {
  const info = (name: string) => `PMD_INFO_STRING= {"name": "${name}", "kmod": "vfio"}\0`;
  const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  assertEquals(
    driversIn(bytes(`\xff\0${info("net_ring")}\xfe${info("net_null")}${info("net_ring")}`)),
    ["net_null", "net_ring"],
  );
  assertEquals(driversIn(bytes("net_ring net_null")), []);
});
