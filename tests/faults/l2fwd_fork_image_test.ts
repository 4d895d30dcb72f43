/** What happens under a running l2fwd_fork: an upgrade, and a system that refuses processes. */

import { assertEquals, assertMatch } from "../assert.ts";
import {
  argsOf,
  Checkout,
  distFolder,
  program,
  startL2fwdFork,
  testPrefix,
  type TestProcess,
} from "../harness.ts";
import { runToEndSync } from "../../cmd/lib/command.ts";

/** Kills slave 1 again and again, and waits for its successor each time. */
async function killSlave(master: TestProcess, times: number): Promise<void> {
  const forwarding = () => [...master.stdout.matchAll(/slave 1 \(pid (\d+)\) forwards/g)];
  for (let before = forwarding().length; times > 0; before++, times--) {
    Deno.kill(Number(forwarding().at(-1)?.[1]), "SIGKILL");
    await master.waitUntil(() => forwarding().length > before, "waiting for its successor");
  }
}

for (const how of ["replaced", "removed"] as const) {
  Deno.test(`the executable of l2fwd_fork is ${how}: slaves are the program that runs`, async () => {
    await using prefix = testPrefix();
    const folder = Deno.makeTempDirSync({ prefix: "denodpdk-image-" });
    try {
      const { command, args } = program("l2fwd_fork");
      const executable = `${folder}/program`;
      Deno.copyFileSync(command, executable);
      Deno.chmodSync(executable, 0o700);
      const process = prefix.spawn(
        "l2fwd_fork",
        { command: executable, args },
        argsOf(prefix, "l2fwd_fork"),
      );
      await process.waitFor(/in reserve for slave 1/);
      if (how === "removed") Deno.removeSync(executable);
      else {
        // as a package manager does it
        Deno.writeTextFileSync(`${executable}.new`, "#!/bin/false\n", { mode: 0o700 });
        Deno.renameSync(`${executable}.new`, executable);
      }
      await killSlave(process, 2);
      assertEquals((await process.endBy(() => process.kill("SIGINT"))).code, 0, process.stderr);
      assertEquals(prefix.files(), []);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
}

Deno.test({
  name: "the sources of l2fwd_fork are replaced: slaves are the program that runs",
  ignore: distFolder() !== undefined,
  async fn() {
    using checkout = await Checkout.create();
    await using prefix = testPrefix();
    const { env } = checkout;
    const process = prefix.spawn(
      "l2fwd_fork",
      checkout.program("l2fwd_fork"),
      argsOf(prefix, "l2fwd_fork"),
      { env },
    );
    await process.waitFor(/in reserve for slave 1/);
    for (const part of ["ffi", "libshim"]) {
      Deno.renameSync(`${checkout.folder}/${part}`, `${checkout.top}/${part}`);
    }
    // the first to come was in reserve already
    await killSlave(process, 3);
    assertEquals((await process.endBy(() => process.kill("SIGINT"))).code, 0, process.stderr);
    assertEquals(prefix.files(), []);
  },
});

/** Sets the number of descriptors that a process may have. */
function limitDescriptors(pid: number, count: number): void {
  const { success } = runToEndSync("prlimit", ["--pid", String(pid), `--nofile=${count}:`]);
  if (!success) throw new Error("prlimit failed");
}

Deno.test("without descriptors l2fwd_fork goes on with what runs, and starts slaves later", async () => {
  await using prefix = testPrefix();
  const fork = await startL2fwdFork(prefix);
  const { process } = fork;
  const reserves = [await fork.readyReserve(1), await fork.readyReserve(2)];
  limitDescriptors(process.pid, 3);
  // those in reserve take over, and there are no others
  await fork.recoversFrom(() => Deno.kill(fork.pid(1), "SIGKILL"));
  assertEquals([fork.pid(1), fork.pid(2)], reserves);
  const [line] = await process.waitFor(/slave \d cannot be started: .*/);
  assertMatch(line, /Too many open files.*; it is tried again in \d+\.\d ms$/);
  await fork.forwards();
  limitDescriptors(process.pid, 1024);
  await fork.readyReserve(1);
  await fork.readyReserve(2);
  await fork.recoversFrom(() => Deno.kill(fork.pid(1), "SIGKILL"));
  assertEquals((await fork.end()).end.code, 0, process.stderr);
  assertEquals(prefix.files(), []);
});
