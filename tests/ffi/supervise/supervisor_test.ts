/** The supervisor, with slaves that are no DPDK processes. */

import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "../../assert.ts";
import { isAlive } from "../../harness.ts";
import { DpdkError } from "../../../mod.ts";
import {
  type Slave,
  type SlaveProcess,
  Supervisor,
  type SupervisorEvent,
  type SupervisorLimits,
} from "../../../ffi/supervise/supervise.ts";

const SCRIPT = fileURLToPath(new URL("../fixtures/slave.ts", import.meta.url));

/** A supervisor under test, with all that it said. */
class Trial implements AsyncDisposable {
  readonly events: SupervisorEvent[] = [];
  readonly supervisor: Supervisor;
  readonly #folder = Deno.makeTempDirSync({ prefix: "denodpdk-supervisor-" });
  #changed = Promise.withResolvers<void>();

  constructor(
    options: {
      reserve?: boolean;
      limits?: SupervisorLimits;
      onEvent?: (kind: SupervisorEvent["kind"]) => void;
    } = {},
  ) {
    this.supervisor = new Supervisor({
      ...options,
      limits: { start: 20_000, stop: 10_000, silence: 20_000, ...options.limits },
      onEvent: (event) => {
        this.events.push(event);
        this.#changed.resolve();
        this.#changed = Promise.withResolvers();
        options.onEvent?.(event.kind);
      },
    });
  }

  /** Adds a slave that behaves so. */
  add(name: string, behaviour = "good", partner?: Slave): Slave {
    const file = `${this.#folder}/${name}`;
    const says = async (what: string, child: SlaveProcess, signal: AbortSignal) => {
      await child.write(`${what === "started" ? "start" : "stop"}\n`);
      while (read(file) !== `${what} ${child.pid}`) {
        signal.throwIfAborted();
        await delay(2);
      }
    };
    return this.supervisor.add({
      name,
      command: () => ({
        command: Deno.execPath(),
        args: ["run", "-A", "--no-check", SCRIPT, file, behaviour],
      }),
      start: (child, signal) => says("started", child, signal),
      stop: (child, signal) => says("stopped", child, signal),
      heartbeat: () => Number(read(`${file}.beat`) || 0),
    }, partner);
  }

  /** Waits for the `count`-th event of a kind. */
  async event<Kind extends SupervisorEvent["kind"]>(kind: Kind, count = 1) {
    for (;;) {
      const found = this.seen(kind)[count - 1];
      if (found) return found;
      await this.#changed.promise;
    }
  }

  /** All events of a kind. */
  seen<Kind extends SupervisorEvent["kind"]>(kind: Kind) {
    return this.events.filter((event): event is Extract<SupervisorEvent, { kind: Kind }> =>
      event.kind === kind
    );
  }

  /** The pid of the process of a slave that obeyed the start command last. */
  pid(name: string): number {
    return this.seen("started").findLast(({ slave }) => slave === name)?.pid ?? NaN;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.supervisor.stop();
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

function alive(pid: number): boolean {
  return read(`/proc/${pid}/stat`) !== "";
}

Deno.test("a death stops those that depend on it, resets all resources in order, starts all again", async () => {
  await using trial = new Trial();
  const a = trial.add("a");
  const b = trial.add("b", "good", a);
  trial.add("c");
  const resets: string[] = [];
  const alone = () => assertEquals([a, b].filter(({ name }) => alive(trial.pid(name))), []);
  const reset = (name: string) => () => {
    alone();
    resets.push(name);
  };
  b.register({ name: "late", order: 2, reset: reset("b late") });
  a.register({ name: "lock", reset: reset("a lock") });
  b.register({ name: "zone", reset: reset("b zone") });
  a.register({
    name: "early",
    order: -1,
    async reset() {
      await delay(5);
      resets.push("a early");
    },
  });
  assertEquals(a.resources.map(({ name }) => name), ["lock", "early"]);
  await trial.supervisor.start();
  assertEquals(resets, []);
  const before = ["a", "b", "c"].map((name) => trial.pid(name));
  Deno.kill(trial.pid("a"), "SIGKILL");
  const { ms, group } = await trial.event("recovered");
  assertEquals([...group], ["a", "b"]);
  assert(ms >= 0);
  assertEquals(resets, ["a early", "a lock", "b zone", "b late"]);
  const [died, ...more] = trial.seen("died");
  assertEquals(more, []);
  assertEquals([died?.slave, died?.pid, died?.status.signal, died?.worked], [
    "a",
    before[0],
    "SIGKILL",
    true,
  ]);
  assertEquals(trial.seen("stopped").map(({ pid }) => pid), [before[1]]);
  const after = ["a", "b", "c"].map((name) => trial.pid(name));
  assertEquals(after.map((pid, i) => pid === before[i]), [false, false, true]);
  assertEquals(after.filter(alive), after);
  await trial.supervisor.stop();
  assertEquals(after.filter(alive), []);
  assertEquals(trial.seen("killed"), []);
});

Deno.test("a process in reserve takes over", async () => {
  await using trial = new Trial({ reserve: true });
  trial.add("a");
  await trial.supervisor.start();
  const { pid } = await trial.event("spawned", 2);
  assert(pid !== trial.pid("a"));
  Deno.kill(trial.pid("a"), "SIGKILL");
  await trial.event("recovered");
  assertEquals(trial.pid("a"), pid);
  // the next one in reserve dies, and is replaced
  const next = await trial.event("spawned", 3);
  Deno.kill(next.pid, "SIGKILL");
  const replaced = await trial.event("spawned", 4);
  assertEquals(trial.seen("died").map(({ worked }) => worked), [true, false]);
  Deno.kill(pid, "SIGKILL");
  await trial.event("recovered", 2);
  assertEquals(trial.pid("a"), replaced.pid);
  await trial.supervisor.stop();
  assertEquals(trial.seen("spawned").filter(({ pid }) => alive(pid)), []);
});

Deno.test("one that dies at once comes later and later, then not any more; others go on", async () => {
  await using trial = new Trial({
    limits: { deaths: 4, delay: 20, quick: 60_000, window: 60_000 },
  });
  trial.add("good");
  trial.add("bad", "brief");
  const started = trial.supervisor.start();
  const { slave, deaths } = await trial.event("gaveUp");
  await started;
  assertEquals([slave, deaths], ["bad", 4]);
  assertEquals(trial.seen("delayed").map(({ ms }) => ms), [20, 40]);
  assertEquals(trial.seen("died").map(({ status }) => status.code), [3, 3, 3, 3]);
  assert(alive(trial.pid("good")));
});

Deno.test("one that does not start, does not stop or shows no sign of life is killed", async () => {
  {
    await using trial = new Trial({ limits: { start: 300, deaths: 1 } });
    trial.add("mute", "mute");
    await trial.supervisor.start();
    const { reason } = await trial.event("killed");
    assert(/^not ready in \d+ ms$/.test(reason), reason);
    await trial.supervisor.done();
    assertEquals(trial.seen("gaveUp").length, 1);
  }
  {
    await using trial = new Trial({ limits: { stop: 50 } });
    trial.add("stubborn", "stubborn");
    await trial.supervisor.start();
    await trial.supervisor.stop();
    assertEquals(trial.seen("killed").map(({ reason }) => reason), [
      "no acknowledgement in 50 ms",
    ]);
  }
  await using trial = new Trial({ limits: { silence: 200 } });
  trial.add("silent", "silent");
  await trial.supervisor.start();
  const { reason } = await trial.event("killed");
  assert(/^no sign of life for \d+ ms$/.test(reason), reason);
});

Deno.test("a reset that fails leaves the group down and is told", async () => {
  await using trial = new Trial();
  const a = trial.add("a");
  trial.add("b", "good", a);
  a.register({
    name: "zone",
    reset() {
      throw new Error("no zone");
    },
  });
  await trial.supervisor.start();
  Deno.kill(trial.pid("b"), "SIGKILL");
  const { error } = await trial.event("failed");
  assertEquals((error as Error).message, "no zone");
  await trial.supervisor.done();
  assertEquals(trial.seen("spawned").filter(({ pid }) => alive(pid)), []);
});

Deno.test("a program that is not there is an error of done(); no slave can be added later", async () => {
  const supervisor = new Supervisor();
  const command = () => ({ command: "/nonexistent/program", args: [] });
  const never = () => Promise.resolve();
  supervisor.add({ name: "a", command, start: never, stop: never });
  await supervisor.start();
  await assertRejects(() => supervisor.done(), Deno.errors.NotFound);
  assertThrows(
    () => supervisor.add({ name: "b", command, start: never, stop: never }),
    DpdkError,
    "run already",
  );
});

Deno.test("a process that cannot be started is told of and tried again, later and later", async () => {
  await using trial = new Trial({ reserve: true, limits: { delay: 5, quick: 0 } });
  const { supervisor } = trial;
  let refused = 0;
  const slave = trial.add("a");
  const { command } = slave.options;
  slave.options.command = () => {
    if (refused > 0 && refused-- > 0) throw new Error("Too many open files");
    return command();
  };
  await supervisor.start();
  await trial.event("spawned", 2);
  refused = 4;
  // the one in reserve takes over, and another one cannot be had at first
  Deno.kill(trial.pid("a"), "SIGKILL");
  await trial.event("recovered");
  await trial.event("spawned", 3);
  const told = trial.seen("unstarted");
  assertEquals(told.map(({ slave, ms }) => [slave, ms]), [["a", 5], ["a", 10], ["a", 20], [
    "a",
    40,
  ]]);
  assertMatch(String(told[0]?.error), /Too many open files/);
  refused = 2;
  const reserve = trial.seen("spawned")[2]?.pid ?? 0;
  // neither one that works nor one in reserve: the group comes again when it can
  Deno.kill(reserve, "SIGKILL");
  Deno.kill(trial.pid("a"), "SIGKILL");
  await trial.event("recovered", 2);
  assertEquals(trial.seen("failed"), []);
});

/** A supervisor whose program throws somewhere; what `done()` says, when all have ended. */
async function failing(break_: (slave: Slave) => void, onEvent: (kind: string) => void = () => {}) {
  await using trial = new Trial({ onEvent: (kind) => onEvent(kind) });
  const slave = trial.add("a");
  trial.add("b");
  break_(slave);
  await trial.supervisor.start();
  const pids = trial.seen("spawned").map(({ pid }) => pid);
  if (trial.seen("started").length > 0) {
    // what has not thrown yet does so at a death
    try {
      Deno.kill(trial.pid("a"), "SIGKILL");
    } catch {
      // it has ended already
    }
  }
  await assertRejects(() => trial.supervisor.done(), Error, "by mistake");
  assertEquals(pids.filter((pid) => isAlive(pid)), []);
}

const mistake = () => {
  throw new Error("by mistake");
};

Deno.test("a function that throws ends all slaves in order, and done() tells", async () => {
  await failing((slave) => slave.options.onEnd = mistake);
  await failing((slave) => slave.options.heartbeat = mistake);
  await failing(() => {}, (kind) => kind === "died" && mistake());
});

Deno.test({
  name: "watch tells of the end of a process that somebody else started",
  // the wait of a watch that was given up ends a little later
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const supervisor = new Supervisor();
    // a child of the shell, which is not ours
    const shell = new Deno.Command("sh", {
      args: ["-c", "sleep 60 & echo $!; sleep 60 & echo $!; exec cat"],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = shell.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (text.trim().split("\n").length < 2) text += (await reader.read()).value ?? "";
    const [first = 0, second = 0] = text.trim().split("\n").map(Number);
    const ended: number[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const watches = [first, second].map((pid) =>
      supervisor.watch(pid, (pid) => {
        ended.push(pid);
        resolve();
      })
    );
    watches[1]?.[Symbol.dispose]();
    Deno.kill(second, "SIGKILL");
    Deno.kill(first, "SIGKILL");
    await promise;
    assertEquals(ended, [first]);
    await shell.stdin.close();
    await shell.status;
    await reader.cancel();
    // one that is gone already
    const gone = Promise.withResolvers<number>();
    supervisor.watch(shell.pid, gone.resolve);
    assertEquals(await gone.promise, shell.pid);
  },
});
