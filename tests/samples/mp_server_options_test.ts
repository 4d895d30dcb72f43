/** What stops mp_server and mp_client at their start: one clear line on stderr and status 1, each. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import {
  type Command,
  mpClientArgs,
  peer,
  type Prefix,
  program,
  startMpClient,
  startMpServer,
  testPrefix,
} from "../harness.ts";

/** Runs a program that must refuse its arguments; the line that it leaves. */
async function refusal(
  prefix: Prefix,
  name: string,
  args: readonly string[],
  command: Command = program(name),
): Promise<string> {
  const process = prefix.spawn(name, command, args);
  await process.closeStdin();
  const { code, signal } = await process.ended();
  const { stdout, stderr } = process;
  assertEquals({ code, signal, stdout }, { code: 1, signal: null, stdout: "" }, stderr);
  // EAL's own log of a start comes before it
  const lines = stderr.split("\n").filter((line) => !/^(EAL|TELEMETRY): /.test(line));
  assertEquals(lines.length, 2, `not one line: ${stderr}`);
  assertMatch(lines[0] ?? "", new RegExp(`^${name}: .{10,}$`));
  return lines[0] ?? "";
}

/** EAL arguments for two ports. */
const TWO_PORTS = ["--vdev=net_null0", "--vdev=net_null1"];

/** A server's arguments that are wrong by themselves, and what the message must name. */
const SERVER: { eal?: string[]; args: string[]; names: string[] }[] = [
  { args: [], names: ["-p: ", "got nothing"] },
  { args: ["-p", "0", "-n", "2"], names: ["-p: ", "ports 0, 1", "'0'"] },
  { args: ["-p", "1", "-n", "2"], names: ["-p: ", "even number", "'1'"] },
  { args: ["-p", "c", "-n", "2"], names: ["-p: ", "ports 0, 1", "'c'"] },
  { args: ["-p", "3", "-n", "2", "stray"], names: ["'stray'", "-p, -n, -T"] },
  { eal: [], args: ["-p", "3", "-n", "2"], names: ["-p: ", "there are none", "'3'"] },
  {
    eal: ["--proc-type=secondary"],
    args: ["-p", "3", "-n", "2"],
    names: ["--proc-type: expected primary, got 'secondary'"],
  },
  { eal: ["--frobnicate"], args: ["-p", "3", "-n", "2"], names: ["--frobnicate"] },
  {
    eal: ["--vdev=net_nul0"],
    args: ["-p", "3", "-n", "2"],
    names: ["--vdev=net_nul0: ", "did you mean net_null?"],
  },
  {
    // the ports behind it would have other numbers
    eal: ["--vdev=net_pcap0,rx_pcap=/no/such", ...TWO_PORTS],
    args: ["-p", "3", "-n", "2"],
    names: ["--vdev=net_pcap0,rx_pcap=/no/such: ", "does not start", "No such file"],
  },
];

for (const { eal = TWO_PORTS, args, names } of SERVER) {
  Deno.test(`mp_server refuses: ${[...eal, "--", ...args].join(" ")}`, async () => {
    await using prefix = testPrefix();
    const line = await refusal(prefix, "mp_server", [
      ...prefix.eal({ lcores: "0@0,1@0", extra: eal }),
      "--",
      ...args,
    ]);
    for (const name of names) assertStringIncludes(line, name);
    assertEquals(prefix.files(), [], "files of a process that did not start");
  });
}

/** A client's arguments that are wrong whatever server there is. */
const CLIENT: { eal?: string[]; args: string[]; names: string[] }[] = [
  { args: ["-n", "16"], names: ["-n: ", "'16'", "0 to 15"] },
  { args: ["-p", "3"], names: ["-p: expected -n"] },
  { args: ["-n", "2"], names: ["-n: ", "0 to 1", "got '2'"] },
  {
    eal: ["--proc-type=primary"],
    args: ["-n", "0"],
    names: ["--proc-type: expected secondary, got 'primary'"],
  },
  { eal: ["--proc-type=foo"], args: ["-n", "0"], names: ["foo"] },
  { eal: ["--lcores=1@1"], args: ["-n", "0"], names: ["lcore 1 ", "mp_server (pid "] },
  { eal: ["-Z"], args: ["-n", "0"], names: ["-Z"] },
];

Deno.test(`mp_client refuses ${CLIENT.length} wrong command lines, the server is undisturbed`, async (t) => {
  await using prefix = testPrefix();
  const server = await startMpServer(prefix);
  const client = await startMpClient(prefix, { id: 1 });
  const [, pid] = await server.process.waitFor(/Client 1 \(pid (\d+)\) is here/);
  assertEquals(Number(pid), client.pid);
  for (const { eal = [], args, names } of CLIENT) {
    await t.step(["mp_client", ...eal, "--", ...args].join(" "), async () => {
      const lcores = eal.some((arg) => arg.startsWith("--lcores")) ? {} : { lcores: "9@1" };
      const line = await refusal(prefix, "mp_client", [
        ...prefix.eal({ ...lcores, extra: eal }),
        "--",
        ...args,
      ]);
      for (const name of names) assertStringIncludes(line, name);
    });
  }
  await t.step("an id that one of our clients has", async () => {
    const line = await refusal(prefix, "mp_client", mpClientArgs(prefix, 1, 9));
    assertStringIncludes(line, "-n: expected an id from 0 to 1 that no client has, got '1'");
    assertStringIncludes(line, `pid ${client.pid} has it`);
  });
  await t.step("an id that a C client has", async () => {
    const c = await startMpClient(prefix, { maker: "c", id: 0 });
    await server.process.waitFor(/Client 0 \(pid \d+\) is/);
    const line = await refusal(prefix, "mp_client", mpClientArgs(prefix, 0, 9));
    assertStringIncludes(line, "-n: expected an id from 0 to 1 that no client has, got '0'");
    assertStringIncludes(line, `pid ${c.pid} has it`);
  });
  const before = server.shown?.clients[1]?.tx ?? 0;
  await server.shows("traffic as before", ({ clients }) => (clients[1]?.tx ?? 0) > before);
  assert(client.running);
  assertEquals(server.process.stdout.split("Client 1 (pid").length, 2, "no notice in between");
});

Deno.test("mp_client without a server is one line", async () => {
  await using prefix = testPrefix();
  const line = await refusal(prefix, "mp_client", mpClientArgs(prefix, 0));
  assertMatch(line, /no primary/);
});

Deno.test("mp_client of a primary that is no server is one line", async () => {
  await using prefix = testPrefix();
  const simple = prefix.spawn("C simple_mp", await peer("simple_mp"), [
    ...prefix.eal({ lcores: "0@0,1@0", extra: TWO_PORTS }),
  ]);
  await simple.waitFor("Finished Process Init.", { on: "stderr" });
  const line = await refusal(prefix, "mp_client", mpClientArgs(prefix, 0));
  assertMatch(line, /expected a primary of mp_server, got simple_mp \(pid \d+\)$/);
});

Deno.test("leftover ports are ignored with a warning, as in C", async () => {
  await using prefix = testPrefix();
  const server = await startMpServer(prefix, { portMask: "0xf" });
  assertStringIncludes(server.process.stdout, "WARNING: leftover ports in mask 0xc - ignoring");
});

for (const name of ["mp_server", "mp_client"]) {
  Deno.test(`${name} --help prints its README and opens nothing`, async () => {
    await using prefix = testPrefix();
    const process = prefix.spawn(name, program(name), ["--help"]);
    assertEquals((await process.ended()).code, 0);
    assertStringIncludes(process.stdout, name);
    assertStringIncludes(process.stdout, "Options, after --:");
    assertEquals(process.stderr, "");
  });
}
