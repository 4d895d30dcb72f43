/** What the linker is told where DPDK is linked in. */

import { staticLinkFlags } from "../../../ffi/shim/linkage.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("libarchive is linked where EAL was built with it, and only there", () => {
  for (const linkage of ["core", "bundled"] as const) {
    const archives = (requires: string[]) =>
      staticLinkFlags(linkage, "/none", requires).filter((flag) => flag === "-larchive").length;
    assertEquals(archives(["libmlx5", "libarchive", "libelf"]), 1);
    assertEquals(archives(["libmlx5", ">=", "1.2.2", "libelf"]), 0);
  }
});
