/** Processes that depend on each other. */

import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertRejects, assertThrows } from "../../assert.ts";
import {
  dieWithParent,
  notifyService,
  processEnd,
  processTitle,
  selfCommand,
} from "../../../ffi/supervise/supervise.ts";
import { DpdkError } from "../../../ffi/boundary/errors.ts";
import { ServiceManager } from "../../harness/service_manager.ts";
import { test } from "../eal.ts";
import { runToEnd, runToEndSync } from "../../../cmd/lib/command.ts";

const sleeper = () => new Deno.Command("sleep", { args: ["60"], stdin: "null" }).spawn();

test("processEnd resolves when a process ends, at once for one that is gone", async () => {
  const child = sleeper();
  const end = processEnd(child.pid);
  let ended = false;
  end.then(() => ended = true);
  await delay(20);
  assert(!ended);
  child.kill("SIGKILL");
  await end;
  await child.status;
  await processEnd(child.pid);
});

test("processEnd can be given up", async () => {
  const child = sleeper();
  const over = new AbortController();
  const end = processEnd(child.pid, over.signal);
  over.abort(new Error("enough"));
  await assertRejects(() => end, Error, "enough");
  child.kill("SIGKILL");
  await child.status;
});

test("pids out of range are refused", async () => {
  await assertRejects(() => processEnd(0), RangeError);
  assertThrows(() => dieWithParent(-1), RangeError);
});

test("dieWithParent refuses a parent that is not there", () => {
  const script = fileURLToPath(new URL("../fixtures/orphan.ts", import.meta.url));
  const run = (parent: number) =>
    runToEndSync(Deno.execPath(), ["run", "-A", "--no-check", script, String(parent)]);
  assertEquals(run(Deno.pid).stdout.trim(), "a child");
  assert(run(1).stdout.includes("ESRCH"));
});

test("ownProcessGroup leaves the group of the parent, not its session", async () => {
  const script = fileURLToPath(new URL("../fixtures/group.ts", import.meta.url));
  type Ids = Record<"pid" | "group" | "session", number>;
  const ids = (text: string): Ids => JSON.parse(text);
  const { stdout } = await runToEnd(Deno.execPath(), ["run", "-A", "--no-check", script]);
  const [before, after] = stdout.trim().split("\n").map(ids);
  assert(before && after);
  assert(before.group !== before.pid);
  assertEquals(after, { ...before, group: after.pid });
});

test("processTitle shows a title until its disposal", () => {
  const line = () => Deno.readTextFileSync("/proc/self/cmdline");
  const before = line();
  {
    using _title = processTitle("short");
    assertEquals(line().replace(/\0+$/, ""), "short");
    using _longer = processTitle("x".repeat(10_000));
    assertEquals(line().replace(/\0+$/, ""), "x".repeat(before.length - 1));
  }
  assertEquals(line(), before);
  assertThrows(() => processTitle("a\0b"), RangeError);
});

test("notifyService tells a service manager, at a path or a name; nobody where there is none", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  const before = Deno.env.get("NOTIFY_SOCKET");
  try {
    for (const address of [`${folder}/notify`, `@denodpdk-test-${Deno.pid}`]) {
      await using manager = await ServiceManager.listen(address);
      Deno.env.set("NOTIFY_SOCKET", address);
      assert(notifyService("STATUS=é"));
      assert(notifyService("READY=1"));
      assertEquals([await manager.told(), await manager.told()], ["STATUS=é", "READY=1"]);
    }
    Deno.env.set("NOTIFY_SOCKET", `${folder}/nobody`);
    assertThrows(() => notifyService("READY=1"), DpdkError, "ENOENT");
    Deno.env.set("NOTIFY_SOCKET", "relative");
    assertThrows(() => notifyService("READY=1"), DpdkError, "EINVAL");
    Deno.env.set("NOTIFY_SOCKET", "");
    assert(!notifyService("READY=1"));
    Deno.env.delete("NOTIFY_SOCKET");
    assert(!notifyService("READY=1"));
  } finally {
    if (before !== undefined) Deno.env.set("NOTIFY_SOCKET", before);
    Deno.removeSync(folder, { recursive: true });
  }
});

test("selfCommand starts the main module once more", () => {
  const { command, args } = selfCommand(["--slave", "a b"]);
  assertEquals(command, Deno.execPath());
  assertEquals(args.slice(-3), [fileURLToPath(new URL(Deno.mainModule)), "--slave", "a b"]);
});
