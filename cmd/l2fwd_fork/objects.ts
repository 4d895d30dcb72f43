/**
 * What master and slaves share, by name. The master creates everything before the first slave
 * starts. Slaves only look it up, so that a killed slave holds none of EAL's locks.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { Memzone, Objects, Port, Ring, RingFlags } from "../../ffi/port_core.ts";
import { Counters, Lcore } from "../../ffi/eal_api.ts";
import { LcoreIds } from "../../ffi/recovery/recovery.ts";

/** Pool of a port's packets, as the ancestor calls it. */
export const poolName = (port: number) => `mbuf_pool_${port}`;
/** Packets of a pool: `NB_MBUF`. */
export const POOL_SIZE = 8192;
/** Packets that each slave may keep in its cache. */
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

/**
 * Commands and their acknowledgements: small numbers that travel through the rings in place of
 * pointers.
 */
export const Command = {
  /** Forward. */
  START: 1,
  /** Stop forwarding and end. */
  STOP: 2,
} as const;

/** The two rings between the master and a slave, seen from one side. */
export class Channel {
  readonly #objs = new Objects(1);
  readonly #out: Ring;
  readonly #in: Ring;

  private constructor(out: Ring, incoming: Ring) {
    this.#out = out;
    this.#in = incoming;
  }

  /** Master: creates the rings of a slave. */
  static create(lcore: number): Channel {
    const flags = RingFlags.SP_ENQ | RingFlags.SC_DEQ;
    return new Channel(
      Ring.create(`${MASTER_RING}${lcore}`, COMMANDS, { flags }),
      Ring.create(`${SLAVE_RING}${lcore}`, COMMANDS, { flags }),
    );
  }

  /** Slave: looks up its rings. */
  static lookup(lcore: number): Channel {
    return new Channel(
      Ring.lookup(`${SLAVE_RING}${lcore}`),
      Ring.lookup(`${MASTER_RING}${lcore}`),
    );
  }

  /** Sends a command or an acknowledgement. The ring has more room than is ever needed. */
  send(command: number): void {
    this.#objs.addresses[0] = BigInt(command);
    this.#out.enqueue(this.#objs);
  }

  /** Receives a command or an acknowledgement; 0 when none has come. */
  receive(): number {
    return this.#in.dequeue(this.#objs) ? Number(this.#objs.addresses[0]) : 0;
  }

  /**
   * Resolves when `command` comes; looks once a millisecond, and not after an abort of the signal.
   */
  async expect(command: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      // checked first: what comes after the abort is for the next process
      signal.throwIfAborted();
      if (this.receive() === command) return;
      await delay(1);
    }
  }

  /** Empties both rings, in whatever state a killed slave left them. The slave must have ended. */
  reset(): void {
    this.#out.reset();
    this.#in.reset();
  }
}

/**
 * Each writer has a cache line of its own: one slave counts what a port receives, another what it
 * sends.
 */
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

  /** Master: creates the statistics, all 0. */
  static create(): PortStatistics {
    const zone = Memzone.reserve(STATISTICS, Port.max * PER_PORT * COUNTER);
    new Uint8Array(zone.buffer).fill(0);
    return new PortStatistics(zone);
  }

  /** Slave: looks up the statistics. */
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

  /** The counters of a port. */
  forPort(port: number): { sent: number; received: number; dropped: number } {
    const at = (index: number) => this.#counters.get(port * PER_PORT + index);
    return { sent: at(TX), received: at(RX), dropped: at(DROPPED) };
  }
}

/** Words in a cache line. */
const WORDS = LINE / Uint32Array.BYTES_PER_ELEMENT;

/**
 * Heartbeats: for each lcore id, a number that its slave counts up, and the pid of the process that
 * is ready.
 */
export class Heartbeats {
  readonly #words: Uint32Array<ArrayBuffer>;

  private constructor({ buffer }: Memzone) {
    this.#words = new Uint32Array(buffer);
  }

  /** Master: creates the heartbeats. */
  static create(): Heartbeats {
    return new Heartbeats(Memzone.reserve(HEARTBEATS, Lcore.max * LINE));
  }

  /** Slave: looks up the heartbeats. */
  static lookup(): Heartbeats {
    return new Heartbeats(Memzone.lookup(HEARTBEATS));
  }

  /** Slave: counts up its number. */
  beat(lcore: number): void {
    const at = lcore * WORDS;
    this.#words[at] = (this.#words[at] ?? 0) + 1;
  }

  /** Slave: says that this process has looked up everything that it needs, and waits. */
  ready(lcore: number, pid: number): void {
    Atomics.store(this.#words, lcore * WORDS + 1, pid);
  }

  /** Master: whether this process of a slave was the last to say that it is ready. */
  isReady(lcore: number, pid: number): boolean {
    return Atomics.load(this.#words, lcore * WORDS + 1) === pid;
  }

  /** Master: the number of a slave. */
  beats(lcore: number): number {
    return this.#words[lcore * WORDS] ?? 0;
  }
}

/** Master: creates the array of ids for floating slaves. */
export function createLcoreIds(taken: readonly number[]): LcoreIds {
  const zone = Memzone.reserve(LCORE_IDS, LcoreIds.bytes(Lcore.max));
  const ids = new LcoreIds(zone.buffer, Lcore.max);
  ids.init(taken);
  return ids;
}

/** Floating slave: looks up the array of ids. */
export function lookupLcoreIds(): LcoreIds {
  return new LcoreIds(Memzone.lookup(LCORE_IDS).buffer, Lcore.max);
}
