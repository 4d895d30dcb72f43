/** What a long work says of itself: the words, and the time that is left. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStrictEquals,
  assertStringIncludes,
} from "../../assert.ts";
import { inWords, Progress, timeLeft } from "../../../ffi/host/progress.ts";
import { noteTimes } from "../../../ffi/host/times.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";

Deno.test("seconds in words", () => {
  const cases: [number, string][] = [
    [0, "1 s"],
    [8.4, "8 s"],
    [59.6, "1 min"],
    [125, "2 min 5 s"],
    [3600, "60 min"],
  ];
  for (const [seconds, words] of cases) assertStrictEquals(inWords(seconds), words);
});

Deno.test("the time that is left", () => {
  const step = (expected: number | undefined, elapsed = 0) => ({ expected, elapsed });
  assertStrictEquals(timeLeft([], 1), 0);
  assertStrictEquals(timeLeft([step(10, 4), step(5)], 1), 11);
  assertStrictEquals(timeLeft([step(10), step(10)], 2), 10);
  // one that is longer than all others together
  assertStrictEquals(timeLeft([step(30), step(1), step(1)], 2), 30);
  assertStrictEquals(timeLeft([step(3, 8)], 1), 0);
  assertStrictEquals(timeLeft([step(3), step(undefined)], 1), undefined);
});

Deno.test("the line of a work that has been done before, and of one that has not", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  const before = Deno.env.get("XDG_CACHE_HOME");
  Deno.env.set("XDG_CACHE_HOME", folder);
  try {
    noteTimes({ "build one": 20, "build two": 100 });
    {
      using progress = new Progress("build", { plan: ["one", "two"], announces: false });
      await progress.step("one", "compiling one", () => {
        assertStrictEquals(progress.line, "build: 0 of 2 done, about 2 min left: compiling one");
        return Promise.resolve();
      });
      await progress.step("two", "compiling two", () => {
        assertMatch(progress.line, /^build: 1 of 2 done, about 1 min 40 s left: compiling two$/);
        return Promise.resolve();
      });
    }
    using again = new Progress("build", { announces: false });
    await again.step("one", "compiling one", () => {
      // it took no time
      assertMatch(
        again.line,
        /^build: (about 1 s left|1 s, longer than last time): compiling one$/,
      );
      return Promise.resolve();
    });
    await again.step("three", "compiling three", () => {
      assertMatch(again.line, /^build: 1 s so far: compiling three$/);
      return Promise.resolve();
    });
  } finally {
    if (before === undefined) Deno.env.delete("XDG_CACHE_HOME");
    else Deno.env.set("XDG_CACHE_HOME", before);
    Deno.removeSync(folder, { recursive: true });
  }
});

/** A work on a pipe, or on a terminal that `script` makes. */
async function output(terminal: boolean, term = "xterm"): Promise<string> {
  const module = new URL("../../../ffi/host/progress.ts", import.meta.url).href;
  const code = `const { Progress } = await import("${module}");
    using progress = new Progress("work");
    await progress.step("first", "doing it", () => Promise.resolve());
    progress.print("done");`;
  const run = [Deno.execPath(), "eval", code];
  const quoted = run.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const [command = "", ...args] = terminal ? ["script", "-qec", quoted, "/dev/null"] : run;
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  try {
    const { stdout, stderr } = await runToEnd(command, args, {
      env: { TERM: term, NO_COLOR: "1", XDG_CACHE_HOME: folder },
    });
    return stdout + stderr;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("a line that is kept up to date on a terminal, plain lines elsewhere", async () => {
  assertEquals(await output(false), "done\nwork: doing it\n");
  assertEquals((await output(true, "dumb")).replaceAll("\r", ""), "work: doing it\ndone\n");
  const live = await output(true);
  assertStringIncludes(live, "\rwork: 1 s so far: doing it\x1b[K\r\x1b[K");
  assert(live.endsWith("done\r\n"), JSON.stringify(live));
});
