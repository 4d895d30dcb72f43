/**
 * The floor of a set-up: the latency that is there without a device.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { measuredCyclesPerSecond, tscCycles } from "../cycles.ts";
import { Burst } from "../mbuf/burst.ts";
import type { Mempool } from "../mempool.ts";
import { ether } from "../net/ether.ts";
import { frame } from "../net/frame.ts";
import { ipv4 } from "../net/ipv4.ts";
import { udp } from "../net/udp.ts";
import { Ring, RingFlags } from "../ring.ts";
import { flow } from "./flow.ts";
import type { Histogram } from "./histogram.ts";
import { FCS_BYTES } from "./rate.ts";
import { Receiver } from "./receiver.ts";

/** Where probes of {@linkcode measureFloor} go and come from: a {@linkcode TxQueue}, for one. */
export interface Way {
  /** Sends the packets of a burst, and returns how many were taken. */
  send(burst: Burst): number;
}

/** Where probes of {@linkcode measureFloor} come back: an {@linkcode RxQueue}, for one. */
export interface WayBack {
  /** Puts the packets that came into an empty burst, and returns how many. */
  receive(burst: Burst): number;
}

/** Options of {@linkcode measureFloor}. */
export interface FloorOptions {
  /** Where the probes come from; a packet of it is in use at a time. */
  pool: Mempool;
  /**
   * The way there and back: queues of a port that leads to itself, or of two that are connected with
   * no device in between. Where left out: a ring in memory, so that there is no port at all.
   */
  through?: { tx: Way; rx: WayBack };
  /** How many probes are measured; 10,000 where left out. As many before are not. */
  probes?: number;
  /** Size of the probes, with the frame check sequence; 64 where left out. */
  frameSize?: number;
  /** How long a probe may take to come back, seconds; 1 where left out. */
  patience?: number;
}

/** The stream of the floor's probes: one that is not likely to come from anybody else. */
const STREAM = 0xfffe;
/** How many packets may come at once, the probe among them. */
const BURST = 32;

let rings = 0;

/** A ring in memory as a way there and back. */
function ringLoop(): { tx: Way; rx: WayBack } & Disposable {
  const name = `floor_${Deno.pid}_${rings++}`;
  const ring = Ring.create(name, 2 * BURST, { flags: RingFlags.SP_ENQ | RingFlags.SC_DEQ });
  return {
    tx: { send: (burst) => ring.enqueueBurst(burst) },
    rx: { receive: (burst) => ring.dequeueBurst(burst) },
    [Symbol.dispose]: () => ring[Symbol.dispose](),
  };
}

/**
 * Measures the latency that a set-up has without a device: probes one by one, each sent when the last
 * one is back, by the loop that receives them. Measure it before a device, and tell it beside the
 * device's latency; what the device adds is the difference of the two lowest values, and of the
 * percentiles only where the load was the same.
 *
 * It contains: reading the clock, taking an mbuf, writing the probe, the send call and the receive call
 * that found it, and reading the clock again; through a port also what its driver, and the wire or
 * memory to the other end, take.
 *
 * It does not contain: what a probe waits for in a burst, in a queue that others fill, or until a
 * busy loop receives again, and what it costs to hand it to another CPU. Those are of the load and
 * of the device, and come on top.
 *
 * It blocks this thread, for less than a second as a rule: call it on an lcore.
 *
 * @returns latencies in cycles, one for each probe.
 * @throws {DpdkError} ENOTSUP when the clock does not count at one rate; without an errno when a
 * probe did not come back in time, or the way took none.
 * @throws {RangeError} when the frame is smaller than 64 bytes, or longer than the pool's mbufs.
 *
 * @example The floor of memory alone, and of a port that leads to itself
 * ```ts
 * import type { Mempool, RxQueue, TxQueue } from "denodpdk";
 * import { measuredCyclesPerSecond } from "denodpdk/eal";
 * import { measureFloor } from "denodpdk/traffic";
 *
 * function floors(pool: Mempool, tx: TxQueue, rx: RxQueue) {
 *   const microsecond = measuredCyclesPerSecond() / 1e6;
 *   console.log(measureFloor({ pool }).summary(microsecond).p50);
 *   console.log(measureFloor({ pool, through: { tx, rx } }).summary(microsecond).p50);
 * }
 * ```
 */
export function measureFloor(
  { pool, through, probes = 10_000, frameSize = 64, patience = 1 }: FloorOptions,
): Histogram {
  using stack = new DisposableStack();
  const { tx, rx } = through ?? stack.use(ringLoop());
  const packets = flow(
    frame(ether({ dst: "02:00:00:00:00:02" }), ipv4({ dst: "198.18.0.2" }), udp({ dstPort: 9 })),
    {},
    { sizes: `${frameSize}`, stream: STREAM },
  );
  const [going, coming] = [stack.use(new Burst(1)), stack.use(new Burst(BURST))];
  const lengths = Uint16Array.of(frameSize - FCS_BYTES);
  const receiver = new Receiver({ window: 2 });
  const most = patience * measuredCyclesPerSecond();
  const fail = (reason: string): never => {
    throw new DpdkError({ operation: "measureFloor", reason });
  };
  const probe = () => {
    const sentAt = tscCycles();
    if (going.allocate(pool, lengths) === 0) fail(`${pool.name} has no free mbuf`);
    packets.write(going, 0, 1, sentAt);
    if (tx.send(going) === 0) fail("a probe was not taken");
    for (const { probes } = receiver; receiver.probes === probes;) {
      const count = rx.receive(coming);
      const now = tscCycles();
      if (now - sentAt > most) fail(`a probe did not come back in ${patience} s`);
      if (count === 0) continue;
      receiver.observe(coming, now);
      coming.clear();
    }
  };
  // V8 optimises the loop meanwhile
  for (let i = 0; i < probes; i++) probe();
  const latency = receiver.streams.get(STREAM)?.latency ?? fail("other probes came back");
  latency.clear();
  for (let i = 0; i < probes; i++) probe();
  return latency;
}
