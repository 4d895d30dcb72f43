/** traffic on a terminal: the table, Ctrl-C, and the state in which the terminal is left. */

import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "../assert.ts";
import { KEYS, startOnTerminal, testPrefix } from "../harness.ts";

const MAIN = fileURLToPath(new URL("../../cmd/traffic/main.ts", import.meta.url));
const TRAFFIC = { command: Deno.execPath(), args: ["run", "-A", "--no-check", MAIN] };

const SEND = ["--", "send", "--rate", "10kpps"];

Deno.test("traffic shows a table in place, and leaves the terminal as it was", async () => {
  await using prefix = testPrefix();
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-traffic-" });
  await using cleaning = new AsyncDisposableStack();
  cleaning.defer(() => Deno.removeSync(folder, { recursive: true }));
  const [json, page] = [`${folder}/sent.json`, `${folder}/sent.html`];
  const terminal = startOnTerminal(prefix, "traffic", TRAFFIC, [
    ...prefix.eal({ lcores: "0", extra: ["--vdev=net_null0"] }),
    ...[...SEND, "--json", json, "--report", page],
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
  const { series: [{ points }], result: { report } } = JSON.parse(Deno.readTextFileSync(json));
  assert(points.length >= 3 && report.sent > 0);
  assert(Deno.readTextFileSync(page).includes("Packets a second"));
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
