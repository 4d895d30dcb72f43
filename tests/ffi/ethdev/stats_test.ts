/** Rates between two looks at counters. */

import { type PortStats, queueRatesBetween, ratesBetween } from "../../../ffi/ethdev/stats.ts";
import { assertEquals } from "../../assert.ts";

const stats = (packets: number): PortStats => ({
  ipackets: packets,
  opackets: 2 * packets,
  ibytes: 64 * packets,
  obytes: 128 * packets,
  imissed: packets,
  ierrors: 0,
  oerrors: 0,
  rxNombuf: packets,
});

Deno.test("rates are what happened in a second, to a thousandth", () => {
  assertEquals(ratesBetween(stats(5), stats(15), 3.000049), {
    seconds: 3,
    rxPackets: 3.333,
    txPackets: 6.667,
    rxBits: 1706.639,
    txBits: 3413.278,
    lost: 6.667,
  });
});

Deno.test("rates of a first look are 0", () => {
  const { seconds, ...rates } = ratesBetween(stats(5), stats(5), 0);
  assertEquals([seconds, ...Object.values(rates)], [0, 0, 0, 0, 0, 0]);
});

Deno.test("rates of queues are those of each, and of a new one since its begin", () => {
  const queue = (queue: number, packets: number) => {
    const counters = { packets, bytes: 64 * packets, errors: 0 };
    return { queue, rx: counters, tx: { packets: 0, bytes: 0, errors: 0 } };
  };
  assertEquals(queueRatesBetween([queue(0, 5)], [queue(0, 15), queue(1, 3)], 3), [
    { queue: 0, rxPackets: 3.333, txPackets: 0, rxBits: 1706.667, txBits: 0 },
    { queue: 1, rxPackets: 1, txPackets: 0, rxBits: 512, txBits: 0 },
  ]);
});
