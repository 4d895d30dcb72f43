/** Our mp_server and mp_client and the C samples as each other's peers. */

import { assertEquals } from "../assert.ts";
import {
  allPacketsBack,
  type ClientNumbers,
  injected,
  type Maker,
  QUIET_PORTS,
  startInjector,
  startMpClient,
  startMpServer,
  testPrefix,
} from "../harness.ts";

const given = ({ rx, rxDrop }: ClientNumbers) => rx + rxDrop;
const COUNT = 2_000;

const MIXES: { server: Maker; clients: [Maker, Maker]; name: string }[] = [
  { server: "c", clients: ["ts", "ts"], name: "C server, TypeScript clients" },
  { server: "ts", clients: ["c", "c"], name: "TypeScript server, C clients" },
  { server: "ts", clients: ["ts", "c"], name: "TypeScript server, a client of each" },
  { server: "c", clients: ["c", "ts"], name: "C server, a client of each" },
];

for (const { server: maker, clients: makers, name } of MIXES) {
  Deno.test(`${name}: each gets every second packet and sends it, and both sides count so`, async () => {
    await using prefix = testPrefix();
    const server = await startMpServer(prefix, { maker, vdevs: QUIET_PORTS });
    const clients = [];
    for (const [id, maker] of makers.entries()) {
      clients.push(await startMpClient(prefix, { maker, id }));
      if (server.maker === "ts") await server.process.waitFor(`Client ${id} (pid`);
    }
    assertEquals(await injected(await startInjector(prefix, COUNT)), COUNT);
    const { ports, clients: shown } = await server.shows(
      "that all were sent",
      ({ ports, clients }) =>
        ports[0]?.rx === COUNT && clients.every(({ rx, tx, txDrop }) => rx === tx + txDrop),
    );
    assertEquals(shown.map(given), [COUNT / 2, COUNT / 2]);
    assertEquals(shown.map(({ txDrop }) => txDrop), [0, 0]);
    assertEquals(ports[1]?.tx, (shown[0]?.rx ?? 0) + (shown[1]?.rx ?? 0));
    await allPacketsBack(prefix);
    for (const client of clients) await client.endBy(() => client.kill("SIGINT"));
  });

  Deno.test(`${name}: full rate, and a client that goes and comes back`, async () => {
    await using prefix = testPrefix();
    const server = await startMpServer(prefix, { maker });
    const [first, second] = makers;
    await startMpClient(prefix, { maker: first, id: 0 });
    const flows = async (client: number) => {
      const before = server.shown?.clients[client]?.tx ?? 0;
      await server.shows(
        `traffic of client ${client}`,
        ({ clients }) => (clients[client]?.tx ?? 0) > before,
      );
    };
    // nobody mends the pool of a C server: a kill within an update of it stops all clients for good
    const signal = maker === "ts" ? "SIGKILL" : "SIGINT";
    for (let round = 0; round < 2; round++) {
      const victim = await startMpClient(prefix, { maker: second, id: 1 });
      await flows(1);
      await victim.endBy(() => victim.kill(signal));
      if (maker === "ts") await server.process.waitFor(`Client 1 (pid ${victim.pid}) has ended`);
      await flows(0);
    }
    const { clients } = await server.shows("sums", ({ clients }) => clients.length === 2);
    for (const { rx, tx } of clients) {
      // a killed client had some in its hands and its ring; a living one is on its way
      if (tx > rx + 1_000) throw new Error(`sent ${tx} of ${rx}`);
    }
  });
}

Deno.test("our clients of a C server refuse each other's id", async () => {
  await using prefix = testPrefix();
  await startMpServer(prefix, { maker: "c" });
  const first = await startMpClient(prefix, { id: 0 });
  const c = await startMpClient(prefix, { maker: "c", id: 1 });
  for (const [id, owner] of [[0, first], [1, c]] as const) {
    await startMpClient(prefix, { id, lcore: 9 }).then(
      () => {
        throw new Error(`client ${id} started twice`);
      },
      (error: Error) => assertEquals(error.message.includes(`pid ${owner.pid} has it`), true),
    );
  }
  await first.endBy(() => first.kill("SIGINT"));
  await startMpClient(prefix, { id: 0 });
});
