/** traffic on a terminal: the table, Ctrl-C, and the state in which the terminal is left. */

import { assert, assertEquals } from "../assert.ts";
import { KEYS, program, SharedFolder, startOnTerminal, testPrefix } from "../harness.ts";

const TRAFFIC = program("traffic");

const SEND = ["--", "send", "--rate", "10kpps"];

Deno.test("traffic shows a table in place, and leaves the terminal as it was", async () => {
  await using prefix = testPrefix();
  using folder = new SharedFolder();
  const terminal = startOnTerminal(prefix, "traffic", TRAFFIC, [
    ...prefix.eal({ lcores: "0", extra: ["--vdev=net_null0"] }),
    ...[...SEND, "--json", folder.there("sent.json"), "--report", folder.there("sent.html")],
  ]);
  const { lines } = await terminal.shows(
    "the third second in one table",
    ({ lines }) =>
      lines.some((line) => /^sent for \d+ s, until Ctrl-C$/.test(line)) &&
      lines.some((line) => /packets .* [\d.]+ kpps/.test(line)) &&
      /sent for ([3-9]|\d\d) s/.test(lines.join("\n")),
  );
  assertEquals(lines.filter((line) => line.startsWith("sent for")).length, 1);
  await terminal.type(KEYS.interrupt);
  const { status, before, after } = await terminal.left();
  assertEquals([status, after], [0, before]);
  const { lines: last } = await terminal.screen();
  const text = last.join("\n");
  assert(!text.includes("until Ctrl-C") && !text.includes("│"), text);
  assert(/^asked: /m.test(text) && /^not sent: /m.test(text), text);
  // what was measured until then is saved
  const { series: [{ points }], result: { report } } = JSON.parse(folder.text("sent.json"));
  assert(points.length >= 3 && report.sent > 0);
  assert(folder.text("sent.html").includes("Packets a second"));
});

Deno.test("traffic on a dumb terminal prints a line a second, without control sequences", async () => {
  await using prefix = testPrefix();
  const args = [...prefix.eal({ lcores: "0", extra: ["--vdev=net_null0"] }), ...SEND];
  const quoted = [TRAFFIC.command, ...TRAFFIC.args, ...args, "--duration", "2.5"]
    .map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const script = { command: "script", args: ["-qec", quoted, "/dev/null"] };
  const process = prefix.spawn("traffic", script, [], { env: { TERM: "dumb" } });
  assertEquals((await process.ended()).code, 0);
  assert(/^2 s: sent [\d.]+ kpps/m.test(process.stdout), process.stdout);
  assert(!process.stdout.includes("\x1b"), process.stdout);
});
