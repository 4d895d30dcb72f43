/** Loops on lcores allocate nothing: measured in a process that does nothing else. */

import {
  flow,
  Histogram,
  Pacer,
  Receiver,
  type Spacing,
  StreamJudge,
} from "../../../ffi/traffic/traffic.ts";
import { ether, frame, ipv4, udp } from "../../../ffi/net/net.ts";
import { assertEquals } from "../../assert.ts";
import { assertNoGarbage } from "../../harness/garbage.ts";

Deno.test("a histogram records", () => {
  const histogram = new Histogram();
  const values = Float64Array.from({ length: 4096 }, (_, i) => i % 2 ? 3000 + i : 2 ** 33 + i);
  assertNoGarbage((turns) => {
    for (let i = 0; i < turns; i++) histogram.record(values[i & 4095]!);
  });
});

Deno.test("a stream is judged", () => {
  const judge = new StreamJudge({ first: 2 ** 32 - 1000, window: 1024 });
  let begin = 2 ** 32 - 1000;
  assertNoGarbage((turns) => {
    let sequence = begin;
    for (let i = 0; i < turns; i++) {
      sequence = (sequence + (i % 64 === 0 ? 3 : 1)) >>> 0;
      judge.observe(
        i % 16 === 0 ? (sequence - 2) >>> 0 : sequence,
        i * 2 ** 23,
        i * 2 ** 23 + 3000,
      );
    }
    begin = sequence;
  });
});

Deno.test("probes are written and received, behind number 2^31 too", () => {
  const first = 2 ** 31 - 100_000;
  const receiver = new Receiver({ steadyClock: true, first });
  const count = 32;
  const packets = flow(
    frame(ether({ dst: "02:00:00:00:00:02" }), ipv4({ dst: "192.0.2.1" }), udp({ dstPort: 9 })),
    {},
    { sizes: "64", stream: 1 },
  );
  const offsets = Uint32Array.from({ length: count }, (_, i) => 64 * i);
  const lengths = new Uint32Array(count).fill(60);
  const view = new DataView(new ArrayBuffer(64 * count));
  const burst = { view, offsets, lengths, count };
  // in arrays: the test must not leave numbers either
  const now = Float64Array.of(1e15);
  const number = Int32Array.of(first);
  // a turn here is a packet
  assertNoGarbage((turns) => {
    for (let turn = 0; turn < turns / count; turn++) {
      now[0]! += 900;
      packets.write(burst, 0, count, now[0]!);
      // the numbers are written by the test, so that they can begin anywhere
      for (let i = 0; i < count; i++) view.setInt32(64 * i + 48, number[0]!++);
      receiver.observe(burst, now[0]! + 3000);
    }
  });
  const { lost, reordered, latency } = receiver.streams.get(1)!.report();
  assertEquals([lost, reordered, latency.max], [0, 0, 3000]);
});

for (const spacing of ["constant", "poisson", { burst: 4 }] satisfies Spacing[]) {
  Deno.test(`packets are paced: ${JSON.stringify(spacing)}`, () => {
    const pacer = new Pacer({ cyclesPerSecond: 2.1e9, rate: 1e6, spacing });
    let begin = 1e15;
    pacer.start(begin);
    assertNoGarbage((turns) => {
      for (let i = 0; i < turns; i++) {
        const due = pacer.due(begin + 700 * i, 32);
        if (due > 0) pacer.sent(due, due);
      }
      begin += 700 * turns;
    });
  });
}
