/**
 * A slave of a `Supervisor`: how it is run, what it leaves behind, and its processes.
 *
 * @module
 */

import { endsWithUs } from "./ending.ts";
import type { SelfCommand } from "./self.ts";

/**
 * Something that a slave leaves behind when it ends, and that must be put in order before the next
 * process starts.
 */
export interface SlaveResource {
  /** Its name in events. */
  name: string;
  /**
   * Puts the resource in order for the next process. Called when all slaves of the group have
   * ended.
   */
  reset(): void | Promise<void>;
  /** Resources of a lower order are reset first, in the whole group; 0 where left out. */
  order?: number;
}

/** How a slave is run. */
export interface SlaveOptions {
  /** The slave's name in events. */
  name: string;
  /**
   * The command that starts a process of the slave. A replacement is started at once, while the
   * other slaves of the group are still stopping; so it must touch nothing that they share before
   * the start command comes. Where the master handles Ctrl-C, the process calls
   * {@linkcode ownProcessGroup} first.
   */
  command(): SelfCommand;
  /**
   * Sends the start command to a process; resolves when the process has obeyed. An abort of
   * `signal` ends the wait.
   */
  start(child: SlaveProcess, signal: AbortSignal): Promise<void>;
  /**
   * Sends the stop command to a process; resolves when the process has acknowledged it. The process
   * then ends by itself.
   */
  stop(child: SlaveProcess, signal: AbortSignal): Promise<void>;
  /**
   * A number that changes as long as the process works; a process whose number stands still for
   * {@linkcode SupervisorLimits.silence} is killed. Where left out, no process is killed for
   * silence.
   */
  heartbeat?(): number;
  /** Called when a process of this slave has ended, in whatever way. */
  onEnd?(child: SlaveProcess): void;
}

/** A process of a slave, running or ended. */
export class SlaveProcess {
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #ended = new AbortController();
  /** Resolves when the process has ended. */
  readonly status: Promise<Deno.CommandStatus>;
  /** When the process was spawned, in milliseconds of `performance.now()`. */
  readonly spawned: number;
  /**
   * When the process obeyed the start command, in milliseconds of `performance.now()`; undefined
   * before.
   */
  started: number | undefined;
  /** Whether the supervisor ended the process. */
  dismissed = false;

  /** @internal Use {@linkcode Supervisor.add}. */
  constructor(
    /** The slave that it is a process of. */
    readonly slave: Slave,
    { command, ...rest }: SelfCommand,
  ) {
    this.#child = new Deno.Command(command, { ...rest, stdin: "piped" }).spawn();
    this.spawned = performance.now();
    this.#stdin = this.#child.stdin.getWriter();
    // a broken pipe means that the process ends, which is noticed elsewhere; unhandled, it would
    // end the master
    this.#stdin.closed.catch(() => {});
    const registered = endsWithUs(this.pid);
    this.status = this.#child.status.then(async (status) => {
      registered[Symbol.dispose]();
      this.#ended.abort();
      await this.#stdin.close().catch(() => {});
      return status;
    });
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Whether the process is not known to have ended. */
  get running(): boolean {
    return !this.#ended.signal.aborted;
  }

  /** @internal Aborted when the process ends. */
  get end(): AbortSignal {
    return this.#ended.signal;
  }

  /** Writes text to the standard input of the process. */
  async write(text: string): Promise<void> {
    try {
      await this.#stdin.write(new TextEncoder().encode(text));
    } catch {
      // the process has ended, which is noticed elsewhere
    }
  }

  /** @internal Kills the process and waits until the process has ended. */
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

/**
 * A slave: its options, its resources and its current process. Made by {@linkcode Supervisor.add}.
 */
export class Slave {
  readonly #resources: SlaveResource[] = [];
  /**
   * @internal When processes of this slave died at once, in milliseconds of `performance.now()`.
   */
  readonly deaths: number[] = [];

  /** @internal Use {@linkcode Supervisor.add}. */
  constructor(readonly options: SlaveOptions) {}

  /** What events call it. */
  get name(): string {
    return this.options.name;
  }

  /** The resources that are reset when a process of this slave has ended. */
  get resources(): readonly SlaveResource[] {
    return this.#resources;
  }

  /** Adds a resource that is reset when a process of this slave has ended. */
  register(resource: SlaveResource): void {
    this.#resources.push(resource);
  }
}
