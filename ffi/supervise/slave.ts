/**
 * A slave as a `Supervisor` knows it: how it is run, what it leaves behind, its processes.
 *
 * @module
 */

import { endsWithUs } from "./ending.ts";
import type { SelfCommand } from "./self.ts";

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
   * command comes. Where Ctrl-C is for the master to handle, it calls `ownProcessGroup()` first.
   */
  command(): SelfCommand;
  /** Sends the start command; resolves when the process obeys it. `signal` says to give up. */
  start(child: SlaveProcess, signal: AbortSignal): Promise<void>;
  /** Sends the stop command; resolves when it is acknowledged. The process ends by itself then. */
  stop(child: SlaveProcess, signal: AbortSignal): Promise<void>;
  /** A number that changes as long as the process works; not looked at where left out. */
  heartbeat?(): number;
  /** Called when a process of this slave has ended, whichever way. */
  onEnd?(child: SlaveProcess): void;
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
    { command, ...rest }: SelfCommand,
  ) {
    this.#child = new Deno.Command(command, { ...rest, stdin: "piped" }).spawn();
    this.spawned = performance.now();
    this.#stdin = this.#child.stdin.getWriter();
    // a broken pipe shows by the process's end; unobserved, it would end the master
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
