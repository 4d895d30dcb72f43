/**
 * Receive queues: `rte_eth_rx_burst`.
 *
 * @module
 */

import { type Hot, shim } from "../boundary/library.ts";
import { disposed } from "../boundary/native.ts";
import type { Burst } from "../mbuf/burst.ts";
import { handedOver } from "../transfer.ts";
import { notReady } from "./readiness.ts";

let ethReceive: Hot<"shim_eth_receive"> | undefined;

/**
 * A receive queue of a port, from {@linkcode Port.rxQueue}: that there is one was checked there. A
 * Worker that is given one has it as its own: one thread at a time receives from it.
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
   * Receives as many packets as there are, and as the burst has room for: `rte_eth_rx_burst`. The
   * burst owns them then.
   *
   * @param burst An empty one.
   * @returns how many came.
   * @throws {DpdkError} EBUSY when the burst still holds packets; ENOTSUP when the port is stopped.
   */
  receive(burst: Burst): number {
    if (!this.#alive) disposed(this.toString());
    ethReceive ??= shim().shim_eth_receive;
    const received = ethReceive(this.port, this.queue, burst.empty);
    return received <= burst.size ? received : notReady(this.port);
  }

  /** As `rx queue 0 of port 1`. */
  toString(): string {
    return `rx queue ${this.queue} of port ${this.port}`;
  }

  /** @internal Whether it can still be used. */
  get alive(): boolean {
    return this.#alive;
  }

  /** @internal The port has gone. */
  end(): void {
    this.#alive = false;
  }

  /** @internal */
  [handedOver](): { kind: string; by: [port: number, queue: number] } {
    return { kind: "RxQueue", by: [this.port, this.queue] };
  }
}
