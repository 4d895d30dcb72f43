/**
 * What the server counts for each client. It stays in the server, so it is no part of the shared
 * layout.
 *
 * @module
 */

/** Offset of the packets that a client was given. */
export const RX = 0;
/** Offset of the packets that did not fit into its ring. */
export const RX_DROP = 1;

/** The counters of all clients, exact to 2^53, written by the forwarding lcore. */
export class ClientStats {
  readonly #values: Float64Array<SharedArrayBuffer>;

  /** Counters from 0 for `clients` clients. */
  constructor(clients: number) {
    const bytes = (RX_DROP + 1) * Float64Array.BYTES_PER_ELEMENT;
    this.#values = new Float64Array(new SharedArrayBuffer(clients * bytes));
  }

  /** The memory that a Worker is given. */
  get memory(): SharedArrayBuffer {
    return this.#values.buffer;
  }

  /** Packets that a client was given. */
  rx(client: number): number {
    return this.#values[client * (RX_DROP + 1) + RX] ?? 0;
  }

  /** Packets that did not fit into a client's ring. */
  rxDrop(client: number): number {
    return this.#values[client * (RX_DROP + 1) + RX_DROP] ?? 0;
  }
}
