/** When a thread that says nothing is known to be outside of an update. */

import { assert, assertEquals } from "../../assert.ts";
import { ForeignWatch, lookAtThreads, type ThreadLook } from "../../../ffi/recovery/foreign.ts";

/** One process, 7, with one thread, that does these things one after the other. */
function watch(...looks: (ThreadLook | "gone" | "hidden")[]) {
  let at = 0;
  const watch = new ForeignWatch([7], () => {
    const look = looks[Math.min(at++, looks.length - 1)];
    if (look === undefined || look === "hidden") return undefined;
    return new Map(look === "gone" ? [] : [[1, look]]);
  });
  return looks.slice(1).map(() => watch.inside([7]).length > 0);
}

const runs = (ms: number): ThreadLook => ({ inCall: false, cpu: BigInt(ms * 1e6) });
const calls: ThreadLook = { inCall: true, cpu: 0n };

Deno.test("a thread in a system call is outside, and stays so", () => {
  assertEquals(watch(runs(0), calls, runs(0)), [false, false]);
});

Deno.test("a thread that uses no CPU may be inside for ever", () => {
  assertEquals(watch(runs(5), runs(5), runs(5), runs(24)), [true, true, true]);
});

Deno.test("a thread that twice used more CPU than an update takes is not inside", () => {
  assertEquals(watch(runs(0), runs(21), runs(40), runs(41)), [true, true, false]);
  // a virtual machine's pause, charged to it
  assertEquals(watch(runs(0), runs(9000), runs(9001)), [true, true]);
});

Deno.test("a thread that has ended is outside; one that cannot be looked at may be inside", () => {
  assertEquals(watch(runs(0), "gone"), [false]);
  assertEquals(watch("hidden", calls), [true]);
  assertEquals(watch(runs(0), "hidden"), [true]);
});

Deno.test("a process that comes later was not inside, but may be behind", () => {
  const watch = new ForeignWatch([], () => new Map([[1, runs(0)], [2, calls]]));
  assertEquals(watch.inside([7]), []);
  assertEquals(watch.behind(7), 1);
});

Deno.test("the kernel tells of a process that sleeps, and of one that was stopped while it ran", async () => {
  const start = (...args: string[]) => new Deno.Command("sh", { args: ["-c", ...args] }).spawn();
  await using stack = new AsyncDisposableStack();
  const started = [start("exec sleep 1000"), start("while :; do :; done")].map((child) => {
    stack.defer(async () => {
      child.kill("SIGKILL");
      await child.status;
    });
    return child;
  });
  const [sleeper, spinner] = started;
  const look = (pid = 0) => [...lookAtThreads(pid)?.values() ?? []];
  while (!look(sleeper?.pid).every(({ inCall }) => inCall));
  while ((look(spinner?.pid)[0]?.cpu ?? 0n) < 10_000_000n);
  spinner?.kill("SIGSTOP");
  const stat = () => Deno.readTextFileSync(`/proc/${spinner?.pid}/stat`);
  while (!/\) T/.test(stat()));
  assertEquals(look(spinner?.pid).map(({ inCall }) => inCall), [false]);
  const before = look(spinner?.pid)[0]?.cpu;
  assert(before !== undefined && before === look(spinner?.pid)[0]?.cpu);
});
