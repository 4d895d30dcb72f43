/** EAL's drivers, which a thread of ours opens before EAL does. */

import { assertEquals, assertNotEquals } from "../assert.ts";
import { distFolder } from "../harness.ts";
import { ealArgs, otherPrefix } from "./eal.ts";
import { ask } from "./peer.ts";

/** What the dynamic linker did: each library of DPDK in the order of its start, and who opened drivers. */
async function opened(switched: "on" | "off"): Promise<{ order: string[]; by: string[] }> {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-drivers-" });
  try {
    const devices = ["--vdev=net_null0", "--vdev=net_ring0", "--vdev=net_null1"];
    const drivers = await ask("drivers", ealArgs("0@0", otherPrefix(), ...devices), {
      DENODPDK_DRIVERS: switched,
      LD_DEBUG: "files",
      LD_DEBUG_OUTPUT: `${folder}/ld`,
    });
    assertEquals(drivers, ["net_null", "net_ring", "net_null"]);
    const text = [...Deno.readDirSync(folder)].map(({ name }) =>
      Deno.readTextFileSync(`${folder}/${name}`)
    ).join("");
    const order = [...text.matchAll(/calling init: \S*(librte_\w+)\.so/g)].map(([, name]) => name!);
    const by = text.matchAll(/file=\S*\/pmds-\S+ .*dynamically loaded by (\S+)/g);
    return { order, by: [...new Set([...by].map(([, path]) => path!))] };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test({
  name: "drivers are opened before EAL looks, in the order in which it would have",
  // a compiled program has its drivers inside
  ignore: distFolder() !== undefined,
  async fn() {
    const [on, off] = [await opened("on"), await opened("off")];
    const byEal = ({ by }: { by: string[] }) => by.map((path) => path.includes("/librte_eal.so"));
    assertEquals([byEal(off), byEal(on)], [[true], [false]]);
    assertNotEquals(on.order, []);
    assertEquals(on.order, off.order);
  },
});
