/**
 * A NIC of virtio's, over vhost: its primary's port goes on while other processes come, look and go.
 * On DPDK 22.11 a secondary's end was reported to stop it, by the cleanup of all buses.
 */

import { fileURLToPath } from "node:url";
import { assertEquals, assertGreater } from "../assert.ts";
import { inspect, type Prefix, testPrefix } from "../harness.ts";
import { type Forwarder, PACKETS, startForwarder } from "./forwarder.ts";

/** Comes as a secondary with the drivers of both ports, and goes. */
async function visit(prefix: Prefix): Promise<void> {
  const script = fileURLToPath(new URL("../ffi/fixtures/init.ts", import.meta.url));
  const visitor = prefix.spawn(
    "visitor",
    { command: Deno.execPath(), args: ["run", "-A", "--no-check", script, "{}"] },
    prefix.eal({ lcores: "4@0", type: "secondary" }),
  );
  await visitor.waitFor('"processType":"secondary"');
  await visitor.closeStdin();
  assertEquals((await visitor.ended()).code, 0);
}

/** Waits until it has received as many packets again. */
async function goesOn(forwarder: Forwarder): Promise<void> {
  const { received: before } = await forwarder.counts();
  await forwarder.until(({ received }) => received >= before + PACKETS, "packets going on");
}

Deno.test("virtio over vhost: packets go round on while inspect and a secondary come and go", async () => {
  await using prefix = testPrefix();
  await using other = testPrefix();
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-vhost-" });
  await using cleaning = new AsyncDisposableStack();
  cleaning.defer(() => Deno.removeSync(folder, { recursive: true }));
  const socket = (i: number) => `${folder}/${i}.sock`;
  const host = await startForwarder(other, [0, 1].map((i) => `net_vhost${i},iface=${socket(i)}`));
  const guest = await startForwarder(
    prefix,
    [0, 1].map((i) => `net_virtio_user${i},path=${socket(i)}`),
    // vhost takes eight pieces of memory at most
    { inject: PACKETS, held: true, extra: ["--single-file-segments"] },
  );
  // until then the host drops what it forwards
  await host.until(({ links }) => links.every((up) => up), "both devices have a guest");
  await guest.release();
  await goesOn(guest);
  for (const [forwarder, at] of [[guest, prefix], [host, other]] as const) {
    assertGreater((await inspect(at)).mempools.length, 0);
    await goesOn(forwarder);
    await visit(at);
    await goesOn(forwarder);
  }
  assertEquals((await guest.counts()).dropped, 0);
  await guest.end();
  await host.end();
});
