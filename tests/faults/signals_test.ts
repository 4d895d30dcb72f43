/** Signals that are ignored, that come when nothing listens any more, and that come twice. */

import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { assertEquals } from "../assert.ts";
import {
  ALL_PROGRAMS,
  argsOf,
  isAlive,
  program,
  RUNNING,
  startL2fwdFork,
  startMpServer,
  testPrefix,
} from "../harness.ts";
import { ignoredIn } from "../../ffi/host/signals.ts";

/** Longer than copies of one signal may be apart, in milliseconds. */
const IMPATIENT = 1_100;

Deno.test("which signals a process ignores is in its status", () => {
  const status = (mask: string) => `Name:\tdeno\nSigBlk:\t0000000000000007\nSigIgn:\t${mask}\n`;
  assertEquals(ignoredIn(status("0000000000001000")), []);
  assertEquals(ignoredIn(status("0000000000001001")), ["SIGHUP"]);
  assertEquals(ignoredIn(status("0000000000005003")), ["SIGHUP", "SIGINT", "SIGTERM"]);
  assertEquals(ignoredIn("Name:\tdeno\n"), []);
});

/** What a living process ignores now. */
function ignoredBy(pid: number): string[] {
  return ignoredIn(Deno.readTextFileSync(`/proc/${pid}/status`));
}

for (const name of ALL_PROGRAMS) {
  Deno.test(`${name} under nohup lives on after SIGHUP, as a background job after SIGINT`, async () => {
    await using prefix = testPrefix();
    const server = name === "mp_client" ? await startMpServer(prefix) : undefined;
    const { command, args } = program(name);
    // what nohup does, and a shell for `&` in a script
    const process = prefix.spawn(name, {
      command: "sh",
      args: ["-c", `trap '' HUP INT; exec "$@"`, "sh", command, ...args],
    }, argsOf(prefix, name));
    await process.waitFor(RUNNING[name]);
    assertEquals(ignoredBy(process.pid), ["SIGHUP", "SIGINT"]);
    process.kill("SIGHUP");
    process.kill("SIGINT");
    process.kill("SIGTERM");
    const { code } = await process.ended();
    // the kernel delivers in the order of the numbers, so SIGTERM comes last
    assertEquals(code, name === "l2fwd_fork" || name === "symmetric_mp" ? 0 : 143);
    await server?.process.endBy(() => server.process.kill("SIGINT"));
    assertEquals(prefix.files(), []);
  });
}

Deno.test("slaves of l2fwd_fork inherit what is ignored", async () => {
  await using prefix = testPrefix();
  const { command, args } = program("l2fwd_fork");
  const process = prefix.spawn("l2fwd_fork", {
    command: "sh",
    args: ["-c", `trap '' HUP; exec "$@"`, "sh", command, ...args],
  }, argsOf(prefix, "l2fwd_fork"));
  const [, pid] = await process.waitFor(/slave 1 \(pid (\d+)\) forwards/);
  assertEquals(ignoredBy(Number(pid)), ["SIGHUP"]);
  assertEquals((await process.endBy(() => process.kill("SIGINT"))).code, 0);
});

Deno.test("a second signal ends a program whose main thread is stuck, a copy does not", async () => {
  await using prefix = testPrefix();
  const script = fileURLToPath(new URL("../ffi/fixtures/stuck.ts", import.meta.url));
  const process = prefix.spawn(
    "stuck",
    { command: Deno.execPath(), args: ["run", "-A", "--no-check", script] },
    prefix.eal({ lcores: "0@0" }),
    { env: { DENODPDK_ATTACH_TRY: "7" } },
  );
  const [text] = await process.waitFor(/^{.*}\n/m);
  // no child must take itself for one that starts over
  assertEquals(JSON.parse(text), { own: "", child: "" });
  process.kill("SIGINT");
  await delay(1);
  process.kill("SIGINT");
  await delay(IMPATIENT);
  assertEquals(process.running, true);
  assertEquals(prefix.files().length > 1, true);
  const { code } = await process.endBy(() => process.kill("SIGTERM"));
  assertEquals([code, prefix.files()], [143, []]);
});

Deno.test("impatience ends l2fwd_fork and its slaves, and removes their files", async () => {
  await using prefix = testPrefix();
  const fork = await startL2fwdFork(prefix);
  const pids = [...fork.pids.values(), await fork.readyReserve(1), await fork.readyReserve(2)];
  // one that is stopped obeys no command, so that the end takes more than a second
  Deno.kill(fork.pid(1), "SIGSTOP");
  fork.process.kill("SIGINT");
  await delay(IMPATIENT);
  const running = fork.process.running;
  const { code } = await fork.process.endBy(() => fork.process.kill("SIGINT"));
  // on a busy machine it may have got to its end by itself
  assertEquals(code, running && !fork.process.stdout.includes("free,") ? 130 : code);
  assertEquals(pids.filter(isAlive), []);
  assertEquals(prefix.files(), []);
});

Deno.test("a script that polls is ended by Ctrl-C and leaves nothing", async () => {
  await using prefix = testPrefix();
  const script = `
    import { Eal, Ring } from ${JSON.stringify(new URL("../../mod.ts", import.meta.url).href)};
    using _eal = Eal.init(Deno.args);
    using _ring = Ring.create("POLLED", 64);
    console.log("polls");
    for (;;);`;
  const file = Deno.makeTempFileSync({ suffix: ".ts" });
  try {
    Deno.writeTextFileSync(file, script);
    const process = prefix.spawn(
      "script",
      { command: Deno.execPath(), args: ["run", "-A", "--no-check", file] },
      prefix.eal({ lcores: "0@0" }),
    );
    await process.waitFor("polls");
    const { signal } = await process.endBy(() => process.kill("SIGINT"));
    assertEquals([signal, prefix.files()], ["SIGINT", []]);
  } finally {
    Deno.removeSync(file);
  }
});
