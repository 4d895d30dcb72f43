/** What the doctor says of versions of DPDK. */

import { supportOf } from "../../cmd/doctor/versions.ts";
import { assertEquals, assertStringIncludes } from "../assert.ts";

Deno.test("releases on which the suite ran are tested", () => {
  for (const version of ["22.11.11", "24.11.8", "25.11.4", "25.11.0"]) {
    assertEquals(supportOf(version), { state: "tested" });
  }
});

Deno.test("a release that was only built is warned of", () => {
  const { state, warning = "" } = supportOf("23.11.5");
  assertEquals(state, "builds");
  assertStringIncludes(warning, "not run");
});

Deno.test("any other version is not supported, and told which are", () => {
  for (const version of ["21.11.9", "24.07.0", "26.03.0", "constructor", ""]) {
    const { state, warning = "" } = supportOf(version);
    assertEquals(state, "not supported");
    assertStringIncludes(warning, "22.11, 23.11, 24.11, 25.11");
  }
});
