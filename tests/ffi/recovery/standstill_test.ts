/** When a process is known to hold none of EAL's locks. */

import { assert, assertEquals } from "../../assert.ts";
import { test } from "../eal.ts";
import { atStandstill } from "../../../ffi/recovery/standstill.ts";

/** Runs the test with a shell's process. */
async function withProcess(script: string, test: (pid: number) => void): Promise<void> {
  const child = new Deno.Command("sh", { args: ["-c", script] }).spawn();
  try {
    test(child.pid);
  } finally {
    child.kill("SIGKILL");
    await child.status;
  }
}

/** Looks until the answer is this one, as soon as the process has come so far. */
function untilValue(pid: number): void {
  while (!("value" in atStandstill(() => [pid], () => 0)));
}

test("a process that sleeps is at a standstill", async () => {
  await withProcess("exec sleep 1000", (pid) => {
    untilValue(pid);
    assertEquals(atStandstill(() => [pid], () => 7), { value: 7 });
  });
});

test("a process that runs, or is stopped while it runs, is not", async () => {
  await withProcess("while :; do :; done", (pid) => {
    while (Number(Deno.readTextFileSync(`/proc/${pid}/schedstat`).split(" ")[0]) < 20_000_000);
    assertEquals(atStandstill(() => [pid], () => 7), { moving: [pid] });
    Deno.kill(pid, "SIGSTOP");
    while (!/\) T/.test(Deno.readTextFileSync(`/proc/${pid}/stat`)));
    assertEquals(atStandstill(() => [pid], () => 7), { moving: [pid] });
  });
});

test("a process that wakes up during the look is not, nor is one that comes", async () => {
  await withProcess("exec sleep 1000", (pid) => {
    untilValue(pid);
    const runs = () => Deno.readTextFileSync(`/proc/${pid}/schedstat`).trim().split(" ")[2];
    const before = runs();
    const woken = atStandstill(() => [pid], () => {
      Deno.kill(pid, "SIGSTOP");
      Deno.kill(pid, "SIGCONT");
      while (runs() === before);
    });
    assertEquals(woken, { moving: [pid] });
    const pids: number[] = [];
    assertEquals(atStandstill(() => [...pids], () => void pids.push(pid)), { moving: [pid] });
  });
});

test("a process that has ended cannot be looked at", () => {
  assert("moving" in atStandstill(() => [0x3f_fffe], () => 0));
});
