/** Output that nobody reads: nothing waits for it, and what was dropped is told. */

import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "../../assert.ts";
import { testPrefix, UnreadOutput } from "../../harness.ts";

const LINES = 50_000;

/** The fixture, from this file's folder. */
const FIXTURE = fileURLToPath(new URL("../fixtures/output.ts", import.meta.url));

function fixture(output: UnreadOutput) {
  return output.wrap({ command: Deno.execPath(), args: ["run", "-A", "--no-check", FIXTURE] });
}

Deno.test("lines that nobody reads are dropped whole, and told as soon as somebody reads", async () => {
  await using prefix = testPrefix();
  using output = new UnreadOutput();
  const process = prefix.spawn("output", fixture(output));
  // it gets there though nothing was read
  await process.waitFor("written", { on: "stderr" });
  const notice = /^\((\d+) lines were dropped: nobody read the output\)$/m;
  await output.readUntil((text) => notice.test(text));
  const dropped = Number(output.text.match(notice)?.[1]);
  const lines = output.text.split("\n").filter((line) => line.startsWith("line "));
  // a contiguous beginning, each line whole
  assertEquals(lines, lines.map((_, i) => `line ${i}`));
  assertEquals(lines.length + dropped, LINES);
  assert(dropped > 0);
  await process.send("");
  await output.readUntil((text) => text.endsWith("once more\n"));
  await process.closeStdin();
  assertEquals((await process.ended()).code, 0);
});

Deno.test("O_NONBLOCK is not set on what other processes share", async () => {
  await using prefix = testPrefix();
  using output = new UnreadOutput();
  const process = prefix.spawn("output", fixture(output));
  await process.waitFor("written", { on: "stderr" });
  const flags = Deno.readTextFileSync(`/proc/${process.pid}/fdinfo/1`).match(/^flags:\s+(\d+)$/m);
  assertEquals(parseInt(flags?.[1] ?? "", 8) & 0o4000, 0);
  process.kill("SIGKILL");
});
