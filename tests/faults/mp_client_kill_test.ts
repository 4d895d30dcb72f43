/** A client that is killed at any instant of traffic at full rate harms nobody. */

import { setTimeout as delay } from "node:timers/promises";
import { assertEquals } from "../assert.ts";
import { allPacketsBack, note, startMpClient, startMpServer, testPrefix } from "../harness.ts";

const KILLS = 8;

/** The longest that a client's traffic may last before it is killed, in milliseconds. */
const LONGEST = 20;

for (const maker of ["ts", "c"] as const) {
  Deno.test(`kill -9 of a ${maker} client at full rate, ${KILLS} times`, async () => {
    await using prefix = testPrefix();
    const server = await startMpServer(prefix, { clients: 2 });
    const survivor = await startMpClient(prefix, { id: 1 });
    for (let round = 0; round < KILLS; round++) {
      const client = await startMpClient(prefix, { maker, id: 0, lcore: round % 2 === 0 ? 4 : 5 });
      await server.process.waitFor(`(pid ${client.pid}) is`);
      await delay(Math.random() * LONGEST);
      await client.endBy(() => client.kill("SIGKILL"));
      await server.process.waitFor(`(pid ${client.pid}) has ended`);
    }
    const before = server.shown?.clients[1]?.tx ?? 0;
    await server.shows("traffic", ({ clients }) => (clients[1]?.tx ?? 0) > before);
    assertEquals((await survivor.endBy(() => survivor.kill("SIGINT"))).code, 0);
    const finished = server.process.stdout.match(/Finished what /g)?.length ?? 0;
    await server.process.waitFor(/Client 1 \(pid \d+\) has ended/);
    // a burst is on its way into nowhere
    await allPacketsBack(prefix, 32);
    const { code } = await server.process.endBy(() => server.process.kill("SIGINT"));
    assertEquals(code, 0);
    const recovered = server.process.stdout.match(/Recovered \d+ packets?/g);
    note(`${KILLS} killed, ${finished} of them within a put; ${recovered}`);
  });
}
