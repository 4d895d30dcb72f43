/** mp_server as a service: its manager is told when clients can attach. */

import { assertEquals } from "../assert.ts";
import { ServiceManager, startMpClient, startMpServer, testPrefix } from "../harness.ts";

Deno.test("the manager is told once clients can attach", async () => {
  await using prefix = testPrefix();
  const address = `@${prefix.name}`;
  await using manager = await ServiceManager.listen(address);
  const started = startMpServer(prefix, { env: { NOTIFY_SOCKET: address } });
  assertEquals(await manager.told(), "READY=1");
  await startMpClient(prefix, { id: 0 });
  const { process } = await started;
  assertEquals((await process.endBy(() => process.kill("SIGTERM"))).code, 143);
});

Deno.test("a manager that does not listen is told of in one line, and the server serves", async () => {
  await using prefix = testPrefix();
  const env = { NOTIFY_SOCKET: `@${prefix.name}` };
  const { process } = await startMpServer(prefix, { env });
  const [line = ""] = await process.waitFor(/^mp_server: .*\n/m, { on: "stderr" });
  assertEquals(line, "mp_server: tell the service manager: ECONNREFUSED: Connection refused\n");
  await startMpClient(prefix, { id: 0 });
  assertEquals((await process.endBy(() => process.kill("SIGTERM"))).code, 143);
});
