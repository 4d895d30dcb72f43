/**
 * From where `capture` takes packets: queues of a port, or a ring.
 *
 * @module
 */

import { Burst, Mempool, Objects, Port, Ring, type RxQueue } from "../../mod.ts";
import { didYouMean } from "../lib/error.ts";
import { refuse } from "../lib/option.ts";
import type { Session } from "./session.ts";

/** What the options say. */
export interface SourceOptions {
  port: number | undefined;
  queue: number | undefined;
  ring: string | undefined;
}

/** Packets that were lost before the loop saw them. */
export interface Missed {
  /** For want of descriptors: `imissed`. */
  imissed: number;
  /** For want of mbufs: `rx_nombuf`. */
  rxNombuf: number;
}

/** From where packets come, and what counts those that did not. */
export interface Source {
  /** The port's name, or the ring's. */
  name: string;
  /** The queues; none where it is a ring. */
  queues: readonly RxQueue[];
  ring?: Ring;
  /** What was lost since the capture began; of a ring nobody knows that but who fills it. */
  missed(): Missed;
  /** The most packets that have come and wait, for when nothing more will come. */
  waiting(): number;
}

const SECONDARY = "--proc-type=secondary --file-prefix=NAME joins it";

/** The name of a mempool's own ring, `RTE_MEMPOOL_MZ_FORMAT`. */
const MEMPOOL_RING = /^MP_(.*)/;
/** Packets of a ring that are looked at before the first one is taken. */
const LOOK = 32;
/** The most packets that wait in a queue: its descriptors are counted in 16 bits. */
const QUEUE_MOST = 65_535;
/** How many names an error lists. */
const NAMES = 8;

/** Refuses a ring whose objects are none of the packets of a pool. */
export function refuseForeign(ring: string): never {
  refuse("--ring", "a ring of packets", ring, "what it holds lies in no pool of packets");
}

/** What a name in a list is expected to be, `one of the rings A, B of the primary`. */
function oneOf(names: readonly string[]): string {
  if (names.length === 0) return "the name of a ring, and the primary has none";
  const more = names.length > NAMES ? ` and ${names.length - NAMES} more` : "";
  return `one of the primary's rings ${names.slice(0, NAMES).join(", ")}${more}`;
}

/**
 * A ring of packets of the primary. One that is empty now is looked at when something comes.
 *
 * @throws {DpdkError} one line, when there is no such ring, or no packets are in it.
 */
function ringOf(name: string): Ring {
  const pools = new Set(Mempool.list().map(({ name }) => name));
  const isPools = (ring: string) => pools.has(MEMPOOL_RING.exec(ring)?.[1] ?? "");
  const names = Ring.list().map(({ name }) => name).filter((name) => !isPools(name));
  if (isPools(name)) {
    refuse("--ring", oneOf(names), name, "this one holds the free elements of a mempool");
  }
  if (!names.includes(name)) refuse("--ring", oneOf(names), name, didYouMean(name, names));
  const ring = Ring.lookup(name);
  const first = new Objects(LOOK);
  if (!Burst.arePackets(first, ring.peek(first))) refuseForeign(name);
  return ring;
}

/** The port of the primary, whose queues this secondary receives from. */
function attach(id: number): Port {
  const ids = Port.list().map(({ id }) => id);
  if (!ids.includes(id)) refuse("--port", `one of the ports ${ids.join(", ")}`, `${id}`);
  return Port.attach(id);
}

/** The numbers of the queues to receive from: the one that was asked for, or all. */
function numbersOf(port: Port, queue: number | undefined): number[] {
  const { rxQueues, name } = port.info();
  if (rxQueues === 0) {
    refuse("--port", "a port with a receive queue", `${port.id}`, `${name} has none`);
  }
  if (queue === undefined) return Array.from({ length: rxQueues }, (_, queue) => queue);
  if (queue >= rxQueues) {
    const there = rxQueues > 1 ? `a queue from 0 to ${rxQueues - 1}` : "0, the only queue";
    refuse("--queue", `${there} of ${name}`, `${queue}`);
  }
  return [queue];
}

/**
 * A ring, or queues of a port: of one that this process opens, which has one queue for all that comes,
 * or of the primary's.
 *
 * @throws {DpdkError} one line that names the option.
 */
export function sourceOf(session: Session, options: SourceOptions): Source {
  const { port: id = 0, queue, ring: name } = options;
  if (name !== undefined) {
    if (session.isPrimary) {
      refuse("--ring", "a ring of a primary, and to be a secondary process", name, SECONDARY);
    }
    const ring = ringOf(name);
    const missed = () => ({ imissed: 0, rxNombuf: 0 });
    return { name, queues: [], ring, missed, waiting: () => ring.count };
  }
  if (session.isPrimary && (queue ?? 0) > 0) {
    refuse("--queue", "0, or to be a secondary process", `${queue}`, SECONDARY);
  }
  const port = session.isPrimary ? session.open(id).port : attach(id);
  const queues = numbersOf(port, queue).map((queue) => port.rxQueue(queue));
  const stats = () => {
    const { imissed, rxNombuf } = port.stats();
    return { imissed, rxNombuf };
  };
  const before = stats();
  const missed = () => {
    const now = stats();
    return { imissed: now.imissed - before.imissed, rxNombuf: now.rxNombuf - before.rxNombuf };
  };
  return { name: port.name, queues, missed, waiting: () => queues.length * QUEUE_MOST };
}
