/** What the lcores that measure report of a trial, and how the main thread learns that they have. */

import { MeasureBoard } from "../../../cmd/traffic/measure_board.ts";
import { Orders } from "../../../cmd/traffic/orders.ts";
import { Histogram, Pacer } from "../../../ffi/traffic/traffic.ts";
import { assertEquals } from "../../assert.ts";

/** Delays of all kinds. */
function delays(...values: number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

/** What a pacer says that has sent so many packets, and some late. */
function paced(sent: number) {
  const pacer = new Pacer({ cyclesPerSecond: 2e9, rate: 1e6 });
  pacer.start(1e15, 1000);
  pacer.sent(pacer.due(1e15 + 1e6, 1000), sent);
  return pacer.report(1e15 + 2e6);
}

const COUNTS = { received: 5, duplicates: 1, reordered: 2, tooLate: 3, foreign: 4 };

Deno.test("ndr: of a trial the main thread reads what each lcore told, to the last count", () => {
  const board = new MeasureBoard(2);
  const [sender, receiver] = [new MeasureBoard(board.memory), new MeasureBoard(board.memory)];
  // -1 and NaN are refused, and counted
  const came = [delays(7, 7, 3000, 2 ** 40, -1, NaN), delays(2 ** 52 - 1)];
  const sent = [paced(490), paced(501)];
  for (const direction of [0, 1]) {
    sender.tellSent(direction, sent[direction]!);
    receiver.tellCame(direction, { ...COUNTS, received: 10 + direction }, came[direction]!);
  }
  assertEquals(board.read(), {
    sent,
    came: came.map((latency, i) => ({ ...COUNTS, received: 10 + i, latency: latency.toJSON() })),
  });
  // the next trial, in which nothing came one way: of this one nothing is left
  const next = [delays(), delays(9)];
  for (const direction of [0, 1]) {
    sender.tellSent(direction, paced(0));
    receiver.tellCame(direction, { ...COUNTS, received: direction }, next[direction]!);
  }
  assertEquals(board.read(), {
    sent: [paced(0), paced(0)],
    came: next.map((latency, i) => ({ ...COUNTS, received: i, latency: latency.toJSON() })),
  });
});

Deno.test("ndr: a board of which nothing was told has no packets and no floor", () => {
  const board = new MeasureBoard(1);
  const { sent, came } = board.read();
  assertEquals([sent[0]!.sent, came[0]!.received, board.floor.count], [0, 0, 0]);
  new MeasureBoard(board.memory).floor.add(delays(40, 50));
  assertEquals([board.floor.count, board.floor.min, board.floor.max], [2, 40, 50]);
});

Deno.test("ndr: an order is done when all lcores say so, and the next one is not", async () => {
  // a wait does not keep a process alive, as a Worker does
  const alive = setInterval(() => {}, 1000);
  using _end = { [Symbol.dispose]: () => clearInterval(alive) };
  const orders = new Orders();
  const lcores = [1, 2].map(() => new Orders(orders.memory));
  for (let trial = 0; trial < 2; trial++) {
    orders.give({ flow: 0, load: 1000, packets: 100, seconds: 0.1 }, [0]);
    let isDone = false;
    const done = orders.untilDone(2).then(() => isDone = true);
    for (const lcore of lcores) {
      // a wait that is over goes on as a task of V8
      await new Promise((resolve) => setTimeout(resolve));
      assertEquals(isDone, false);
      lcore.done();
    }
    await done;
    // who asks afterwards need not wait
    await orders.untilDone(2);
  }
});
