/**
 * Programs and C samples of one primary in different PID namespaces, as in containers that share
 * DPDK's files: from outside, the kernel tells who is inside; from inside, nothing can be seen.
 */

import { assertEquals } from "../assert.ts";
import {
  inPidNamespace,
  type Maker,
  type MpServer,
  startMpClient,
  startMpServer,
  testPrefix,
} from "../harness.ts";

/** Waits until the server counts what a client sends. */
async function flows(server: MpServer, client: number): Promise<void> {
  const before = server.shown?.clients[client]?.tx ?? 0;
  await server.shows(
    `traffic of client ${client}`,
    ({ clients }) => (clients[client]?.tx ?? 0) > before,
  );
}

for (const maker of ["c", "ts"] as Maker[]) {
  Deno.test(`mp_server feeds a ${maker} client in another PID namespace, and notices its end`, async () => {
    await using prefix = testPrefix();
    const server = await startMpServer(prefix);
    const client = await startMpClient(prefix, { maker, id: 0, through: inPidNamespace });
    await flows(server, 0);
    await client.endBy(() => client.kill("SIGKILL"));
    await server.process.waitFor(/^Client 0 \(pid \d+\) has ended: /m);
  });
}

Deno.test("mp_server feeds each id that a client may have which it cannot see, and no other", async () => {
  await using prefix = testPrefix();
  const server = await startMpServer(prefix, { clients: 3, through: inPidNamespace });
  const own = await startMpClient(prefix, { id: 1, through: inPidNamespace });
  await server.process.waitFor("Client 1 (pid");
  await flows(server, 1);
  // a program of ours is known wherever it is, so that nobody else may be here
  assertEquals(server.process.stdout.includes("cannot be seen"), false);
  const foreign = await startMpClient(prefix, { maker: "c", id: 0 });
  for (const id of [0, 2]) {
    await server.process.waitFor(`Client ${id} may be a process that cannot be seen from here`);
  }
  await flows(server, 0);
  await foreign.endBy(() => foreign.kill("SIGKILL"));
  for (const id of [0, 2]) {
    await server.process.waitFor(`Client ${id} is none of the processes that cannot be seen`);
  }
  await flows(server, 1);
  await own.endBy(() => own.kill("SIGKILL"));
  await server.process.waitFor("Client 1 (pid 1) has ended");
});
