/** When a process that starts up is known to hang on a lock. */

import { setTimeout as delay } from "node:timers/promises";
import { assertEquals } from "../../assert.ts";
import { lookAtStart, type StartLook, StartWatch } from "../../../ffi/recovery/start_watch.ts";

/** Milliseconds of CPU time, and how often it has gone on. */
const at = (ms: number, signs = 0, state = "R"): StartLook => ({
  cpu: BigInt(ms * 1e6),
  signs: String(signs),
  state,
});

/** What these say of processes of that many threads, each of which is seen so one time after another. */
function hang(starting: StartLook[][], own: StartLook[] = []): boolean[] {
  const turns = Math.max(own.length, ...starting.map(({ length }) => length));
  let turn = 0;
  const watch = new StartWatch(
    (pid) => (pid === Deno.pid ? own : starting[pid - 1])?.[turn],
    () => own.length > 0 ? [1] : [],
  );
  const pids = starting.map((_, i) => i + 1);
  return Array.from({ length: turns }, () => {
    const is = watch.allHang(pids);
    turn++;
    return is;
  });
}

Deno.test("one that uses CPU time and does nothing else hangs", () => {
  assertEquals(hang([[at(0), at(60), at(120), at(180), at(240)]]), [
    false,
    false,
    false,
    true,
    true,
  ]);
});

Deno.test("one that gets no CPU, or is stopped, does not hang however long it takes", () => {
  for (const state of ["R", "T", "S"]) {
    const stands = Array.from({ length: 100 }, () => at(40, 0, state));
    assertEquals(hang([stands]).includes(true), false);
  }
});

Deno.test("one that touches memory, calls the system or sleeps has gone on", () => {
  const goesOn = Array.from({ length: 20 }, (_, i) => at(100 * i, i));
  assertEquals(hang([goesOn]).includes(true), false);
  const late = [at(0), at(60), at(120), at(180, 1), at(240, 1), at(300, 1), at(360, 1)];
  assertEquals(hang([late]), [false, false, false, false, false, false, true]);
});

Deno.test("a pause of a virtual machine, charged to it, proves nothing", () => {
  assertEquals(hang([[at(0), at(9000), at(9010), at(9020)]]).includes(true), false);
});

Deno.test("while one goes on, it may have the lock that another one waits for", () => {
  const spins = [at(0), at(60), at(120), at(180)];
  const works = [at(0, 0), at(10, 1), at(20, 2), at(30, 3)];
  const sleeps = [0, 1, 2, 3].map((ms) => at(ms, 0, "S"));
  assertEquals(hang([spins, works]).includes(true), false);
  // it holds the lock for as long as it likes
  assertEquals(hang([spins, sleeps]).includes(true), false);
  assertEquals(hang([spins, spins]).at(-1), true);
});

Deno.test("one that waits hangs when all others are stopped, since nobody knows for how long", () => {
  const spins = [at(0), at(60), at(120), at(180)];
  const stopped = spins.map(() => at(7, 7, "T"));
  assertEquals(hang([spins, stopped]).at(-1), true);
  assertEquals(hang([stopped, stopped]).includes(true), false);
});

Deno.test("one that sleeps hangs when this process, which is to answer it, does", () => {
  const sleeps = [0, 1, 2, 3].map((ms) => at(ms, 0, "S"));
  const spins = [at(0), at(60), at(120), at(180)];
  assertEquals(hang([sleeps], spins).at(-1), true);
  assertEquals(hang([sleeps], sleeps).includes(true), false);
  // nobody starts
  assertEquals(hang([], spins).includes(true), false);
});

Deno.test("the kernel tells of a thread that turns round, and of one that goes on", async () => {
  const turns = new Deno.Command("sh", { args: ["-c", "while :; do :; done"] }).spawn();
  const opens = new Deno.Command("sh", { args: ["-c", "while :; do read x < /dev/null; done"] })
    .spawn();
  const watches = [turns, opens].map(({ pid }) => ({
    pid,
    watch: new StartWatch(undefined, () => []),
  }));
  const used = (pid: number) => lookAtStart(pid, pid)?.cpu ?? 0n;
  try {
    const seen = new Set<number>();
    while (!seen.has(turns.pid) || used(opens.pid) < 500_000_000n) {
      for (const { pid, watch } of watches) if (watch.allHang([pid])) seen.add(pid);
      await delay(20);
    }
    assertEquals([...seen], [turns.pid]);
  } finally {
    for (const child of [turns, opens]) {
      child.kill("SIGKILL");
      await child.status;
    }
  }
});
