/** Filters where there is no EAL, and where there is no libpcap. */

import { fileURLToPath } from "node:url";
import { buildShim } from "../../../ffi/shim/build.ts";
import { assertEquals } from "../../assert.ts";

const SCRIPT = fileURLToPath(new URL("../fixtures/filter_alone.ts", import.meta.url));

/** The linkage that does not load libpcap by itself. */
const CORE = buildShim("core").path;

/** What the script says. */
async function said(expression: string, env: Record<string, string> = {}): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", SCRIPT, expression],
    env: { DENODPDK_SHIM: CORE, NO_COLOR: "1", ...env },
  }).output();
  return new TextDecoder().decode(stdout).trim().split("\n");
}

Deno.test("bytes are filtered without EAL, bursts are not", async () => {
  assertEquals(await said("udp port 53"), [
    "true",
    'rte_bpf_load("udp port 53"): EAL is not initialised ' +
    "(call Eal.init() first; after its disposal EAL cannot be used any more)",
  ]);
  assertEquals((await said("udp port 54"))[0], "false");
});

Deno.test("where libpcap is missing, filters are unavailable and say so in one line", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-nopcap-" });
  try {
    for (const name of ["libpcap.so.0.8", "libpcap.so.1"]) {
      Deno.writeTextFileSync(`${folder}/${name}`, "");
    }
    assertEquals(await said("udp", { LD_LIBRARY_PATH: folder }), [
      `pcap_compile("udp"): ENOTSUP: filters are unavailable: ${folder}/libpcap.so.0.8: ` +
      "file too short (install libpcap)",
    ]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
