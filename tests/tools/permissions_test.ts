/** Without `-A`: one line, and no question at the terminal. */

import { fileURLToPath } from "node:url";
import { PROGRAMS } from "../../cmd/dev/compile/programs.ts";
import { assertEquals, assertStringIncludes } from "../assert.ts";
import { startOnTerminal, testPrefix } from "../harness.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LINE = "expected all permissions, got none for ffi, read, write, env, sys " +
  "(run it with `deno run -A`)";

/** What is run, and what comes before the line. */
const RUN: Record<string, string> = {
  ...Object.fromEntries(PROGRAMS.map(({ name, folder }) => [`${folder}/main.ts`, `${name}: `])),
  "cmd/denodpdk/main.ts simple_mp": "simple_mp: ",
  "cmd/denodpdk/main.ts run cmd/scripts/headers.ts": "run: ",
  "cmd/denodpdk/main.ts check cmd/scripts/headers.ts": "check: ",
  "cmd/denodpdk/main.ts new": "new: ",
  // a script with program()
  "cmd/scripts/headers.ts": "headers: ",
  // scripts without it
  "tests/fixtures/plain_eal.ts": "error: Uncaught (in promise) DpdkError: DPDK: ",
  "tests/fixtures/plain_ring.ts": "error: Uncaught (in promise) DpdkError: DPDK: ",
};

for (const [words, before] of Object.entries(RUN)) {
  Deno.test(`deno run ${words}`, async () => {
    await using prefix = testPrefix();
    const [file = "", ...args] = words.split(" ");
    const deno = { command: Deno.execPath(), args: ["run", "--no-check", ROOT + file, ...args] };
    const env = { NO_COLOR: "1" };
    const piped = prefix.spawn(words, deno, [], { env });
    assertEquals((await piped.ended()).code, 1);
    assertEquals([piped.stdout, piped.stderr.trimEnd()], ["", before + LINE]);
    const terminal = startOnTerminal(prefix, words, {
      ...deno,
      command: "env",
      args: ["NO_COLOR=1", deno.command, ...deno.args],
    }, []);
    await terminal.process.waitFor("[status 1]");
    await terminal.process.ended();
    assertStringIncludes(terminal.process.stdout.replace(/\s*\r\n/g, "\n"), before + LINE);
  });
}
