/** Asking all to hold nothing for a moment: no EAL is needed to look at how they do. */

import { assert, assertEquals, assertGreater } from "../../assert.ts";
import { Quiesce } from "../../../ffi/recovery/recovery.ts";
import { identityOf } from "../../../ffi/host/identity.ts";
import type { ParticipantData } from "../fixtures/participant.ts";

const LINE = 128;

/** Memory of a table with so many slots. */
const table = (slots: number) => new SharedArrayBuffer((slots + 1) * LINE);

/** Another process takes part, and is inside. */
function enterAs(memory: SharedArrayBuffer, slot: number, pid: number): void {
  new BigInt64Array(memory)[(slot + 1) * LINE / 8] = identityOf(pid) ?? 0n;
  new Int32Array(memory)[(slot + 1) * LINE / 4 + 2] = 1;
}

Deno.test("it is quiet when all are outside, and nobody goes inside then", async () => {
  const quiesce = Quiesce.at(table(3));
  using one = quiesce.join();
  using two = quiesce.join();
  assertEquals(await quiesce.attempt(() => {}), { quiet: true });
  one.enter();
  two.enter();
  let ran = false;
  const refused = await quiesce.attempt(() => ran = true);
  assertEquals([refused, ran], [{ quiet: false, inside: [Deno.pid] }, false]);
  assertEquals([one.wanted, [...quiesce.pids()]], [false, [Deno.pid]]);
  one.leave();
  setTimeout(() => two.leave(), 5);
  const outcome = await quiesce.attempt((commit) => {
    assertEquals([one.wanted, one.tryEnter(), commit(), one.tryEnter()], [
      true,
      false,
      true,
      false,
    ]);
    ran = true;
  });
  assertEquals([outcome, ran, one.wanted, one.tryEnter()], [{ quiet: true }, true, false, true]);
});

Deno.test("a stopped process that is inside is waited for, a dead one is not", async () => {
  const memory = table(3);
  const quiesce = Quiesce.at(memory);
  const child = new Deno.Command("sleep", { args: ["600"] }).spawn();
  enterAs(memory, 0, child.pid);
  child.kill("SIGSTOP");
  assertEquals(await quiesce.attempt(() => {}), { quiet: false, inside: [child.pid] });
  child.kill("SIGKILL");
  await child.status;
  assertEquals(await quiesce.attempt(() => {}), { quiet: true });
  assertEquals([...quiesce.pids()], []);
  // its slot is free
  using participants = new DisposableStack();
  for (let i = 0; i < 3; i++) participants.use(quiesce.join());
});

Deno.test("a request ends at once when a process that is inside is stopped meanwhile", async () => {
  const memory = table(1);
  const quiesce = Quiesce.at(memory);
  const child = new Deno.Command("sleep", { args: ["600"] }).spawn();
  enterAs(memory, 0, child.pid);
  setTimeout(() => child.kill("SIGSTOP"), 5);
  const endless = { waits: () => true };
  assertEquals(await quiesce.attempt(() => {}, endless), { quiet: false, inside: [child.pid] });
  child.kill("SIGKILL");
  await child.status;
});

Deno.test("what a killed process asked for keeps nobody outside", async () => {
  const memory = table(1);
  const child = new Deno.Command("sleep", { args: ["600"] }).spawn();
  const asker = identityOf(child.pid) ?? 0n;
  const committed = 1n << 31n;
  const quiesce = Quiesce.at(memory);
  using participant = quiesce.join();
  new BigInt64Array(memory)[0] = asker;
  assertEquals(await quiesce.attempt(() => {}), { quiet: false, inside: [] });
  assertEquals(participant.tryEnter(), false);
  // the one that asks is stopped, and has begun nothing
  child.kill("SIGSTOP");
  participant.enter();
  participant.leave();
  new BigInt64Array(memory)[0] = asker | committed;
  child.kill("SIGKILL");
  await child.status;
  participant.enter();
  participant.leave();
  assertEquals(await quiesce.attempt(() => {}), { quiet: true });
});

Deno.test("what is withdrawn while it is looked at is not committed", async () => {
  const memory = table(1);
  const quiesce = Quiesce.at(memory);
  let committed = true;
  const outcome = await quiesce.attempt((commit) => {
    new BigInt64Array(memory)[0] = 0n;
    committed = commit();
  });
  assertEquals([outcome, committed], [{ quiet: false, inside: [] }, false]);
});

Deno.test("threads that hold something all the time hold nothing while it is quiet", async () => {
  const THREADS = 2;
  const ROUNDS = 200;
  const memory = table(THREADS);
  const held = new SharedArrayBuffer(4 * (THREADS + 1));
  const words = new Int32Array(held);
  const url = new URL("../fixtures/participant.ts", import.meta.url);
  const workers = Array.from({ length: THREADS }, (_, i) => {
    const worker = new Worker(url, { type: "module" });
    const next = () => new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data));
    const data: ParticipantData = { table: memory, held, thread: i + 1 };
    worker.postMessage(data);
    return { worker, next };
  });
  await Promise.all(workers.map(({ next }) => next()));
  const quiesce = Quiesce.at(memory);
  for (let quiet = 0; quiet < ROUNDS;) {
    // where a thread has no CPU for long, nothing is looked at
    const outcome = await quiesce.attempt(() => assertEquals([...words.subarray(1)], [0, 0]));
    if (outcome.quiet) quiet++;
  }
  const pauses = workers.map(({ next }) => next());
  Atomics.store(words, 0, 1);
  for (const count of await Promise.all(pauses)) {
    assert(typeof count === "number");
    assertGreater(count, 0);
  }
  for (const { worker } of workers) worker.terminate();
});
