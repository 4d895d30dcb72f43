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
  { args: [], names: ["-p", "missing"] },
  { args: ["-p", "3"], names: ["-n", "missing", "1 to 16"] },
  { args: ["-n", "2"], names: ["-p", "missing"] },
  { args: ["-p"], names: ["-p", "needs a value"] },
  { args: ["-p", "3", "-n"], names: ["-n", "needs a value"] },
  { args: ["-p", "xyz", "-n", "2"], names: ["-p", "xyz", "hexadecimal"] },
  { args: ["-p", "-3", "-n", "2"], names: ["-p", "-3"] },
  { args: ["-p", "", "-n", "2"], names: ["-p", "hexadecimal"] },
  { args: ["-p", "0", "-n", "2"], names: ["-p 0", "ports are 0, 1"] },
  { args: ["-p", "1", "-n", "2"], names: ["-p 1", "even number"] },
  { args: ["-p", "c", "-n", "2"], names: ["-p c", "ports are 0, 1"] },
  { args: ["-p", "11112222333344445", "-n", "2"], names: ["-p", "hexadecimal"] },
  { args: ["-p", "3", "-n", "0"], names: ["-n", "'0'", "1 to 16"] },
  { args: ["-p", "3", "-n", "17"], names: ["-n", "'17'", "1 to 16"] },
  { args: ["-p", "3", "-n", "257"], names: ["-n", "'257'", "1 to 16"] },
  { args: ["-p", "3", "-n", "-1"], names: ["-n", "'-1'", "1 to 16"] },
  { args: ["-p", "3", "-n", "two"], names: ["-n", "'two'", "1 to 16"] },
  { args: ["-p", "3", "-n", "2x"], names: ["-n", "'2x'", "1 to 16"] },
  { args: ["-p", "3", "-n", "2", "-n", "3"], names: ["-n", "more than once"] },
  { args: ["-p", "3", "-n", "2", "stray"], names: ["'stray'", "-p, -n, -T"] },
  { args: ["-p", "3", "-n", "2", "-s", "1"], names: ["'-s'", "-p, -n"] },
  { args: ["-p", "3", "-n", "2", "--num-procs=2"], names: ["--num-procs=2", "-p, -n"] },
  { args: ["-p", "3", "-n", "2", "-T"], names: ["-T", "needs a value"] },
  { args: ["-p", "3", "-n", "2", "-T", "-1"], names: ["-T", "'-1'", "0 to 86400"] },
  { args: ["-p", "3", "-n", "2", "-T", "86401"], names: ["-T", "'86401'", "0 to 86400"] },
  { args: ["-p", "3", "-n", "2", "-T", "often"], names: ["-T", "'often'", "0 to 86400"] },
  { eal: [], args: ["-p", "3", "-n", "2"], names: ["-p 3", "ports are none"] },
  {
    eal: ["--proc-type=secondary"],
    args: ["-p", "3", "-n", "2"],
    names: ["--proc-type=secondary", "always a primary"],
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
  { args: ["-n"], names: ["-n", "needs a value"] },
  { args: ["-n", "16"], names: ["-n", "'16'", "0 to 15"] },
  { args: ["-n", "256"], names: ["-n", "'256'", "0 to 15"] },
  { args: ["-n", "-1"], names: ["-n", "'-1'", "0 to 15"] },
  { args: ["-n", "one"], names: ["-n", "'one'", "0 to 15"] },
  { args: ["-n", ""], names: ["-n", "0 to 15"] },
  { args: ["-n", "0x1"], names: ["-n", "'0x1'", "0 to 15"] },
  { args: ["-n", "0", "-n", "1"], names: ["-n", "more than once"] },
  { args: ["-p", "3"], names: ["'-p'", "-n"] },
  { args: ["0"], names: ["'0'", "-n"] },
  { args: ["-n", "0", "--client=1"], names: ["--client=1", "-n"] },
  { args: ["-n", "2"], names: ["-n: ", "0 to 1", "got '2'"] },
  { eal: ["--proc-type=primary"], args: ["-n", "0"], names: ["--proc-type=primary", "secondary"] },
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
    assertStringIncludes(line, "-n 1");
    assertStringIncludes(line, `pid ${client.pid}`);
  });
  await t.step("an id that a C client has", async () => {
    const c = await startMpClient(prefix, { maker: "c", id: 0 });
    await server.process.waitFor(/Client 0 \(pid \d+\) is/);
    const line = await refusal(prefix, "mp_client", mpClientArgs(prefix, 0, 9));
    assertStringIncludes(line, "-n 0");
    assertStringIncludes(line, `pid ${c.pid}`);
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
