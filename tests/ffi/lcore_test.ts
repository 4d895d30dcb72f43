/** Lcores: Workers and the main thread take them over, one thread each. */

import { setTimeout as delay } from "node:timers/promises";
import { DpdkError, Objects, Ring } from "../../mod.ts";
import {
  launchOnLcore,
  Lcore,
  LCORE_ID_ANY,
  type LcoreWorker,
  releaseMainLcore,
  setThreadAffinity,
  threadAffinity,
} from "../../ffi/eal_api.ts";
import {
  assertEquals,
  assertLess,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "../assert.ts";
import { initTestEal, test } from "./eal.ts";
import type { Task, Told } from "./fixtures/lcore_worker.ts";
import { until } from "../harness/wait.ts";

const before = threadAffinity();
initTestEal("0@0,1@1,2@0,5@(0-1)");

const MODULE = new URL("./fixtures/lcore_worker.ts", import.meta.url);

/** Runs a task on an lcore, to its end; what it told. */
async function onLcore(lcore: number, data: Task): Promise<Told[]> {
  const told: Told[] = [];
  await launchOnLcore<Task, Told>(MODULE, lcore, { data, onMessage: (it) => told.push(it) }).done;
  return told;
}

/** Starts a task on an lcore; resolves when it has told the first thing. */
async function started(lcore: number, data: Task): Promise<LcoreWorker> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const worker = launchOnLcore<Task, Told>(MODULE, lcore, { data, onMessage: () => resolve() });
  worker.done.catch(reject);
  await promise;
  return worker;
}

test("the lcores of --lcores, and the CPUs of each", () => {
  assertEquals(Lcore.list(), [0, 1, 2, 5]);
  assertEquals([Lcore.main, Lcore.current], [0, 0]);
  assertEquals(Lcore.workers(), [1, 2, 5]);
  assertEquals([0, 1, 2, 5].map((id) => Lcore.cpus(id)), [[0], [1], [0], [0, 1]]);
  assertStrictEquals(Lcore.socket(0), 0);
  for (const id of [-1, 128, 0.5, NaN]) {
    assertThrows(() => Lcore.cpus(id), RangeError, "lcore must be an integer from 0 to 127");
    assertThrows(() => Lcore.socket(id), RangeError, "lcore must be an integer from 0 to 127");
  }
});

test("the main thread is on the main lcore's CPUs", () => {
  assertEquals(threadAffinity(), [0]);
});

for (const lcore of [1, 2, 5]) {
  test(`a Worker is lcore ${lcore}: id, affinity, memory`, async () => {
    const cpus = Lcore.cpus(lcore);
    assertEquals(await onLcore(lcore, { kind: "look" }), [
      { lcore, current: lcore, affinity: cpus, kernel: cpus, main: 0 },
    ]);
    assertEquals([Lcore.current, threadAffinity()], [0, [0]], "the main thread is as it was");
  });
}

test("an lcore has one thread; it is free again when that has ended", async () => {
  const first = await started(1, { kind: "poll" });
  const error = await assertRejects(
    () => launchOnLcore(MODULE, 1, { data: { kind: "look" } }).done,
    Error,
  );
  assertMatch(
    error.message,
    /^adopt lcore 1: EBUSY: another thread of this process has it \([^\n]*releaseMainLcore\(\)/,
  );
  first.stop();
  await first.done;
  assertEquals((await onLcore(1, { kind: "look" })).length, 1);
});

test("a thread has one lcore", () => {
  const error = assertThrows(() => Lcore.adopt(1), DpdkError);
  assertStrictEquals(error.code, "EALREADY");
  assertMatch(error.message, /^adopt lcore 1: EALREADY: [^\n]+$/);
  assertStrictEquals(Lcore.current, 0);
});

for (const id of [3, 127, 128, LCORE_ID_ANY]) {
  test(`lcore ${id} is not enabled`, async () => {
    const message = RegExp(`^adopt lcore ${id}: EINVAL: .*\\(enabled are 0, 1, 2, 5\\)$`);
    const error = assertThrows(() => Lcore.adopt(id), DpdkError);
    assertStrictEquals(error.code, "EINVAL");
    assertMatch(error.message, message);
    const run = () => launchOnLcore(MODULE, id, { data: { kind: "look" } }).done;
    assertMatch((await assertRejects(run, Error)).message, message);
  });
}

test("an id must be a number that C can have", () => {
  for (const id of [-1, 0.5, NaN, 2 ** 32]) {
    assertThrows(() => Lcore.adopt(id), RangeError, "lcore must be an integer");
  }
});

test("what a Worker throws reaches `done`, and its lcore is free", async () => {
  for (let i = 0; i < 3; i++) {
    await assertRejects(() => onLcore(1, { kind: "throw" }), TypeError, "what a Worker threw");
  }
  assertEquals((await onLcore(1, { kind: "look" })).length, 1);
});

test("`ready` resolves when the loop says so, and not before", async () => {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const data: Task = { kind: "ready", gate: gate.buffer };
  const worker = launchOnLcore<Task, Told>(MODULE, 1, { data });
  let isReady = false;
  const ready = worker.ready.then(() => isReady = true);
  await until(() => worker.thread > 0, "the Worker runs");
  await delay(20);
  assertStrictEquals(isReady, false);
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  await ready;
  worker.stop();
  await worker.done;
  assertStrictEquals(await worker.ready, undefined);
});

test("`ready` waits for nothing before it is asked for, and knows a loop that has begun and ended", async () => {
  const { waitAsync } = Atomics;
  let waits = 0;
  Atomics.waitAsync = new Proxy(waitAsync, {
    apply(wait, self, args) {
      waits++;
      return Reflect.apply(wait, self, args);
    },
  });
  try {
    const worker = launchOnLcore<Task, Told>(MODULE, 1, { data: { kind: "ready" } });
    await until(() => worker.thread > 0, "the Worker runs");
    worker.stop();
    await worker.done;
    assertStrictEquals(waits, 0);
    assertEquals(await Promise.all([worker.ready, worker.ready]), [undefined, undefined]);
    assertStrictEquals(waits, 1);
  } finally {
    Atomics.waitAsync = waitAsync;
  }
});

test("`ready` rejects where the function throws or returns before it said so", async () => {
  for (const isOver of [false, true]) {
    const thrown = launchOnLcore<Task, Told>(MODULE, 1, { data: { kind: "throw" } });
    if (isOver) await thrown.done.catch(() => {});
    await assertRejects(() => thrown.ready, TypeError, "what a Worker threw");
    await assertRejects(() => thrown.done, TypeError, "what a Worker threw");
    const returned = launchOnLcore<Task, Told>(MODULE, 1, { data: { kind: "look" } });
    if (isOver) await returned.done;
    const message = "worker of lcore 1: it ended before it was ready";
    await assertRejects(() => returned.ready, DpdkError, message);
    await returned.done;
  }
});

test("a module that does not load rejects `done` in one line", async () => {
  const missing = new URL("./fixtures/missing.ts", import.meta.url);
  const { done } = launchOnLcore(missing, 1, { data: 0 });
  const error = await assertRejects(() => done, DpdkError);
  assertMatch(error.message, /^worker of lcore 1: [^\n]+$/);
});

test("stop() ends polling Workers, several at once, soon", async () => {
  using ring = Ring.create("POLLED", 64);
  const workers = await Promise.all(
    [1, 2, 5].map((lcore) => started(lcore, { kind: "poll", ring: "POLLED" })),
  );
  const objs = new Objects(60);
  assertStrictEquals(ring.enqueueBulk(objs, 60), 60);
  await until(() => ring.count === 0, "the ring to be emptied");
  const from = performance.now();
  for (const worker of workers) worker.stop();
  await Promise.all(workers.map(({ done }) => done));
  assertLess(performance.now() - from, 1_000);
  assertEquals(workers.map(({ lcore }) => lcore), [1, 2, 5]);
  // once more: nothing happens
  workers[0]?.stop();
});

test("50 Workers one after the other on one lcore", async () => {
  for (let i = 0; i < 50; i++) {
    const [told] = await onLcore(2, { kind: "look" });
    assertStrictEquals(told?.current, 2);
  }
});

test("setThreadAffinity", () => {
  try {
    setThreadAffinity([0, 1]);
    assertEquals(threadAffinity(), [0, 1]);
    setThreadAffinity([1]);
    assertEquals(threadAffinity(), [1]);
    for (const cpus of [[], [1000]]) {
      const error = assertThrows(() => setThreadAffinity(cpus), DpdkError);
      assertStrictEquals(error.code, "EINVAL");
      assertMatch(error.message, /^set thread affinity to CPUs [^\n]*: EINVAL: /);
    }
    for (const cpu of [-1, 0.5, NaN, 1024]) {
      assertThrows(() => setThreadAffinity([cpu]), RangeError, "CPU must be an integer");
    }
    assertEquals(threadAffinity(), [1]);
  } finally {
    setThreadAffinity([0]);
  }
});

test("the main thread gives its lcore to a Worker and gets its affinity back", async () => {
  const busy = () => launchOnLcore(MODULE, 0, { data: { kind: "look" } }).done;
  await assertRejects(busy, Error, "EBUSY");

  releaseMainLcore();
  releaseMainLcore();
  assertEquals([Lcore.current, threadAffinity()], [LCORE_ID_ANY, before]);
  assertStrictEquals(Lcore.main, 0);
  assertEquals(await onLcore(0, { kind: "look" }), [
    { lcore: 0, current: 0, affinity: [0], kernel: [0], main: 0 },
  ]);

  const worker = await started(0, { kind: "poll" });
  assertThrows(() => Lcore.adopt(0), DpdkError, "EBUSY");
  assertStrictEquals(Lcore.current, LCORE_ID_ANY);
  worker.stop();
  await worker.done;
  {
    using lcore = Lcore.adopt(5);
    assertEquals([lcore.id, Lcore.current, threadAffinity()], [5, 5, [0, 1]]);
    lcore[Symbol.dispose]();
    assertStrictEquals(Lcore.current, LCORE_ID_ANY);
  }
  assertEquals(threadAffinity(), before);
});
