/** mp_server on a terminal: the C sample's table, refreshed, and Ctrl-C. */

import { assertEquals, assertMatch } from "../assert.ts";
import {
  KEYS,
  program,
  QUIET_PORTS,
  startMpClient,
  startOnTerminal,
  testPrefix,
} from "../harness.ts";

Deno.test("a table that is refreshed, with what happened below it; Ctrl-C ends with status 0", async () => {
  await using prefix = testPrefix();
  const terminal = startOnTerminal(prefix, "mp_server", program("mp_server"), [
    ...prefix.eal({ lcores: "0@0,1@0", extra: QUIET_PORTS.map((vdev) => `--vdev=${vdev}`) }),
    "--",
    "-p",
    "3",
    "-n",
    "2",
  ]);
  const { lines } = await terminal.shows(
    "the table",
    ({ lines }) => lines[0] === "PORTS" && lines.includes("CLIENTS"),
  );
  const text = lines.join("\n");
  assertMatch(text, /^PORTS\n-----\nPort 0: '([0-9A-F]{2}:){5}[0-9A-F]{2}'\s*Port 1: '/);
  assertMatch(
    text,
    /\nPort 0 - rx: {9}0\s*tx: {9}0\nPort 1 - rx: {9}0\s*tx: {9}0\n\nCLIENTS\n-{7}\n/,
  );
  assertMatch(text, /\nClient {2}0 - rx: {9}0, rx_drop: {9}0/);
  const client = await startMpClient(prefix, { id: 1 });
  await terminal.shows(
    "the notice under the table of a later second",
    ({ lines }) =>
      lines[0] === "PORTS" && lines.includes(`Client 1 (pid ${client.pid}) is here: it is fed`),
  );
  await client.endBy(() => client.kill("SIGINT"));
  await terminal.shows(
    "the end of the client",
    ({ lines }) => lines[0] === "PORTS" && lines.some((line) => line.includes("has ended: ")),
  );
  await terminal.type(KEYS.interrupt);
  const { status, before, after } = await terminal.left();
  assertEquals(status, 0);
  assertEquals(after, before);
  assertEquals(prefix.files(), []);
});

Deno.test("a dumb terminal gets lines and no control sequences", async () => {
  await using prefix = testPrefix();
  const { command, args } = program("mp_server");
  const dumb = { command: "env", args: ["TERM=dumb", command, ...args] };
  const terminal = startOnTerminal(prefix, "mp_server", dumb, [
    ...prefix.eal({ lcores: "0@0,1@0", extra: QUIET_PORTS.map((vdev) => `--vdev=${vdev}`) }),
    "--",
    "-p3",
    "-n1",
  ]);
  await terminal.shows(
    "a line",
    ({ lines }) => lines.some((line) => line.startsWith("Port 0 rx 0 tx 0; ")),
  );
  await terminal.type(KEYS.interrupt);
  assertEquals((await terminal.left()).status, 0);
  // the first one is the test's own
  assertEquals(terminal.process.stdout.split("\x1b[2J").length, 2);
});

Deno.test("without a second lcore the statistics are shown at the end only", async () => {
  await using prefix = testPrefix();
  const server = prefix.spawn("mp_server", program("mp_server"), [
    ...prefix.eal({ lcores: "0@0", extra: ["--vdev=net_null0", "--vdev=net_null1"] }),
    "--",
    "-p3",
    "-n1",
  ]);
  await server.waitFor("Client 0 has not come");
  assertEquals(server.stdout.includes("Port 0 rx"), false);
  assertEquals((await server.endBy(() => server.kill("SIGINT"))).code, 0);
  assertMatch(server.stdout, /\nPort 0 rx [1-9]\d* tx 0; Port 1 rx [1-9]\d* tx 0; Client 0 /);
});
