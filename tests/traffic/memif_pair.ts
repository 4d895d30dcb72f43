/**
 * Two processes that are connected by net_memif, each a primary of its own.
 *
 * @module
 */

import { type Command, program, SharedFolder, testPrefix, type TestProcess } from "../harness.ts";

/** The program traffic. */
export const TRAFFIC: Command = program("traffic");

/** The two ends of a socket; disposal ends the processes and removes what is left of them. */
export class MemifPair implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  /** A folder for the socket and what the processes write. */
  readonly folder: SharedFolder = this.#stack.use(new SharedFolder());

  /** The name of a file in the folder, for the processes. */
  file(name: string): string {
    return this.folder.there(name);
  }

  /** The JSON that a process wrote to a file in the folder. */
  json(name: string) {
    return JSON.parse(this.folder.text(name));
  }

  /**
   * Starts the one end, a server on CPU 0, which must be up first, or the other one, a client on
   * CPU 1.
   *
   * @param name for messages; each process of a pair has another one.
   * @param args what comes behind EAL's options.
   */
  start(
    name: string,
    role: "server" | "client",
    args: readonly string[],
    program: Command = TRAFFIC,
  ): TestProcess {
    const cpu = role === "server" ? 0 : 1;
    return this.startWith(name, `${cpu}@${cpu}`, [this.device(role)], args, program);
  }

  /** The device that is an end of a socket in the folder, as EAL's option takes it. */
  device(role: "server" | "client", socket = "socket", index = 0): string {
    return `net_memif${index},role=${role},socket-abstract=no,socket=${this.file(socket)}`;
  }

  /**
   * Starts a process with devices.
   *
   * @param lcores its lcores and their CPUs, as `0@0,1@0`.
   */
  startWith(
    name: string,
    lcores: string,
    devices: readonly string[],
    args: readonly string[],
    program: Command = TRAFFIC,
  ): TestProcess {
    const prefix = this.#stack.use(testPrefix());
    const vdevs = devices.map((device) => `--vdev=${device}`);
    const eal = prefix.eal({ lcores, extra: ["-m", "64", ...vdevs] });
    return prefix.spawn(name, program, [...eal, "--", ...args]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}
