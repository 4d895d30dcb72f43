/** The tests' own tools: a test that cannot fail proves nothing. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "../assert.ts";
import { fixture, testPrefix } from "../harness.ts";
import { render } from "../harness/screen.ts";
import { removeAll } from "../harness/leftovers.ts";
import { until } from "../harness/wait.ts";
import { hugetlbfsMounts, runtimeRoot } from "../../ffi/host/machine.ts";

const SHELL = { command: "sh", args: ["-c"] };

Deno.test("waiting for what never comes fails with the transcript's tail", async () => {
  await using prefix = testPrefix();
  const ended = prefix.spawn("a shell", SHELL, ["echo something else; exit 3"]);
  const early = await assertRejects(() => ended.waitFor("wanted"), Error, "never came");
  assertStringIncludes(early.message, "ended with status 3");
  assertStringIncludes(early.message, "| something else");
  const silent = prefix.spawn("a shell", SHELL, ["read line"]);
  await assertRejects(() => silent.waitFor("x", { timeout: 10 }), Error, "not within 10 ms");
});

Deno.test("a process's input, output, status and signal", async () => {
  await using prefix = testPrefix();
  const echo = prefix.spawn("cat", { command: "cat", args: [] });
  await echo.send("grüße");
  await echo.waitFor(/^grüße$/m);
  assertEquals(echo.lines, ["grüße"]);
  const { code, signal } = await echo.endBy(() => echo.closeStdin());
  assertEquals({ code, signal }, { code: 0, signal: null });
  const killed = prefix.spawn("cat", { command: "cat", args: [] });
  const end = await killed.endBy(() => killed.kill("SIGTERM"));
  assertEquals([end.code, end.signal], [143, "SIGTERM"]);
});

Deno.test("a process hears the signals that these tests were started to ignore", async () => {
  await using prefix = testPrefix();
  const script = 'trap "" INT HUP; exec "$@"';
  const { command, args } = fixture("interrupt");
  const tests = prefix.spawn("tests in the background", SHELL, [script, "sh", command, ...args]);
  const { code } = await tests.ended();
  assertEquals([code, tests.stdout], [0, "SIGINT\nSIGHUP\n"], tests.stderr);
});

Deno.test("a prefix ends the test's processes and removes its files", async () => {
  const prefix = testPrefix();
  const process = prefix.spawn("a shell", SHELL, ["sleep 600 & sleep 600"]);
  const folder = `${runtimeRoot()}/${prefix.name}`;
  await Deno.mkdir(folder, { recursive: true });
  const paths = hugetlbfsMounts().map(({ path }) => `${path}/${prefix.name}map_7`);
  for (const path of paths) (await Deno.create(path)).close();
  assertEquals(prefix.files(), [folder, ...paths]);
  await prefix[Symbol.asyncDispose]();
  assertEquals(prefix.files(), []);
  assertEquals((await process.ended()).signal, "SIGKILL");
});

Deno.test("a prefix tells of a process that was left behind, and ends it", async () => {
  const prefix = testPrefix();
  const process = prefix.spawn("a shell", SHELL, ["setsid sleep 600 >&- 2>&- & echo $!"]);
  await process.ended();
  const pid = Number(process.stdout);
  assert(pid > 1, process.stdout);
  // in the middle of execve() a process has neither arguments nor an environment
  const isSleep = () =>
    Deno.readTextFileSync(`/proc/${pid}/cmdline`) === ["sleep", "600", ""].join("\0");
  await until(isSleep, "the process sleeps", [pid]);
  const error = await assertRejects(() => prefix[Symbol.asyncDispose](), Error, "left running");
  assertStringIncludes(error.message, `${pid}: sleep 600`);
  assertEquals(await Deno.stat(`/proc/${pid}/exe`).catch(() => "gone"), "gone");
});

Deno.test("files that are gone already are no obstacle to their removal", async () => {
  const file = await Deno.makeTempFile();
  removeAll([`${file}.never`, file]);
  const there = await Deno.stat(file).then(() => true, () => false);
  assertEquals(there, false);
});

Deno.test("the screen shows what a terminal would", async () => {
  assertEquals((await render("one\r\ntwo\rT\x1b[Cx\x1b[K")).lines, ["one", "Twx"]);
  assertEquals((await render("above\r\nbelow\x1b[1A\r\x1b[2K\x1b[3Gx")).lines, ["  x", "below"]);
  assertEquals((await render("gone\r\n\x1b[2J\x1b[Hhere\b!")).lines, ["her!"]);
  const wrapped = await render("1234567890".repeat(7));
  assertEquals(wrapped.lines.map((line) => line.length), [60, 10]);
  assertEquals([wrapped.row, wrapped.column], [1, 10]);
  assertEquals((await render("x\r\n".repeat(40))).row, 29);
});
