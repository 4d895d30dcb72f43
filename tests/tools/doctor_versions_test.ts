/** What the doctor says of versions of DPDK. */

import { supportOf } from "../../cmd/doctor/versions.ts";
import { assertEquals, assertStringIncludes } from "../assert.ts";

Deno.test("releases on which the suite ran are tested", () => {
  for (const version of ["22.11.11", "24.11.8", "25.11.4", "25.11.0"]) {
    assertEquals(supportOf(version), { state: "tested" });
  }
});

Deno.test("a release on which parts of the suite ran is warned of, and told which", () => {
  const { state, warning = "" } = supportOf("23.11.5");
  assertEquals(state, "tested in parts");
  assertStringIncludes(warning, "with C peers ran, not the others");
});

Deno.test("any other version is not supported, and told which are", () => {
  for (const version of ["21.11.9", "24.07.0", "26.03.0", "constructor", ""]) {
    const { state, warning = "" } = supportOf(version);
    assertEquals(state, "not supported");
    assertStringIncludes(warning, "22.11, 23.11, 24.11, 25.11");
  }
});
