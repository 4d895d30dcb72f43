/**
 * A group of slaves that depend on each other: one loop that starts them, waits until one dies,
 * stops the others, resets what all of them left behind, and begins again.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { type Slave, SlaveProcess } from "./slave.ts";

/** How long a {@linkcode Supervisor} waits for its slaves, in milliseconds. */
export interface SupervisorLimits {
  /**
   * How long a process may take until it obeys the start command before it is killed; 10,000 where
   * left out.
   */
  start?: number;
  /**
   * How long a process may take to acknowledge the stop command before it is killed; 1,000 where
   * left out.
   */
  stop?: number;
  /**
   * How long a process may take to end after that acknowledgement before it is killed; 1,000 where
   * left out.
   */
  exit?: number;
  /** How long a process's heartbeat may stand still before it is killed; 2,000 where left out. */
  silence?: number;
  /** A process that dies within this time after its start died "at once"; 500 where left out. */
  quick?: number;
  /**
   * The time within which {@linkcode SupervisorLimits.deaths} are counted; 10,000 where left out.
   */
  window?: number;
  /**
   * A number, not a time: after this many deaths "at once" within the window the group is given up;
   * 5 where left out.
   */
  deaths?: number;
  /**
   * How long the supervisor waits before it starts a slave again that died "at once" twice in a
   * row, or could not be started; doubled each further time; 100 where left out.
   */
  delay?: number;
}

/** The least time that a process has to obey the start command, in milliseconds. */
const WAKE_LIMIT = 1_000;

/** Milliseconds between two looks at heartbeats. */
const HEARTBEAT_PERIOD = 100;

/** The longest delay before another attempt to start a process, in milliseconds. */
const RETRY_LIMIT = 5_000;

/** What happened in a group of slaves. */
export type SupervisorEvent =
  & {
    /** When, as `performance.now()` has it. */
    at: number;
    /** Names of the slaves of the group. */
    group: readonly string[];
  }
  & (
    | {
      kind: "spawned";
      slave: string;
      pid: number;
      /** Whether the process starts up and waits in reserve, until the slave's process ends. */
      reserve: boolean;
    }
    /**
     * No process could be started, as for lack of memory or descriptors; the next attempt comes in
     * `ms`.
     */
    | { kind: "unstarted"; slave: string; error: unknown; ms: number }
    /** A process obeys the start command, `ms` after it was spawned. */
    | { kind: "started"; slave: string; pid: number; ms: number }
    /** A process ended by itself, or was killed by somebody else. */
    | {
      kind: "died";
      slave: string;
      pid: number;
      status: Deno.CommandStatus;
      /** Whether the process had obeyed the start command. */
      worked: boolean;
    }
    /** A process acknowledged the stop command and has ended. */
    | { kind: "stopped"; slave: string; pid: number; ms: number }
    /** The supervisor killed a process; no `died` follows. */
    | { kind: "killed"; slave: string; pid: number; reason: string }
    | { kind: "reset"; slave: string; resource: string; ms: number }
    /** All slaves of the group run again, `ms` after the first of them was found dead. */
    | { kind: "recovered"; ms: number }
    /** The next start comes later, because a slave died again at once. */
    | { kind: "delayed"; ms: number }
    /** A slave died at once too often: the group stays down, other groups go on. */
    | { kind: "gaveUp"; slave: string; deaths: number; ms: number }
    /** Resetting a resource failed, or another call that must not fail; the group stays down. */
    | { kind: "failed"; error: unknown }
  );

/** An event without the fields that the group adds. */
type Happening = SupervisorEvent extends infer Event
  ? Event extends SupervisorEvent ? Omit<Event, "at" | "group"> : never
  : never;

/** Resolves after a time, or when the signal aborts. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}

/**
 * Runs `work`. Resolves to true when it resolves in time, and to false when it fails, is late, or
 * `end` is aborted.
 */
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

/** @internal What all groups of a supervisor share. */
export interface Common {
  limits: Required<SupervisorLimits>;
  reserve: boolean;
  onEvent: (event: SupervisorEvent) => void;
  stopping: AbortSignal;
  /** Ends all groups in order, because of an unexpected error. */
  fail: (error: unknown) => void;
}

/** @internal Slaves that depend on each other: when one dies, all stop and start again. */
export class Group {
  readonly #slaves: readonly Slave[];
  readonly #names: readonly string[];
  readonly #limits: Required<SupervisorLimits>;
  readonly #onEvent: (event: SupervisorEvent) => void;
  readonly #stopping: AbortSignal;
  readonly #fail: (error: unknown) => void;
  /** All running processes. */
  readonly #processes = new Set<SlaveProcess>();
  /** Slaves that have had a process. */
  readonly #spawned = new Set<Slave>();
  /** How often in a row a slave's process could not be started. */
  readonly #failures = new Map<Slave, number>();
  /** Processes in reserve; undefined where the group keeps none. */
  readonly #reserve: Map<Slave, SlaveProcess> | undefined;
  /** Slaves whose reserve could not be started, and will be tried again. */
  readonly #refilling = new Set<Slave>();
  /** Whether all slaves of the group work. */
  #watching = false;

  constructor(slaves: readonly Slave[], { limits, reserve, onEvent, stopping, fail }: Common) {
    this.#slaves = slaves;
    this.#names = slaves.map(({ name }) => name);
    this.#limits = limits;
    this.#onEvent = onEvent;
    this.#stopping = stopping;
    this.#fail = fail;
    this.#reserve = reserve ? new Map() : undefined;
  }

  /** Runs the slaves until the supervisor stops or one dies too often. Never rejects. */
  async run(started: () => void): Promise<void> {
    try {
      await this.#run(started);
    } catch (error) {
      this.#emit({ kind: "failed", error });
    }
    // processes in reserve, and all others where something failed
    await Promise.all([...this.#processes].map((child) => child.kill()));
  }

  async #run(started: () => void): Promise<void> {
    let processes = await this.#complete(this.#spawn());
    let down: number | undefined;
    for (;;) {
      if (await this.#start(processes)) {
        if (down !== undefined) this.#emit({ kind: "recovered", ms: performance.now() - down });
        down = undefined;
        started();
        this.#fillReserve();
        await this.#watch(processes);
      }
      if (this.#stopping.aborted) return await this.#stop(processes);
      down ??= performance.now();
      const verdict = this.#judge(processes);
      // the replacements start up while the old processes stop
      let next = verdict === 0 ? this.#spawn() : undefined;
      await this.#stop(processes);
      try {
        await this.#reset();
      } catch (error) {
        this.#emit({ kind: "failed", error });
        return await this.#stop([...next?.values() ?? []]);
      }
      if (verdict === "giveUp") return;
      if (next === undefined) {
        this.#emit({ kind: "delayed", ms: verdict });
        await sleep(verdict, this.#stopping);
        if (this.#stopping.aborted) return;
        next = this.#spawn();
      }
      processes = await this.#complete(next);
    }
  }

  #emit(happening: Happening): void {
    try {
      this.#onEvent({ ...happening, at: performance.now(), group: this.#names });
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * A process for each slave, from its reserve or newly started. Slaves whose process cannot be
   * started are missing.
   */
  #spawn(): Map<Slave, SlaveProcess> {
    const processes = new Map<Slave, SlaveProcess>();
    for (const slave of this.#slaves) {
      const ready = this.#reserve?.get(slave);
      this.#reserve?.delete(slave);
      const child = ready?.running ? ready : this.#spawnOne(slave);
      if (child) processes.set(slave, child);
    }
    return processes;
  }

  /**
   * Starts the processes that could not be started before, as soon as possible. Returns all in the
   * order of their slaves.
   */
  async #complete(processes: Map<Slave, SlaveProcess>): Promise<SlaveProcess[]> {
    for (const slave of this.#slaves) {
      while (!processes.has(slave) && !this.#stopping.aborted) {
        await sleep(this.#retryDelay(slave), this.#stopping);
        const child = this.#stopping.aborted ? undefined : this.#spawnOne(slave);
        if (child) processes.set(slave, child);
      }
    }
    return this.#slaves.flatMap((slave) => processes.get(slave) ?? []);
  }

  /** How long to wait before the next attempt to start a process of a slave, in milliseconds. */
  #retryDelay(slave: Slave): number {
    const failures = this.#failures.get(slave) ?? 0;
    return failures === 0
      ? 0
      : Math.min(this.#limits.delay * 2 ** Math.min(failures - 1, 30), RETRY_LIMIT);
  }

  /**
   * Starts a process of a slave. A failure is reported by an event and gives undefined; at the very
   * first start of a slave it ends all groups.
   */
  #spawnOne(slave: Slave, reserve = false): SlaveProcess | undefined {
    let child: SlaveProcess;
    try {
      child = new SlaveProcess(slave, slave.options.command());
    } catch (error) {
      // a slave that could never be started will hardly start later
      if (!this.#spawned.has(slave)) {
        this.#fail(error);
        return undefined;
      }
      this.#failures.set(slave, (this.#failures.get(slave) ?? 0) + 1);
      this.#emit({ kind: "unstarted", slave: slave.name, error, ms: this.#retryDelay(slave) });
      return undefined;
    }
    this.#spawned.add(slave);
    this.#failures.delete(slave);
    this.#processes.add(child);
    const { pid } = child;
    this.#emit({ kind: "spawned", slave: slave.name, pid, reserve });
    child.status.then((status) => {
      this.#processes.delete(child);
      const worked = child.started !== undefined;
      // Ctrl-C ends a process that has no process group of its own yet
      const needless = !worked && this.#stopping.aborted;
      if (!child.dismissed && !needless) {
        this.#emit({ kind: "died", slave: slave.name, pid, status, worked });
      }
      slave.options.onEnd?.(child);
    }).catch(this.#fail);
    return child;
  }

  /** Starts a reserve process for each slave. */
  #fillReserve(): void {
    for (const slave of this.#slaves) this.#fillReserveOf(slave);
  }

  /**
   * Starts a reserve process for a slave. When it dies or cannot be started, another attempt
   * follows after a delay.
   */
  #fillReserveOf(slave: Slave): void {
    const reserve = this.#reserve;
    if (!reserve || reserve.get(slave)?.running || this.#refilling.has(slave)) return;
    const child = this.#spawnOne(slave, true);
    if (child) reserve.set(slave, child);
    else this.#refilling.add(slave);
    const again = child
      ? child.status.then(() => sleep(this.#limits.quick, this.#stopping))
      : sleep(this.#retryDelay(slave), this.#stopping);
    again.then(() => {
      if (!child) this.#refilling.delete(slave);
      const missing = reserve.get(slave) === child;
      if (missing && this.#watching && !this.#stopping.aborted) this.#fillReserveOf(slave);
    }).catch(this.#fail);
  }

  /**
   * Lets all processes work. Resolves to false when one does not start to, or when the supervisor
   * ends.
   */
  async #start(processes: readonly SlaveProcess[]): Promise<boolean> {
    const failed = new AbortController();
    const results = await Promise.all(processes.map(async (child) => {
      const { slave, pid, spawned } = child;
      // a process that has started up long ago has only to wake up
      const limit = Math.max(WAKE_LIMIT, this.#limits.start - (performance.now() - spawned));
      const end = AbortSignal.any([child.end, this.#stopping, failed.signal]);
      const ok = await within(
        Math.min(limit, this.#limits.start),
        end,
        (signal) => slave.options.start(child, signal),
      );
      if (ok && child.running) {
        child.started = performance.now();
        this.#emit({ kind: "started", slave: slave.name, pid, ms: child.started - spawned });
        return true;
      }
      if (child.running && !end.aborted) {
        await this.#kill(child, `not ready in ${Math.round(limit)} ms`);
        this.#died(child);
      }
      failed.abort();
      return false;
    }));
    return results.every(Boolean);
  }

  /** Resolves when one of the processes ends, or when the supervisor ends. */
  async #watch(processes: readonly SlaveProcess[]): Promise<void> {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#stopping]);
    const silent = this.#listen(processes, signal);
    // an error of the wait is an error of the group
    silent.catch(this.#fail);
    this.#watching = true;
    await Promise.race([...processes.map(({ status }) => status), silent]);
    this.#watching = false;
    over.abort();
  }

  /**
   * Kills the first process whose heartbeat stands still. Resolves then, or when the signal is
   * aborted.
   */
  async #listen(processes: readonly SlaveProcess[], signal: AbortSignal): Promise<void> {
    const heard = processes.map(({ slave }) => ({ beat: slave.options.heartbeat?.(), missed: 0 }));
    while (!signal.aborted) {
      await sleep(HEARTBEAT_PERIOD, signal);
      for (const [i, child] of processes.entries()) {
        const last = heard[i];
        const beat = child.slave.options.heartbeat?.();
        if (!last || beat === undefined || !child.running) continue;
        // looks are counted, not time: when the whole machine stood still, no process was silent
        last.missed = beat === last.beat ? last.missed + 1 : 0;
        last.beat = beat;
        const silence = last.missed * HEARTBEAT_PERIOD;
        if (silence < this.#limits.silence || signal.aborted) continue;
        await this.#kill(child, `no sign of life for ${silence} ms`);
        this.#died(child);
        return;
      }
    }
  }

  async #kill(child: SlaveProcess, reason: string): Promise<void> {
    this.#emit({ kind: "killed", slave: child.slave.name, pid: child.pid, reason });
    await child.kill();
  }

  /** Counts a process that died "at once" after its start. */
  #died({ slave, started }: SlaveProcess): void {
    const now = performance.now();
    if (started !== undefined && now - started > this.#limits.quick) slave.deaths.length = 0;
    else slave.deaths.push(now);
  }

  /**
   * What the deaths of these processes mean for the next start: a delay in milliseconds, or none at
   * all.
   */
  #judge(processes: readonly SlaveProcess[]): number | "giveUp" {
    for (const child of processes) {
      if (!child.running && !child.dismissed) this.#died(child);
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

  /** Ends all processes: by the stop command those that obey, by killing the others. */
  async #stop(processes: readonly SlaveProcess[]): Promise<void> {
    await Promise.all(processes.map(async (child) => {
      if (!child.running) return;
      const begin = performance.now();
      const { slave, pid } = child;
      // a process that does not work yet has nothing to finish
      if (child.started === undefined) return await this.#kill(child, "not started yet");
      child.dismissed = true;
      const { stop, exit } = this.#limits;
      const obeyed = await within(
        stop,
        child.end,
        (signal) => slave.options.stop(child, signal),
      );
      if (!obeyed && child.running) {
        return await this.#kill(child, `no acknowledgement in ${stop} ms`);
      }
      await Promise.race([child.status, sleep(exit, child.end)]);
      if (child.running) return await this.#kill(child, `did not end in ${exit} ms`);
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
