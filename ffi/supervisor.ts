/**
 * Slave processes that are started again when they die, with what they left behind put in order.
 *
 * The master of the chapter's "Slave Process Recovery Mechanism": it keeps a list of resources for
 * each slave, notices at once that one has ended, stops those that depend on it, resets the
 * resources of all of them, and starts them again.
 *
 * @module
 */

import { DpdkError } from "./errors.ts";
import { processEnd, type SelfCommand } from "./process.ts";

/** How patient a {@linkcode Supervisor} is, all in milliseconds. */
export interface SupervisorLimits {
  /** From the start of a process until it obeys the start command; then it is killed. 10,000 where left out. */
  start?: number;
  /** Until the stop command is acknowledged; then the process is killed. 100 where left out. */
  stop?: number;
  /** From the acknowledgement until the process has ended; then it is killed. 1,000 where left out. */
  exit?: number;
  /** Without a sign of life; then the process is killed. 2,000 where left out. */
  silence?: number;
  /** A process that dies sooner after its start died "at once". 1,000 where left out. */
  quick?: number;
  /** In which a slave may die at once {@linkcode SupervisorLimits.deaths} times. 10,000 where left out. */
  window?: number;
  /** That many deaths at once in the window, not milliseconds: the group is left down. 5 where left out. */
  deaths?: number;
  /** Delay after the second death at once in a row; doubled after each further one. 100 where left out. */
  delay?: number;
}

const LIMITS: Required<SupervisorLimits> = {
  start: 10_000,
  stop: 100,
  exit: 1_000,
  silence: 2_000,
  quick: 1_000,
  window: 10_000,
  deaths: 5,
  delay: 100,
};

/** How often signs of life are looked for, in milliseconds. */
const HEARTBEAT_PERIOD = 100;

/** What happened in a group of slaves. */
export type SupervisorEvent =
  & {
    /** When, as `performance.now()` has it. */
    at: number;
    /** Names of the slaves of the group. */
    group: readonly string[];
  }
  & (
    | { kind: "spawned"; slave: string; pid: number }
    /** It obeys the start command, `ms` after it was spawned. */
    | { kind: "started"; slave: string; pid: number; ms: number }
    /** By itself, or because somebody killed it. */
    | { kind: "died"; slave: string; pid: number; status: Deno.CommandStatus }
    /** It acknowledged the stop command and has ended. */
    | { kind: "stopped"; slave: string; pid: number; ms: number }
    /** By the supervisor. */
    | { kind: "killed"; slave: string; pid: number; reason: string }
    | { kind: "reset"; slave: string; resource: string; ms: number }
    /** All of the group run again, `ms` after the first of them was found dead. */
    | { kind: "recovered"; ms: number }
    /** The next start comes later, because a slave died again at once. */
    | { kind: "delayed"; ms: number }
    /** A slave died at once too often: the group stays down, other groups go on. */
    | { kind: "gaveUp"; slave: string; deaths: number; ms: number }
    /** Resetting failed, so that the group stays down. */
    | { kind: "failed"; error: unknown }
  );

/** One thing that a slave leaves behind when it ends. */
export interface SlaveResource {
  /** What events call it. */
  name: string;
  /** Makes it good for the next process. All slaves of the group have ended when it is called. */
  reset(): void | Promise<void>;
  /** Resources of a lower order are reset first, in the whole group; 0 where left out. */
  order?: number;
}

/** How a slave is run. */
export interface SlaveOptions {
  /** What events call it. */
  name: string;
  /**
   * The command that starts its process. A process that replaces another is started at once, while
   * the others of the group stop, so that it touches nothing that they share before the start
   * command comes.
   */
  command(): SelfCommand;
  /** Sends the start command; resolves when the process obeys it. `signal` says to give up. */
  start(process: SlaveProcess, signal: AbortSignal): Promise<void>;
  /** Sends the stop command; resolves when it is acknowledged. The process ends by itself then. */
  stop(process: SlaveProcess, signal: AbortSignal): Promise<void>;
  /** A number that changes as long as the process works; not looked at where left out. */
  heartbeat?(): number;
  /** Called when a process of this slave has ended, whichever way. */
  onEnd?(process: SlaveProcess): void;
}

/** A running process of a slave, or one that ran. */
export class SlaveProcess {
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #ended = new AbortController();
  /** Resolves when the process has ended. */
  readonly status: Promise<Deno.CommandStatus>;
  /** When it was spawned, as `performance.now()` has it. */
  readonly spawned: number;
  /** When it obeyed the start command; undefined before. */
  started: number | undefined;
  /** Whether the supervisor ended it. */
  dismissed = false;

  /** @internal Use {@linkcode Supervisor.add}. */
  constructor(
    /** The slave that it is a process of. */
    readonly slave: Slave,
    { command, args }: SelfCommand,
  ) {
    this.#child = new Deno.Command(command, {
      args,
      stdin: "piped",
      // one Ctrl-C, or a terminal that goes away, is for the master alone to handle
      detached: true,
    }).spawn();
    this.spawned = performance.now();
    this.#stdin = this.#child.stdin.getWriter();
    // a broken pipe shows by the process's end; unobserved, it would end the master
    this.#stdin.closed.catch(() => {});
    this.status = this.#child.status.then((status) => {
      this.#ended.abort();
      return status;
    });
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Whether it has not ended yet, as far as is known. */
  get running(): boolean {
    return !this.#ended.signal.aborted;
  }

  /** @internal Aborts when it ends. */
  get end(): AbortSignal {
    return this.#ended.signal;
  }

  /** Writes to its standard input, which a waiting process can read without using a CPU. */
  async write(text: string): Promise<void> {
    try {
      await this.#stdin.write(new TextEncoder().encode(text));
    } catch {
      // it has ended, which is noticed elsewhere
    }
  }

  /** @internal Ends it for good and waits until it has ended. */
  async kill(): Promise<void> {
    this.dismissed = true;
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // it has ended
    }
    await this.status;
  }
}

/** A slave: its options, its resources and the process that runs now. */
export class Slave {
  readonly #resources: SlaveResource[] = [];
  /** @internal When its processes died at once, as `performance.now()` has it. */
  readonly deaths: number[] = [];

  /** @internal Use {@linkcode Supervisor.add}. */
  constructor(readonly options: SlaveOptions) {}

  /** What events call it. */
  get name(): string {
    return this.options.name;
  }

  /** What is reset when a process of this slave has ended. */
  get resources(): readonly SlaveResource[] {
    return this.#resources;
  }

  /** Adds to the list of resources. */
  register(resource: SlaveResource): void {
    this.#resources.push(resource);
  }
}

/** Options of {@linkcode Supervisor}. */
export interface SupervisorOptions {
  /** Called for all that happens, in order. */
  onEvent?(event: SupervisorEvent): void;
  /** Where the defaults do not fit. */
  limits?: SupervisorLimits;
}

/** An event without what the group adds. */
type Happening = SupervisorEvent extends infer Event
  ? Event extends SupervisorEvent ? Omit<Event, "at" | "group"> : never
  : never;

/** Resolves after a time, or when the signal aborts. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) return Promise.resolve();
  const end = () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
    resolve();
  };
  const timer = setTimeout(end, ms);
  signal.addEventListener("abort", end);
  return promise;
}

/** Runs `work` until it resolves (true), fails, is late, or `end` aborts (all false). */
async function within(
  ms: number,
  end: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const over = new AbortController();
  try {
    const late = sleep(ms, AbortSignal.any([over.signal, end])).then(() => false);
    return await Promise.race([work(over.signal).then(() => true, () => false), late]);
  } finally {
    over.abort();
  }
}

/** Slaves that depend on each other: when one dies, all stop and start again. */
class Group {
  readonly #slaves: readonly Slave[];
  readonly #names: readonly string[];
  readonly #limits: Required<SupervisorLimits>;
  readonly #onEvent: (event: SupervisorEvent) => void;
  readonly #stopping: AbortSignal;

  constructor(
    slaves: readonly Slave[],
    limits: Required<SupervisorLimits>,
    onEvent: (event: SupervisorEvent) => void,
    stopping: AbortSignal,
  ) {
    this.#slaves = slaves;
    this.#names = slaves.map(({ name }) => name);
    this.#limits = limits;
    this.#onEvent = onEvent;
    this.#stopping = stopping;
  }

  /** Runs the slaves until the supervisor stops or one dies too often. */
  async run(started: () => void): Promise<void> {
    let processes = this.#spawn();
    let down: number | undefined;
    for (;;) {
      if (await this.#start(processes)) {
        if (down !== undefined) this.#emit({ kind: "recovered", ms: performance.now() - down });
        started();
        await this.#watch(processes);
      }
      if (this.#stopping.aborted) return await this.#stop(processes);
      down = performance.now();
      const verdict = this.#judge(processes);
      // what replaces them starts up while they stop
      let next = verdict === 0 ? this.#spawn() : undefined;
      await this.#stop(processes);
      try {
        await this.#reset();
      } catch (error) {
        this.#emit({ kind: "failed", error });
        return await this.#stop(next ?? []);
      }
      if (verdict === "giveUp") return;
      if (next === undefined) {
        this.#emit({ kind: "delayed", ms: verdict });
        await sleep(verdict, this.#stopping);
        if (this.#stopping.aborted) return;
        next = this.#spawn();
      }
      processes = next;
    }
  }

  #emit(happening: Happening): void {
    this.#onEvent({ ...happening, at: performance.now(), group: this.#names });
  }

  #spawn(): SlaveProcess[] {
    return this.#slaves.map((slave) => {
      const process = new SlaveProcess(slave, slave.options.command());
      const { pid } = process;
      this.#emit({ kind: "spawned", slave: slave.name, pid });
      process.status.then((status) => {
        if (!process.dismissed) this.#emit({ kind: "died", slave: slave.name, pid, status });
        slave.options.onEnd?.(process);
      });
      return process;
    });
  }

  /** Lets all of them work; false when one does not, or when all is to end. */
  async #start(processes: readonly SlaveProcess[]): Promise<boolean> {
    const failed = new AbortController();
    const results = await Promise.all(processes.map(async (process) => {
      const { slave, pid, spawned } = process;
      const end = AbortSignal.any([process.end, this.#stopping, failed.signal]);
      const ok = await within(
        this.#limits.start,
        end,
        (signal) => slave.options.start(process, signal),
      );
      if (ok && process.running) {
        process.started = performance.now();
        this.#emit({ kind: "started", slave: slave.name, pid, ms: process.started - spawned });
        return true;
      }
      if (process.running && !end.aborted) {
        await this.#kill(process, `not ready in ${this.#limits.start} ms`);
        this.#died(process);
      }
      failed.abort();
      return false;
    }));
    return results.every(Boolean);
  }

  /** Until one of them ends or all is to end. */
  async #watch(processes: readonly SlaveProcess[]): Promise<void> {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#stopping]);
    const silent = this.#listen(processes, signal);
    await Promise.race([...processes.map(({ status }) => status), silent]);
    over.abort();
  }

  /** Kills the first one that shows no sign of life; resolves then, or when the signal aborts. */
  async #listen(processes: readonly SlaveProcess[], signal: AbortSignal): Promise<void> {
    const heard = processes.map(({ slave }) => ({
      beat: slave.options.heartbeat?.(),
      at: performance.now(),
    }));
    while (!signal.aborted) {
      await sleep(HEARTBEAT_PERIOD, signal);
      for (const [i, process] of processes.entries()) {
        const last = heard[i];
        const beat = process.slave.options.heartbeat?.();
        if (!last || beat === undefined || !process.running) continue;
        const now = performance.now();
        if (beat !== last.beat) {
          heard[i] = { beat, at: now };
        } else if (now - last.at > this.#limits.silence && !signal.aborted) {
          await this.#kill(process, `no sign of life for ${Math.round(now - last.at)} ms`);
          this.#died(process);
          return;
        }
      }
    }
  }

  async #kill(process: SlaveProcess, reason: string): Promise<void> {
    this.#emit({ kind: "killed", slave: process.slave.name, pid: process.pid, reason });
    await process.kill();
  }

  /** Counts a death that comes at once after the start. */
  #died({ slave, started }: SlaveProcess): void {
    const now = performance.now();
    if (started !== undefined && now - started > this.#limits.quick) slave.deaths.length = 0;
    else slave.deaths.push(now);
  }

  /** What the deaths of these processes mean: the delay before the next start. */
  #judge(processes: readonly SlaveProcess[]): number | "giveUp" {
    for (const process of processes) {
      if (!process.running && !process.dismissed) this.#died(process);
    }
    let delay = 0;
    for (const { name, deaths } of this.#slaves) {
      const since = performance.now() - this.#limits.window;
      while (deaths[0] !== undefined && deaths[0] < since) deaths.shift();
      if (deaths.length >= this.#limits.deaths) {
        const ms = performance.now() - (deaths[0] ?? 0);
        this.#emit({ kind: "gaveUp", slave: name, deaths: deaths.length, ms });
        return "giveUp";
      }
      if (deaths.length > 1) {
        delay = Math.max(delay, this.#limits.delay * 2 ** (deaths.length - 2));
      }
    }
    return delay;
  }

  /** Ends all of them, with the stop command where they obey and without where they do not. */
  async #stop(processes: readonly SlaveProcess[]): Promise<void> {
    await Promise.all(processes.map(async (process) => {
      if (!process.running) return;
      const begin = performance.now();
      const { slave, pid } = process;
      // one that has not started yet has nothing to finish
      if (process.started === undefined) return await this.#kill(process, "not started yet");
      process.dismissed = true;
      const { stop, exit } = this.#limits;
      const obeyed = await within(
        stop,
        process.end,
        (signal) => slave.options.stop(process, signal),
      );
      if (!obeyed && process.running) {
        return await this.#kill(process, `no acknowledgement in ${stop} ms`);
      }
      await Promise.race([process.status, sleep(exit, process.end)]);
      if (process.running) return await this.#kill(process, `did not end in ${exit} ms`);
      this.#emit({ kind: "stopped", slave: slave.name, pid, ms: performance.now() - begin });
    }));
  }

  async #reset(): Promise<void> {
    const resources = this.#slaves.flatMap((slave) =>
      slave.resources.map((resource) => ({ slave, resource }))
    );
    resources.sort((a, b) => (a.resource.order ?? 0) - (b.resource.order ?? 0));
    for (const { slave, resource } of resources) {
      const begin = performance.now();
      await resource.reset();
      const ms = performance.now() - begin;
      this.#emit({ kind: "reset", slave: slave.name, resource: resource.name, ms });
    }
  }
}

/**
 * Starts slaves, and starts them again when they die.
 *
 * @example
 * ```ts
 * import { selfCommand, Supervisor } from "./mod.ts";
 *
 * const supervisor = new Supervisor({ onEvent: (event) => console.log(event.kind) });
 * const slave = supervisor.add({
 *   name: "counter",
 *   command: () => selfCommand(["--slave"]),
 *   start: (process) => process.write("start\n"),
 *   stop: (process) => process.write("stop\n"),
 * });
 * slave.register({ name: "scratch zone", reset() {} });
 * await supervisor.start();
 * // ... at the end
 * await supervisor.stop();
 * ```
 */
export class Supervisor {
  readonly #groups: Slave[][] = [];
  readonly #runs: Promise<void>[] = [];
  readonly #stop = new AbortController();
  readonly #limits: Required<SupervisorLimits>;
  readonly #onEvent: (event: SupervisorEvent) => void;

  /** A supervisor without slaves yet. */
  constructor({ onEvent = () => {}, limits = {} }: SupervisorOptions = {}) {
    this.#onEvent = onEvent;
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Adds a slave. Give another one that depends on it, to make it one of its group. */
  add(options: SlaveOptions, dependent?: Slave): Slave {
    if (this.#runs.length > 0) {
      throw new DpdkError({ operation: "Supervisor.add", reason: "the slaves run already" });
    }
    const slave = new Slave(options);
    const group = dependent && this.#groups.find((group) => group.includes(dependent));
    if (group) group.push(slave);
    else this.#groups.push([slave]);
    return slave;
  }

  /** Starts all slaves; resolves when each group runs, or never will. */
  async start(): Promise<void> {
    await Promise.all(this.#groups.map((slaves) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const group = new Group(slaves, this.#limits, this.#onEvent, this.#stop.signal);
      const run = group.run(resolve);
      this.#runs.push(run);
      // what is thrown reaches whoever waits for the end
      run.catch(() => {}).then(resolve);
      return promise;
    }));
  }

  /** Resolves when no slave runs any more, because all groups were given up or by {@linkcode Supervisor.stop}. */
  async done(): Promise<void> {
    await Promise.all(this.#runs);
  }

  /** Ends all slaves and waits until they have ended. Idempotent. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.done();
  }

  /**
   * Calls `onEnd` as soon as a process ends that this supervisor did not start.
   *
   * @returns what stops the watch.
   */
  watch(pid: number, onEnd: (pid: number) => void): Disposable {
    const over = new AbortController();
    const stop = () => over.abort();
    processEnd(pid, over.signal).then(() => {
      if (!over.signal.aborted) onEnd(pid);
    }, () => {});
    return { [Symbol.dispose]: stop };
  }
}
