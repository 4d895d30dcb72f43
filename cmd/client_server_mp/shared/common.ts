/**
 * What the server and its clients share, as `shared/common.h` of the C sample names and lays it out.
 *
 * @module
 */

import { Counters, DpdkError } from "../../../mod.ts";

/** The most clients of one server. */
export const MAX_CLIENTS = 16;
/** The pool that all packets come from. */
export const PKTMBUF_POOL_NAME = "MProc_pktmbuf_pool";
/** The memzone of {@linkcode PortInfo}. */
export const MZ_PORT_INFO = "MProc_port_info";
/** Packets that are received, dequeued and sent at once. */
export const BURST = 32;

/** The ring that a client receives from: `get_rx_queue_name`. */
export function rxQueueName(client: number): string {
  return `MProc_Client_${client}_RX`;
}

/** `RTE_MAX_ETHPORTS`. */
const MAX_PORTS = 32;
const CACHE_LINE = 64;
const U64 = BigUint64Array.BYTES_PER_ELEMENT;

function cacheAligned(bytes: number): number {
  return Math.ceil(bytes / CACHE_LINE) * CACHE_LINE;
}

/** Where the parts of `struct port_info` begin, bytes. */
const RX_STATS = cacheAligned(Uint16Array.BYTES_PER_ELEMENT * (1 + MAX_PORTS));
const TX_STATS = RX_STATS + cacheAligned(U64 * MAX_PORTS);
const TX_STATS_SIZE = cacheAligned(2 * U64 * MAX_PORTS);

/** `struct port_info`: which ports there are, and how many packets each of them saw. */
export class PortInfo {
  /** `sizeof(struct port_info)`. */
  static readonly bytes = TX_STATS + MAX_CLIENTS * TX_STATS_SIZE;

  readonly #memory: ArrayBuffer;
  /** Packets that the server received, by index into {@linkcode PortInfo.ports}. */
  readonly rx: Counters;

  /**
   * The structure in a memzone's memory.
   *
   * @throws {DpdkError} EPROTO when the memory is too small for it.
   */
  constructor(memory: ArrayBuffer) {
    if (memory.byteLength < PortInfo.bytes) {
      throw new DpdkError({
        operation: `memzone ${MZ_PORT_INFO}`,
        code: "EPROTO",
        reason: `${memory.byteLength} bytes, its layout has ${PortInfo.bytes}`,
        hint: "the server was built with another RTE_MAX_ETHPORTS",
      });
    }
    this.#memory = memory;
    this.rx = new Counters(memory, RX_STATS, MAX_PORTS);
  }

  /** Ids of the ports in use, two by two. */
  get ports(): number[] {
    const [count = 0, ...ids] = new Uint16Array(this.#memory, 0, 1 + MAX_PORTS);
    return ids.slice(0, count);
  }

  /** The server fills all in, from zero. */
  start(ports: readonly number[]): void {
    new Uint8Array(this.#memory).fill(0);
    new Uint16Array(this.#memory, 0, 1 + MAX_PORTS).set([ports.length, ...ports]);
  }

  /** Packets that a client sent, by port id. */
  tx(client: number): Counters {
    return new Counters(this.#memory, TX_STATS + client * TX_STATS_SIZE, MAX_PORTS);
  }

  /** Packets that a client's ports did not take, by port id. */
  txDrop(client: number): Counters {
    const start = TX_STATS + client * TX_STATS_SIZE + U64 * MAX_PORTS;
    return new Counters(this.#memory, start, MAX_PORTS);
  }
}
