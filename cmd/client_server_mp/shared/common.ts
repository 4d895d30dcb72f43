/**
 * What the server and its clients share, as `shared/common.h` of the C sample names and lays it out.
 *
 * @module
 */

import { Counters, DpdkError, Memzone, Port } from "../../../ffi/port_worker.ts";

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

const U64 = BigUint64Array.BYTES_PER_ELEMENT;

/** Where the parts of `struct port_info` begin, and how large they are, bytes. */
interface Layout {
  rxStats: number;
  txStats: number;
  /** Bytes of the statistics of one client. */
  txStatsSize: number;
  /** `sizeof(struct port_info)`. */
  bytes: number;
}

/** The layout of a DPDK that was built for so many ports, with cache lines of so many bytes. */
export function portInfoLayout(ports: number, cacheLine: number): Layout {
  const aligned = (bytes: number) => Math.ceil(bytes / cacheLine) * cacheLine;
  const rxStats = aligned(Uint16Array.BYTES_PER_ELEMENT * (1 + ports));
  const txStats = rxStats + aligned(U64 * ports);
  const txStatsSize = aligned(2 * U64 * ports);
  return { rxStats, txStats, txStatsSize, bytes: txStats + MAX_CLIENTS * txStatsSize };
}

/** `struct port_info`: which ports there are, and how many packets each of them saw. */
export class PortInfo {
  /** `sizeof(struct port_info)`. */
  static get bytes(): number {
    return portInfoLayout(Port.max, Memzone.cacheLine).bytes;
  }

  readonly #maxPorts = Port.max;
  readonly #layout = portInfoLayout(this.#maxPorts, Memzone.cacheLine);
  readonly #memory: ArrayBuffer;
  /** Packets that the server received, by index into {@linkcode PortInfo.ports}. */
  readonly rx: Counters;

  /**
   * The structure in a memzone's memory.
   *
   * @throws {DpdkError} EPROTO when the memory is too small for it.
   */
  constructor(memory: ArrayBuffer) {
    const { bytes, rxStats } = this.#layout;
    if (memory.byteLength < bytes) {
      throw new DpdkError({
        operation: `memzone ${MZ_PORT_INFO}`,
        code: "EPROTO",
        reason: `${memory.byteLength} bytes, its layout has ${bytes}`,
        hint: "the server was built with another RTE_MAX_ETHPORTS",
      });
    }
    this.#memory = memory;
    this.rx = new Counters(memory, rxStats, this.#maxPorts);
  }

  /** Ids of the ports in use; each even one and the next are a pair. */
  get ports(): number[] {
    const [count = 0, ...ids] = new Uint16Array(this.#memory, 0, 1 + this.#maxPorts);
    return ids.slice(0, count);
  }

  /** Server: writes the ports, and sets all counters to zero. */
  start(ports: readonly number[]): void {
    new Uint8Array(this.#memory).fill(0);
    new Uint16Array(this.#memory, 0, 1 + this.#maxPorts).set([ports.length, ...ports]);
  }

  /** Packets that a client sent, by port id. */
  tx(client: number): Counters {
    return new Counters(this.#memory, this.#txAt(client), this.#maxPorts);
  }

  /** Packets that a client's ports did not take, by port id. */
  txDrop(client: number): Counters {
    const start = this.#txAt(client) + U64 * this.#maxPorts;
    return new Counters(this.#memory, start, this.#maxPorts);
  }

  /** Where the statistics of a client begin. */
  #txAt(client: number): number {
    return this.#layout.txStats + client * this.#layout.txStatsSize;
  }
}
