/**
 * A device under test of which all is known: it forwards from one port to another one, loses, copies
 * and swaps packets that it chooses by their place, delays them, and writes down what it did.
 *
 * @module
 */

import { Burst, type Mempool, type RxQueue, type TxQueue } from "../../mod.ts";
import { tscCycles } from "../../ffi/eal_api.ts";

/** Bytes of each packet, as all are of one size. */
export const LENGTH = 60;
/** The most packets that it takes in a turn. */
const AT_ONCE = 32;

/** What the device does to packets, as it counts them from 0. */
export interface Faults {
  /** Of so many packets in a row one is lost; none where left out. */
  lose?: number;
  /** Of so many one is sent twice. */
  copy?: number;
  /** Of so many one leaves behind the next one that is not lost. */
  swap?: number;
  /** How long the device keeps a packet, in cycles; 0 where left out. It never lets one overtake. */
  delay?: (number: number) => number;
}

/** A packet in the device. */
interface Held {
  packet: Burst;
  number: number;
  came: number;
  due: number;
}

/** The device. One loop calls {@linkcode Device.turn}. */
export class Device implements Disposable {
  /** How many packets it lost, copied and swapped. */
  readonly did = { lost: 0, copied: 0, swapped: 0 };
  /** How long it kept each packet, by its number, from its receive call to its send call. */
  readonly kept = new Map<number, number>();
  readonly #rx: RxQueue;
  readonly #tx: TxQueue;
  readonly #pool: Mempool;
  readonly #faults: Faults;
  readonly #lengths = Uint16Array.of(LENGTH);
  /** Packets on their way through, each in a burst of its own, and bursts that are empty. */
  readonly #line: Held[] = [];
  readonly #empty: Burst[] = [];
  /** The packet that waits for the next one to overtake it. */
  #swapping: Held | undefined;
  #count = 0;

  /** @param pool where copies come from. */
  constructor({ rx, tx, pool }: { rx: RxQueue; tx: TxQueue; pool: Mempool }, faults: Faults) {
    this.#rx = rx;
    this.#tx = tx;
    this.#pool = pool;
    this.#faults = faults;
  }

  /**
   * Takes what came, and sends a packet if one is due: one, so that none waits in the port behind it
   * while the device sends others.
   */
  turn(): void {
    for (let i = 0; i < AT_ONCE && this.#take(); i++);
    if (this.#line.length > 0 && this.#line[0]!.due <= tscCycles()) this.#send();
  }

  /** How many packets came into the device. */
  get took(): number {
    return this.#count;
  }

  /** How many packets are in the device. */
  get holds(): number {
    return this.#line.length + (this.#swapping ? 1 : 0);
  }

  /** No packet comes any more that one could be swapped with. */
  end(): void {
    if (this.#swapping) this.#line.push(this.#swapping);
    this.#swapping = undefined;
  }

  [Symbol.dispose](): void {
    this.end();
    for (const { packet } of this.#line) packet[Symbol.dispose]();
    for (const packet of this.#empty) packet[Symbol.dispose]();
  }

  #take(): boolean {
    const packet = this.#empty.pop() ?? new Burst(1);
    if (this.#rx.receive(packet) === 0) {
      this.#empty.push(packet);
      return false;
    }
    const came = tscCycles();
    const number = this.#count++;
    const { lose, copy, swap, delay } = this.#faults;
    // each fault has packets of its own
    const chosen = (often: number | undefined, which: number) =>
      often !== undefined && number % often === which;
    if (chosen(lose, 1)) {
      packet.clear();
      this.#empty.push(packet);
      this.did.lost++;
      return true;
    }
    const held = { packet, number, came, due: came + (delay?.(number) ?? 0) };
    if (chosen(swap, 3) && !this.#swapping) {
      this.#swapping = held;
      return true;
    }
    this.#line.push(held);
    if (chosen(copy, 2)) this.#line.push({ ...held, packet: this.#copyOf(packet) });
    if (this.#swapping) {
      this.#line.push(this.#swapping);
      this.#swapping = undefined;
      this.did.swapped++;
    }
    return true;
  }

  #copyOf(packet: Burst): Burst {
    const copy = this.#empty.pop() ?? new Burst(1);
    if (copy.allocate(this.#pool, this.#lengths) === 0) throw new Error("no mbuf for a copy");
    copy.packet(0).data.set(packet.packet(0).data);
    this.did.copied++;
    return copy;
  }

  #send(): void {
    const { packet, number, came } = this.#line.shift()!;
    if (!this.kept.has(number)) this.kept.set(number, tscCycles() - came);
    if (this.#tx.send(packet) !== 1) throw new Error("the port took no packet");
    this.#empty.push(packet);
  }
}
