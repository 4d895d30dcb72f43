/** Packets of a pool, and ports, that a C primary made. */

import { fileURLToPath } from "node:url";
import { assertEquals } from "../assert.ts";
import { peer, testPrefix } from "../harness.ts";

const SCRIPT = fileURLToPath(new URL("./fixtures/packets.ts", import.meta.url));

/** What the script says. */
interface Said {
  queues: [number, number];
  sent: number;
  texts: string[];
  inUse: number;
}

Deno.test("C's symmetric_mp is the primary: its pool's packets through its port's second queue", async () => {
  await using prefix = testPrefix();
  const vdevs = ["--vdev=net_ring0", "--vdev=net_ring1"];
  const primary = prefix.spawn("C symmetric_mp", await peer("symmetric_mp"), [
    ...prefix.eal({ type: "primary", lcores: "0@0", extra: vdevs }),
    "--",
    "-p",
    "3",
    "--num-procs=2",
    "--proc-id=0",
  ]);
  await primary.waitFor("lcore 0 using queue 0 of each port");
  const secondary = prefix.spawn("packets.ts", {
    command: Deno.execPath(),
    args: ["run", "-A", "--no-check", SCRIPT],
  }, prefix.eal({ type: "secondary", lcores: "1@1" }));
  assertEquals((await secondary.ended()).code, 0, secondary.stderr);
  const said: Said = JSON.parse(secondary.stdout);
  assertEquals(said.queues, [2, 2]);
  assertEquals(said.sent, 512);
  assertEquals(said.texts, Array.from({ length: 512 }, (_, i) => `packet ${i} of two segments`));
  assertEquals(said.inUse, 0);
  assertEquals((await primary.endBy(() => primary.kill("SIGINT"))).code, 0);
});
