/** Every program says which DPDK it brings. */

import { PROGRAMS } from "../../cmd/dev/compile/programs.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { isCompiled, program, testPrefix } from "../harness.ts";

/** Drivers of the ports that the tests have, which a compiled program must carry. */
const TESTED = ["net_memif", "net_null", "net_pcap", "net_ring", "net_tap", "net_virtio"];

for (const { name } of PROGRAMS) {
  Deno.test(`${name} --version and --help name the DPDK, and the drivers inside`, async () => {
    await using prefix = testPrefix();
    for (const option of ["--version", "--help"]) {
      const process = prefix.spawn(`${name} ${option}`, program(name), [option]);
      assertEquals((await process.ended()).code, 0);
      assertEquals(process.stderr, "");
      assertStringIncludes(process.stdout, name);
      if (isCompiled()) {
        assertMatch(process.stdout, /^DPDK \d+\.\d+\.\d+ is inside, with these drivers:$/m);
        const drivers = process.stdout.slice(process.stdout.lastIndexOf("drivers:"));
        for (const driver of TESTED) assertMatch(drivers, new RegExp(`\\b${driver}\\b`));
      } else {
        assertMatch(process.stdout, /^DPDK \d+\.\d+\.\d+ of this system, with the drivers that/m);
      }
    }
    assertEquals(prefix.files(), []);
  });
}
