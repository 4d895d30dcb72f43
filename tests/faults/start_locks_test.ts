/** A process that is killed while it starts up may hold a lock of EAL's: the others start and end all the same. */

import { assertEquals } from "../assert.ts";
import {
  CrashPoints,
  mpClientArgs,
  program,
  startMpClient,
  startMpServer,
  testPrefix,
} from "../harness.ts";

Deno.test("clients that are killed with a lock of EAL's held keep nobody from starting and ending", async () => {
  await using prefix = testPrefix();
  using crashes = await CrashPoints.create();
  const { env } = crashes;
  const server = await startMpServer(prefix, { clients: 2, env });
  const client = await startMpClient(prefix, { id: 0, env });
  for (const point of ["memory-lock", "memory-write-lock", "ports-lock"]) {
    const said = server.process.stdout.length;
    const victim = prefix.spawn("victim", program("mp_client"), mpClientArgs(prefix, 1), { env });
    crashes.arm(victim.pid, point);
    assertEquals((await victim.ended()).signal, "SIGKILL", `${point}: ${victim.stderr}`);
    await server.process.waitFor(/^\d+ locks? of EAL's had killed processes/m, { from: said });
    // its end takes a lock alone
    const next = await startMpClient(prefix, { id: 1, env });
    assertEquals((await next.endBy(() => next.kill("SIGINT"))).code, 0, next.stderr);
  }
  for (const process of [client, server.process]) {
    assertEquals((await process.endBy(() => process.kill("SIGINT"))).code, 0, process.stderr);
  }
  assertEquals(prefix.files(), []);
});
