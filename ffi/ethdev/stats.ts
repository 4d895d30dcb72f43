/**
 * Counters of ports: `struct rte_eth_stats`, and the driver's own counters.
 *
 * @module
 */

import { struct_shim_eth_stats } from "../boundary/constants.ts";
import { shim } from "../boundary/library.ts";
import { readList, readStruct, readText, unwrap } from "../boundary/native.ts";

/** Counters of a port: `struct rte_eth_stats`, exact to 2^53. */
export interface PortStats {
  /** Packets received. */
  ipackets: number;
  /** Packets sent. */
  opackets: number;
  /** Bytes received. */
  ibytes: number;
  /** Bytes sent. */
  obytes: number;
  /** Packets dropped because no descriptor was free. */
  imissed: number;
  /** Packets received with errors. */
  ierrors: number;
  /** Packets that could not be sent. */
  oerrors: number;
  /** Failed allocations of mbufs for reception. */
  rxNombuf: number;
}

/** Counters of one receive or transmit queue. */
export interface QueueCounters {
  /** Packets. */
  packets: number;
  /** Bytes. */
  bytes: number;
  /** Packets with errors. */
  errors: number;
}

/**
 * Counters of the receive queue and the transmit queue of one number; zeros where the driver does
 * not count by queue.
 */
export interface QueueStats {
  /** Number of the receive and of the transmit queue. */
  queue: number;
  /** What was received. */
  rx: QueueCounters;
  /** What was sent. */
  tx: QueueCounters;
}

/** What happened on a port per second, on average over an interval, rounded to a thousandth. */
export interface PortRates {
  /** Length of the interval, seconds; 0 at the first call. */
  seconds: number;
  /** Packets received in a second. */
  rxPackets: number;
  /** Packets sent in a second. */
  txPackets: number;
  /** Bits received in a second. */
  rxBits: number;
  /** Bits sent in a second. */
  txBits: number;
  /** Packets lost per second: missed, received with errors, without an mbuf, and not sent. */
  lost: number;
}

/** The counters of a port now: `rte_eth_stats_get`. */
export function readStats(operation: string, port: number): PortStats {
  const stats = readStruct(
    struct_shim_eth_stats,
    (memory) => unwrap(operation, shim().shim_eth_stats_get(port, memory)),
  );
  return {
    ipackets: Number(stats.ipackets),
    opackets: Number(stats.opackets),
    ibytes: Number(stats.ibytes),
    obytes: Number(stats.obytes),
    imissed: Number(stats.imissed),
    ierrors: Number(stats.ierrors),
    oerrors: Number(stats.oerrors),
    rxNombuf: Number(stats.rx_nombuf),
  };
}

/** The driver's own counters by name, exact to 2^53: `rte_eth_xstats_get`. */
export function readXstats(operation: string, port: number): Record<string, number> {
  const values = readList(
    operation,
    (length) => new BigUint64Array(length),
    (list, len) => shim().shim_eth_xstats_get(port, list, len),
  );
  return Object.fromEntries(
    Array.from(values, (value, id) => [
      readText((text, len) => shim().shim_eth_xstats_name(port, BigInt(id), text, len)),
      Number(value),
    ]),
  );
}

/** The counters of each queue, from the driver's own counters. */
export function queueStats(xstats: Record<string, number>, queues: number): QueueStats[] {
  return Array.from({ length: queues }, (_, queue) => {
    const of = (side: string): QueueCounters => {
      const count = (what: string) => xstats[`${side}_q${queue}_${what}`] ?? 0;
      return { packets: count("packets"), bytes: count("bytes"), errors: count("errors") };
    };
    return { queue, rx: of("rx"), tx: of("tx") };
  });
}

/** Packets that were lost. */
const lost = ({ imissed, ierrors, oerrors, rxNombuf }: PortStats) =>
  imissed + ierrors + oerrors + rxNombuf;

/** A number with three decimals. */
const thousandths = (value: number) => Math.round(value * 1000) / 1000;

/** How many per second; 0 where no time has passed. */
const perSecond = (count: number, seconds: number) =>
  seconds > 0 ? thousandths(count / seconds) : 0;

/** What happened per second between two looks that are `seconds` apart. */
export function ratesBetween(before: PortStats, now: PortStats, seconds: number): PortRates {
  const rate = (count: number) => perSecond(count, seconds);
  return {
    seconds: thousandths(seconds),
    rxPackets: rate(now.ipackets - before.ipackets),
    txPackets: rate(now.opackets - before.opackets),
    rxBits: rate(8 * (now.ibytes - before.ibytes)),
    txBits: rate(8 * (now.obytes - before.obytes)),
    lost: rate(lost(now) - lost(before)),
  };
}

/**
 * What happened per second on the receive queue and the transmit queue of one number, rounded to a
 * thousandth.
 */
export interface QueueRates {
  /** Number of the queues. */
  queue: number;
  /** Packets received in a second. */
  rxPackets: number;
  /** Packets sent in a second. */
  txPackets: number;
  /** Bits received in a second. */
  rxBits: number;
  /** Bits sent in a second. */
  txBits: number;
}

/** What happened per second on each queue between two looks that are `seconds` apart. */
export function queueRatesBetween(
  before: readonly QueueStats[],
  now: readonly QueueStats[],
  seconds: number,
): QueueRates[] {
  const rate = (count: number, old = 0) => perSecond(count - old, seconds);
  return now.map(({ queue, rx, tx }, i) => ({
    queue,
    rxPackets: rate(rx.packets, before[i]?.rx.packets),
    txPackets: rate(tx.packets, before[i]?.tx.packets),
    rxBits: rate(8 * rx.bytes, 8 * (before[i]?.rx.bytes ?? 0)),
    txBits: rate(8 * tx.bytes, 8 * (before[i]?.tx.bytes ?? 0)),
  }));
}
