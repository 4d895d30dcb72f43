/**
 * The lcore that sends and receives, at half of what it can do.
 *
 * @module
 */

import { Burst, Mempool } from "../../../../mod.ts";
import { lcoreMain, measuredCyclesPerSecond, tscCycles } from "../../../../ffi/eal_api.ts";
import { ether, frame, ipv4, udp } from "../../../../ffi/net/net.ts";
import {
  type Flow,
  flow,
  Histogram,
  Pacer,
  range,
  Receiver,
  Sender,
} from "../../../../ffi/traffic/traffic.ts";
import { BURST, LOAD, type Minute, MinuteBoard, POOL, type SteadyData, WINDOW } from "./minutes.ts";

/** The stream of all packets. */
const STREAM = 1;
/** Seconds at full rate, in which V8 optimises and the loop's speed shows. */
const WARM_UP = 5;
/** Turns between two looks at the clock. */
const ROUND = 64;
/** Parts of a cycle that are told apart. */
const PARTS = 1000;
/** The percentage of windows that counts as undisturbed. */
const UNDISTURBED = 10;

function packets(): Flow {
  return flow(
    frame(ether({ dst: "02:00:00:00:00:02" }), ipv4({ dst: "198.18.0.2" }), udp({ dstPort: 9 })),
    { ipv4: { src: range("198.18.0.0", 256) } },
    { sizes: "64", stream: STREAM },
  );
}

lcoreMain<SteadyData>((context) => {
  const { tx, rx, minutes } = context.data;
  const board = new MinuteBoard(context.data.board);
  using pool = Mempool.lookup(POOL);
  const hz = measuredCyclesPerSecond();
  const pacer = new Pacer({ cyclesPerSecond: hz, rate: Infinity, spacing: { burst: BURST } });
  using sender = new Sender({ tx, pool, pacer, flows: [packets()], burst: BURST });
  using burst = new Burst(BURST, { pools: [pool] });
  const receiver = new Receiver();
  const windows = new Histogram();
  // in an array: a fraction in a variable that functions share would be an object in each turn
  const cycles = new Float64Array(1);
  let inWindow = 0;

  /** Sends what is due and receives it; the time of a turn without packets is no work. */
  function turn(): void {
    const begin = tscCycles();
    sender.turn(begin);
    const got = rx.receive(burst);
    if (got === 0) return;
    receiver.observe(burst, tscCycles());
    burst.clear();
    cycles[0]! += tscCycles() - begin;
    inWindow += got;
    if (inWindow < WINDOW) return;
    windows.record(Math.round(PARTS * cycles[0]! / inWindow));
    inWindow = 0;
    cycles[0] = 0;
  }

  /** Runs until a time. */
  function runUntil(end: number): void {
    while (!context.stopRequested && tscCycles() < end) {
      for (let i = 0; i < ROUND; i++) turn();
    }
  }

  /** What is told of the time since `since`, when as many had been sent as `before` says. */
  function told(since: number, before: number): Minute {
    const { sent, skipped } = pacer.report();
    const judge = receiver.streams.get(STREAM)!;
    const { received, duplicates, reordered, tooLate, lost } = judge.report();
    return {
      cycles: windows.percentile(UNDISTURBED) / PARTS,
      median: windows.percentile(50) / PARTS,
      asked: pacer.rate,
      achieved: (sent - before) / (tscCycles() - since) * hz,
      sent,
      skipped,
      received,
      lost,
      strange: duplicates + reordered + tooLate,
    };
  }

  pacer.start(tscCycles());
  runUntil(tscCycles() + WARM_UP * hz);
  pacer.rate = LOAD * hz / (windows.percentile(UNDISTURBED) / PARTS);
  const begin = tscCycles();
  for (let minute = 0; minute < minutes && !context.stopRequested; minute++) {
    windows.clear();
    const [since, { sent: before }] = [tscCycles(), pacer.report()];
    runUntil(begin + (minute + 1) * 60 * hz);
    board.write(told(since, before));
  }
  // what was sent in the last turn was received in it, and so the ring is empty
  tx[Symbol.dispose]();
});
