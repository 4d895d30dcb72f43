/** mp_server and mp_client together: who gets what, who is there, and that no packet is lost. */

import { assert, assertEquals, assertMatch } from "../assert.ts";
import {
  allPacketsBack,
  type ClientNumbers,
  injected,
  note,
  QUIET_PORTS,
  startInjector,
  startMpClient,
  startMpServer,
  testPrefix,
} from "../harness.ts";

const given = ({ rx, rxDrop }: ClientNumbers) => rx + rxDrop;
const total = (clients: ClientNumbers[], of: (client: ClientNumbers) => number) =>
  clients.reduce((sum, client) => sum + of(client), 0);

/** How often a client is killed in the middle of its traffic. */
const KILLS = 10;

Deno.test("packets are dealt out one by one, and all that a client got it sends", async () => {
  await using prefix = testPrefix();
  const server = await startMpServer(prefix, { clients: 3, vdevs: QUIET_PORTS });
  const clients = await Promise.all([0, 1, 2].map((id) => startMpClient(prefix, { id })));
  for (const id of [0, 1, 2]) await server.process.waitFor(`Client ${id} (pid`);
  const count = await injected(await startInjector(prefix, 3_000));
  assertEquals(count, 3_000);
  const { ports, clients: shown } = await server.shows(
    "that all were sent",
    ({ ports, clients }) =>
      ports[0]?.rx === count && total(clients, ({ rx }) => rx) === ports[1]?.tx,
  );
  assertEquals(shown.map(given), [1_000, 1_000, 1_000]);
  assertEquals(shown.map(({ tx }) => tx), shown.map(({ rx }) => rx));
  assertEquals(shown.map(({ txDrop }) => txDrop), [0, 0, 0]);
  assertEquals(ports.map(({ rx, tx }) => [rx, tx])[0], [count, 0]);
  await allPacketsBack(prefix);
  for (const client of clients) {
    assertEquals((await client.endBy(() => client.kill("SIGINT"))).code, 0);
  }
  const { code, ms } = await server.process.endBy(() => server.process.kill("SIGINT"));
  assertEquals(code, 0);
  note(`the server ended ${ms} ms after SIGINT`);
  assertEquals(prefix.files(), []);
});

Deno.test("one client gets all, two get half each, none: all is dropped and counted", async () => {
  await using prefix = testPrefix();
  const server = await startMpServer(prefix, { vdevs: QUIET_PORTS });
  const inject = async () => await injected(await startInjector(prefix, 1_000));
  const settled = (all: number) =>
    server.shows(
      `${all} packets`,
      ({ ports, clients }) =>
        ports[0]?.rx === all && total(clients, given) === all &&
        total(clients, ({ rx }) => rx) === ports[1]?.tx,
    );
  await inject();
  assertEquals((await settled(1_000)).clients.map(({ rxDrop }) => rxDrop), [500, 500]);
  await startMpClient(prefix, { id: 1 });
  await server.process.waitFor("Client 1 (pid");
  await inject();
  assertEquals((await settled(2_000)).clients.map(given), [500, 1_500]);
  await startMpClient(prefix, { id: 0 });
  await server.process.waitFor("Client 0 (pid");
  await inject();
  assertEquals((await settled(3_000)).clients.map(given), [1_000, 2_000]);
  await allPacketsBack(prefix);
});

Deno.test("a client that dies is noticed once, gets nothing, and is taken back", async () => {
  await using prefix = testPrefix();
  const server = await startMpServer(prefix);
  const notices = (text: string) => server.process.stdout.split(text).length - 1;
  await startMpClient(prefix, { id: 0 });
  const victim = await startMpClient(prefix, { id: 1 });
  await server.shows("traffic of both", ({ clients }) => clients.every(({ tx }) => tx > 0));
  await victim.endBy(() => victim.kill("SIGKILL"));
  await server.process.waitFor(`Client 1 (pid ${victim.pid}) has ended`);
  const from = server.process.stdout.length;
  // once the lcore has obeyed, it is given nothing: its counters stay as they are
  await server.process.waitFor(/Client 1 \(away\) (.*)\n[^]*?Client 1 \(away\) \1\n/, { from });
  const back = await startMpClient(prefix, { id: 1 });
  await server.process.waitFor(`Client 1 (pid ${back.pid}) is back: it is fed`);
  const then = server.shown?.clients[1]?.tx ?? 0;
  await server.shows("traffic of it again", ({ clients }) => (clients[1]?.tx ?? 0) > then);
  assertEquals(notices(`Client 1 (pid ${victim.pid}) has ended: the others get its share`), 1);
  assertEquals(notices(`Client 1 (pid ${back.pid}) is`), 1);
});

Deno.test("a client that never came is told of once, and not fed", async () => {
  await using prefix = testPrefix();
  const server = await startMpServer(prefix);
  await startMpClient(prefix, { id: 1 });
  await server.process.waitFor("Client 0 has not come");
  await server.shows("much traffic", ({ clients }) => (clients[1]?.tx ?? 0) > 100_000);
  assertEquals(server.process.stdout.split("has not come").length, 2);
  assertEquals(server.shown?.clients[0]?.rx, 0);
});

Deno.test(`no packet is missing after kill -9 of a client, ${KILLS} times`, async () => {
  await using prefix = testPrefix();
  const server = await startMpServer(prefix, { clients: 1, vdevs: QUIET_PORTS });
  const injector = await startInjector(prefix);
  for (let round = 0; round < KILLS; round++) {
    const client = await startMpClient(prefix, { id: 0 });
    const sent = server.shown?.ports[1]?.tx ?? 0;
    await server.shows("its traffic", ({ ports }) => (ports[1]?.tx ?? 0) > sent);
    await client.endBy(() => client.kill("SIGKILL"));
    await server.process.waitFor(`(pid ${client.pid}) has ended: no client is left to be fed`);
  }
  const count = await injected(injector);
  const { ports } = await server.shows("all of it", ({ ports }) => ports[0]?.rx === count);
  await allPacketsBack(prefix);
  const recovered = [...server.process.stdout.matchAll(/Recovered (\d+) packets?/g)]
    .map(([, packets]) => packets);
  note(`${count} packets, ${ports[1]?.tx} sent, recovered of ${KILLS} killed: ${recovered}`);
});

Deno.test("a server that ends before its clients harms none of them", async () => {
  await using prefix = testPrefix();
  const server = await startMpServer(prefix);
  const clients = await Promise.all([0, 1].map((id) => startMpClient(prefix, { id })));
  await server.shows("traffic of both", ({ clients }) => clients.every(({ tx }) => tx > 0));
  const { code, ms } = await server.process.endBy(() => server.process.kill("SIGINT"));
  assertEquals(code, 0);
  assertMatch(server.process.stdout, /The ports stay open for .*mp_client \(pid \d+\)/);
  for (const client of clients) {
    await client.waitFor("The server has ended");
    assert(client.running);
    assertEquals((await client.endBy(() => client.kill("SIGINT"))).code, 0);
    assertEquals(client.stderr.includes("internal error"), false);
  }
  note(`the server ended ${ms} ms after SIGINT`);
  // the next server finds everything as it needs it
  const next = await startMpServer(prefix);
  await startMpClient(prefix, { id: 0 });
  await next.shows("traffic", ({ clients }) => (clients[0]?.tx ?? 0) > 0);
});

Deno.test("with -T 0 the statistics are shown at the end only", async () => {
  await using prefix = testPrefix();
  const { process } = await startMpServer(prefix, { period: 0 });
  const client = await startMpClient(prefix, { id: 0 });
  await process.waitFor("Client 0 (pid");
  await client.endBy(() => client.kill("SIGINT"));
  assertEquals((await process.endBy(() => process.kill("SIGINT"))).code, 0);
  assertEquals(process.lines.filter((line) => /^Port 0 rx /.test(line)).length, 1);
});

Deno.test("SIGTERM ends both with 143", async () => {
  await using prefix = testPrefix();
  const server = await startMpServer(prefix);
  const client = await startMpClient(prefix, { id: 0 });
  assertEquals((await client.endBy(() => client.kill("SIGTERM"))).code, 143);
  assertEquals((await server.process.endBy(() => server.process.kill("SIGTERM"))).code, 143);
});
