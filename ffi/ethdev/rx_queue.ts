/**
 * Receive queues: `rte_eth_rx_burst`.
 *
 * @module
 */

import { type Hot, shim } from "../boundary/library.ts";
import { disposed } from "../boundary/native.ts";
import { inspected } from "../boundary/shown.ts";
import type { Burst } from "../mbuf/burst.ts";
import { handedOver } from "../transfer.ts";
import { received } from "./received.ts";
import { notReady } from "./readiness.ts";

let ethReceive: Hot<"shim_eth_receive"> | undefined;

/**
 * A receive queue of a port, from {@linkcode Port.rxQueue}. One thread at a time receives from a
 * queue, of all processes. A queue that is handed to a Worker becomes a handle of that Worker's
 * own.
 */
export class RxQueue {
  /** The port's id. */
  readonly port: number;
  /** Number of the queue. */
  readonly queue: number;
  #alive = true;

  /** @internal Use {@linkcode Port.rxQueue}. */
  constructor(port: number, queue: number) {
    this.port = port;
    this.queue = queue;
  }

  /**
   * Receives the packets that have come, as many as the burst has room for, and returns at once:
   * `rte_eth_rx_burst`. The burst owns them then.
   *
   * @param burst an empty burst, which is filled.
   * @returns the number of packets received; 0 when none had come.
   * @throws {DpdkError} EBUSY when the burst still holds packets; ENOTSUP when the port is stopped.
   */
  receive(burst: Burst): number {
    if (!this.#alive) disposed(this.toString());
    ethReceive ??= shim().shim_eth_receive;
    const received = ethReceive(this.port, this.queue, burst.empty);
    return received <= burst.size ? received : notReady(this.port);
  }

  /**
   * The packets as they come, burst by burst, for `for await` in a script on the main thread. A
   * burst is valid until the loop asks for the next one; packets that are left in it then go back
   * to their pools. While nothing comes the loop sleeps for a millisecond at a time, so that
   * signals and timers are served. A loop on an lcore calls {@linkcode RxQueue.receive} instead.
   *
   * @param options size: the most packets of a burst, 32 where left out; signal: ends it when it is
   * aborted.
   * @throws {DpdkError} as {@linkcode RxQueue.receive}.
   *
   * @example Print what comes, and send it back
   * ```ts
   * import type { Port } from "denodpdk";
   *
   * async function echo(port: Port, signal: AbortSignal) {
   *   using tx = port.txQueue(0);
   *   for await (const burst of port.rxQueue(0).bursts({ signal })) {
   *     for (const packet of burst) console.log(`${packet}`);
   *     tx.send(burst);
   *   }
   * }
   * ```
   */
  bursts(
    options: { size?: number; signal?: AbortSignal } = {},
  ): AsyncGenerator<Burst, void, undefined> {
    return received([this], options);
  }

  /** The queue in words: `rx queue 0 of port 1`. */
  toString(): string {
    return `rx queue ${this.queue} of port ${this.port}`;
  }

  /** What `console.log` shows. */
  [inspected](): string {
    return this.#alive ? `RxQueue: ${this}` : `RxQueue: ${this} (disposed)`;
  }

  /** @internal Whether the queue can still be used. */
  get alive(): boolean {
    return this.#alive;
  }

  /** @internal Called when the port is gone. */
  end(): void {
    this.#alive = false;
  }

  /** @internal */
  [handedOver](): { kind: string; by: [port: number, queue: number] } {
    return { kind: "RxQueue", by: [this.port, this.queue] };
  }
}
