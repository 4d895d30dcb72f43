/**
 * Measures trials on ports: sends on one lcore and receives on the same or another one.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { createPktmbufPool, DpdkError, Port, type PortInfo } from "../../mod.ts";
import { measuredCyclesPerSecond } from "../../ffi/eal_api.ts";
import {
  FCS_BYTES,
  Histogram,
  type LatencySummary,
  type Spacing,
  type TrialResult,
} from "../../ffi/traffic/traffic.ts";
import { say } from "../lib/stdout.ts";
import { flowOf, type SendFlow } from "./flow.ts";
import { MeasureBoard, type TrialNews } from "./measure_board.ts";
import type { MeasureWork } from "./measure_ways.ts";
import { type Order, Orders } from "./orders.ts";
import { isSoftware, lcores, type Session } from "./session.ts";
import { showTrial } from "./trial_progress.ts";

/** Mbufs of each pool; fewer where they are large. */
const MBUFS = { usual: 8191, large: 4095 };
const MBUF_CACHE = 256;
/** A packet that is longer takes a large mbuf. */
const LARGE = 4096;
/** The longest frame without jumbo frames, with its check sequence. */
const USUAL_FRAME = 1518;
/** Bytes of a frame beside its payload: header and check sequence. */
const FRAME_OVERHEAD = 18;

/** The speed of a link that the driver does not know. */
const UNKNOWN_SPEED = 0xffff_ffff;

/** What a trial on ports showed; counts are of all directions together. */
export interface Measured extends TrialResult {
  /** How many packets should have been sent; for an infinite load, how many were tried. */
  asked: number;
  /** Packets a second that were sent, in each direction. */
  offered: number;
  /** How many packets the port did not take, or had no mbufs. */
  refused: number;
  /** The longest that a packet was sent after its time, seconds. */
  maxLate: number;
  duplicates: number;
  reordered: number;
  /** How many packets of earlier trials came, after these were judged. */
  tooLate: number;
  /** How many packets came that are none of ours. */
  foreign: number;
  /** How many packets the receiving ports of the tester lost: it, and not the device, was too slow. */
  missed: number;
  /** Delays, in cycles. */
  latency: Histogram;
}

/** What measures trials: ports, or a device that a test simulates. */
export interface Measurer {
  /** How many directions are measured at once. */
  readonly directions: number;
  /** How many cycles of a latency are a microsecond. */
  readonly cyclesPerMicrosecond: number;
  /** The latency that is there without a device, microseconds. */
  readonly floor: LatencySummary;
  /** The speed of the link, Mbit/s; undefined where it says nothing. */
  readonly link: number | undefined;
  /** Carries out a trial; undefined where the program was ended meanwhile. */
  measure(order: Order): Promise<Measured | undefined>;
}

/** What is measured. */
export interface MeasureOptions {
  /** Where to send. */
  from: number;
  /** Where that comes out again. */
  to: number;
  bidirectional: boolean;
  flows: Omit<SendFlow, "stream">[];
  spacing: Spacing;
  drain: number;
  /** Seconds without traffic before each trial but the first. */
  pause: number;
}

/** Opens the ports, and measures on them until `use` is done. */
export async function measuring<Result>(
  session: Session,
  options: MeasureOptions,
  use: (measurer: Measurer) => Promise<Result>,
): Promise<Result> {
  const measurer = new PortMeasurer(session, options);
  try {
    await measurer.untilReady();
    return await use(measurer);
  } finally {
    await measurer.end();
  }
}

interface Opened {
  port: Port;
  info: PortInfo;
}

class PortMeasurer implements Measurer {
  readonly directions: number;
  readonly cyclesPerMicrosecond = measuredCyclesPerSecond() / 1e6;
  readonly #ports: readonly [Opened, Opened];
  readonly #session: Session;
  readonly #pause: number;
  readonly #orders = new Orders();
  /** How many packets were sent of each flow, by direction. */
  readonly #sent: number[][];
  readonly #board: MeasureBoard;
  readonly #lcores: Promise<void>;
  readonly #ready: Promise<void>;
  readonly #wanted: number;

  constructor(session: Session, options: MeasureOptions) {
    const { flows, bidirectional, spacing, drain, pause } = options;
    this.#session = session;
    this.#pause = pause;
    const longest = Math.max(...flows.map((flow) => flowOf({ ...flow, stream: 0 }).maxLength));
    this.#ports = this.#openPorts(options, longest);
    const [a, b] = this.#ports;
    const ways: [Opened, Opened][] = bidirectional ? [[a, b], [b, a]] : [[a, b]];
    this.directions = ways.length;
    this.#sent = ways.map(() => flows.map(() => 0));
    // packets that another run has left in the device are of another stream
    const stream = Math.floor(Math.random() * 0xffff) & ~1;
    const senders = ways.map(([{ port }], direction) => ({
      direction,
      stream: stream + direction,
      tx: port.txQueue(0),
      pool: poolFor(`traffic_tx${direction}`, longest),
    }));
    const receivers = ways.map(([, { port }], direction) => ({
      direction,
      stream: stream + direction,
      rx: port.rxQueue(0),
    }));
    this.#board = new MeasureBoard(ways.length);
    const [orders, board] = [this.#orders.memory, this.#board.memory];
    const common = { orders, board, flows, spacing, drain };
    const [first, second] = lcores();
    const works: [lcore: number, work: MeasureWork][] = second === undefined
      ? [[first!, { ...common, senders, receivers }]]
      : [
        [first!, { ...common, senders, receivers: [] }],
        [second, { ...common, senders: [], receivers }],
      ];
    this.#wanted = works.length;
    const module = new URL("./measure_lcore.ts", import.meta.url);
    const ready = Promise.withResolvers<void>();
    let starting = works.length;
    const onReady = () => void (--starting === 0 && ready.resolve());
    this.#ready = ready.promise;
    this.#lcores = Promise.all(
      works.map(([lcore, work]) => session.run<MeasureWork, string>(module, lcore, work, onReady)),
    ).then(() => {});
    // who waits for a trial is told of an error, and end() is
    this.#lcores.catch(() => session.stopLcores());
  }

  get link(): number | undefined {
    const [{ port, info }] = this.#ports;
    if (isSoftware(info)) return undefined;
    const { speed } = port.link();
    return speed > 0 && speed < UNKNOWN_SPEED ? speed : undefined;
  }

  get floor(): LatencySummary {
    return this.#board.floor.summary(this.cyclesPerMicrosecond);
  }

  /** Waits for the floor, and for the links: a trial without one would lose all. */
  async untilReady(): Promise<void> {
    await Promise.race([this.#ready, this.#lcores]);
    const { signal } = this.#session;
    for (const { port } of new Set(this.#ports)) {
      if (!port.link().up) say(`waiting for the link of port ${port.id}, ${port.name}`);
      const link = await port.awaitLink({ signal }).catch((error) => {
        if (!signal.aborted) throw error;
      });
      if (!link || link.up) continue;
      throw new DpdkError({
        operation: "--ports",
        reason: `port ${port.id}, ${port.name}, has no link`,
        hint: "is the device there, and does it forward?",
      });
    }
  }

  async measure(order: Order): Promise<Measured | undefined> {
    if (this.#orders.number > 0) await this.#rest();
    if (this.#session.isStopped) return undefined;
    const firsts = this.#sent.map((flows) => flows[order.flow]! % 2 ** 32);
    const before = this.#missed();
    this.#orders.give(order, firsts);
    const came = () => firsts.reduce((sum, _, way) => sum + this.#orders.came(way), 0);
    const stop = showTrial(order, came);
    await Promise.race([this.#orders.untilDone(this.#wanted), this.#lcores]).finally(stop);
    const news = this.#board.read();
    for (const [direction, report] of news.sent.entries()) {
      this.#sent[direction]![order.flow]! += report.sent;
    }
    if (this.#session.isStopped) return undefined;
    return measuredOf(order, [news], this.#missed() - before);
  }

  /** How many packets the receiving ports have lost since they were opened. */
  #missed(): number {
    const [a, b] = this.#ports;
    const receiving = this.directions > 1 ? [a, b] : [b];
    return receiving.reduce((sum, { port }) => {
      const { imissed, rxNombuf } = port.stats();
      return sum + imissed + rxNombuf;
    }, 0);
  }

  /** Leaves the device alone for a while. */
  async #rest(): Promise<void> {
    const { signal } = this.#session;
    await delay(1000 * this.#pause, undefined, { signal }).catch(() => {});
  }

  /** Ends the lcores. */
  async end(): Promise<void> {
    this.#session.stopLcores();
    await this.#lcores;
  }

  #openPorts({ from, to }: MeasureOptions, longest: number): [Opened, Opened] {
    const frame = longest + FCS_BYTES;
    const software = new Set(Port.list().filter(isSoftware).map(({ id }) => id));
    const open = (id: number) => {
      // a port of software takes packets of any length, and may know no such setting
      const mtu = frame > USUAL_FRAME && !software.has(id) ? { mtu: frame - FRAME_OVERHEAD } : {};
      const pool = poolFor(`traffic_rx${id}`, longest);
      return this.#session.open(id, { pool, ...mtu }, "--ports");
    };
    const first = open(from);
    return [first, to === from ? first : open(to)];
  }
}

/** A pool for packets of a length. */
function poolFor(name: string, longest: number) {
  const count = longest > LARGE ? MBUFS.large : MBUFS.usual;
  return createPktmbufPool(name, count, { cacheSize: MBUF_CACHE, longest });
}

/** What the lcores said, in one; and how many packets the receiving ports lost meanwhile. */
export function measuredOf(
  { load, packets, seconds }: Order,
  news: readonly TrialNews[],
  missed: number,
): Measured {
  const sent = news.flatMap(({ sent }) => sent);
  const came = news.flatMap(({ came }) => came);
  const sum = <T>(all: readonly T[], of: (one: T) => number) =>
    all.reduce((total, one) => total + of(one), 0);
  const latency = new Histogram();
  for (const one of came) latency.add(Histogram.from(one.latency));
  const refused = sum(sent, (one) => one.refused);
  const all = sum(sent, (one) => one.sent);
  // a load without a limit is as many as the loop could try
  const asked = load === Infinity ? all + refused : packets * sent.length;
  return {
    asked,
    sent: all,
    received: sum(came, (one) => one.received),
    offered: all / sent.length / seconds,
    refused,
    maxLate: Math.max(0, ...sent.map((one) => one.maxLate)),
    duplicates: sum(came, (one) => one.duplicates),
    reordered: sum(came, (one) => one.reordered),
    tooLate: sum(came, (one) => one.tooLate),
    foreign: sum(came, (one) => one.foreign),
    missed,
    latency,
  };
}
