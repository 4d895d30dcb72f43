/**
 * What master and slaves share, by name. The master makes all of it before the first slave starts;
 * slaves only look it up, so that one that is killed leaves none of EAL's locks behind.
 *
 * @module
 */

import { Memzone, Objects, Port, Ring, RingFlags } from "../../mod.ts";
import { Counters, Lcore } from "../../ffi/eal_api.ts";
import { LcoreIds } from "../../ffi/recovery/recovery.ts";

/** Pool of a port's packets, as the ancestor calls it. */
export const poolName = (port: number) => `mbuf_pool_${port}`;
/** Packets of a pool: `NB_MBUF`. */
export const POOL_SIZE = 8192;
/** Of these, those that each slave may keep for itself. */
export const POOL_CACHE = 256;

const MASTER_RING = "l2fwd_ring_m2s_";
const SLAVE_RING = "l2fwd_ring_s2m_";
/** `NB_CORE_MSGBUF`. */
const COMMANDS = 32;

const STATISTICS = "port_stat";
const HEARTBEATS = "l2fwd_beats";
const LCORE_IDS = "mapping_id";

/** A cache line on any machine, in bytes. */
const LINE = 128;
/** The bytes of a counter. */
const COUNTER = BigUint64Array.BYTES_PER_ELEMENT;

/** Commands, and their acknowledgements: small numbers in place of pointers. */
export const Command = {
  /** Forward. */
  START: 1,
  /** Stop forwarding and end. */
  STOP: 2,
} as const;

/** The ring pair of a slave, from one of its ends. */
export class Channel {
  readonly #objs = new Objects(1);
  readonly #out: Ring;
  readonly #in: Ring;

  private constructor(out: Ring, incoming: Ring) {
    this.#out = out;
    this.#in = incoming;
  }

  /** The master makes the rings of a slave. */
  static create(lcore: number): Channel {
    const flags = RingFlags.SP_ENQ | RingFlags.SC_DEQ;
    return new Channel(
      Ring.create(`${MASTER_RING}${lcore}`, COMMANDS, { flags }),
      Ring.create(`${SLAVE_RING}${lcore}`, COMMANDS, { flags }),
    );
  }

  /** The slave finds its rings. */
  static lookup(lcore: number): Channel {
    return new Channel(
      Ring.lookup(`${SLAVE_RING}${lcore}`),
      Ring.lookup(`${MASTER_RING}${lcore}`),
    );
  }

  /** Sends a command or an acknowledgement; the ring has room for more than anybody sends. */
  send(command: number): void {
    this.#objs.addresses[0] = BigInt(command);
    this.#out.enqueue(this.#objs);
  }

  /** What came, or 0. */
  receive(): number {
    return this.#in.dequeue(this.#objs) ? Number(this.#objs.addresses[0]) : 0;
  }

  /** Resolves when this comes; looks once a millisecond, and never after the signal. */
  async expect(command: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      // first: what comes now is for whoever waits for the next process
      signal.throwIfAborted();
      if (this.receive() === command) return;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Empties both rings, whatever state they were left in. The slave must have ended. */
  reset(): void {
    this.#out.reset();
    this.#in.reset();
  }
}

/** A line of its own for whoever writes: one slave counts what a port receives, one what it sends. */
const RX = 0;
const TX = LINE / COUNTER;
const DROPPED = TX + 1;
const PER_PORT = 2 * LINE / COUNTER;

/** Port statistics, counted by the slaves. */
export class PortStatistics {
  readonly #counters: Counters;

  private constructor({ buffer }: Memzone) {
    this.#counters = new Counters(buffer);
  }

  /** The master makes them, all 0. */
  static create(): PortStatistics {
    const zone = Memzone.reserve(STATISTICS, Port.max * PER_PORT * COUNTER);
    new Uint8Array(zone.buffer).fill(0);
    return new PortStatistics(zone);
  }

  /** The slave finds them. */
  static lookup(): PortStatistics {
    return new PortStatistics(Memzone.lookup(STATISTICS));
  }

  /** Counts packets that came from a port. */
  received(port: number, count: number): void {
    this.#counters.add(port * PER_PORT + RX, count);
  }

  /** Counts packets that left by a port. */
  sent(port: number, count: number): void {
    this.#counters.add(port * PER_PORT + TX, count);
  }

  /** Counts packets that a port did not take. */
  dropped(port: number, count: number): void {
    this.#counters.add(port * PER_PORT + DROPPED, count);
  }

  /** What was counted for a port. */
  forPort(port: number): { sent: number; received: number; dropped: number } {
    const at = (index: number) => this.#counters.get(port * PER_PORT + index);
    return { sent: at(TX), received: at(RX), dropped: at(DROPPED) };
  }
}

/** The words of a line. */
const WORDS = LINE / Uint32Array.BYTES_PER_ELEMENT;

/** Signs of life: a number for each lcore id that its slave counts up, and who is ready. */
export class Heartbeats {
  readonly #words: Uint32Array<ArrayBuffer>;

  private constructor({ buffer }: Memzone) {
    this.#words = new Uint32Array(buffer);
  }

  /** The master makes them. */
  static create(): Heartbeats {
    return new Heartbeats(Memzone.reserve(HEARTBEATS, Lcore.max * LINE));
  }

  /** The slave finds them. */
  static lookup(): Heartbeats {
    return new Heartbeats(Memzone.lookup(HEARTBEATS));
  }

  /** A slave is alive. */
  beat(lcore: number): void {
    const at = lcore * WORDS;
    this.#words[at] = (this.#words[at] ?? 0) + 1;
  }

  /** A process of a slave has found all that it needs, and waits. */
  ready(lcore: number, pid: number): void {
    Atomics.store(this.#words, lcore * WORDS + 1, pid);
  }

  /** Whether this process of a slave has said so last. */
  isReady(lcore: number, pid: number): boolean {
    return Atomics.load(this.#words, lcore * WORDS + 1) === pid;
  }

  /** How often it was. */
  beats(lcore: number): number {
    return this.#words[lcore * WORDS] ?? 0;
  }
}

/** The master makes the array of ids for floating slaves. */
export function createLcoreIds(taken: readonly number[]): LcoreIds {
  const zone = Memzone.reserve(LCORE_IDS, LcoreIds.bytes(Lcore.max));
  const ids = new LcoreIds(zone.buffer, Lcore.max);
  ids.init(taken);
  return ids;
}

/** A floating slave finds it. */
export function lookupLcoreIds(): LcoreIds {
  return new LcoreIds(Memzone.lookup(LCORE_IDS).buffer, Lcore.max);
}
