/** What the lcores of traffic's `receive` show the main thread: counts, streams, latencies. */

import { ReceiveBoard } from "../../../cmd/traffic/receive_board.ts";
import { ether, frame, ipv4, udp } from "../../../ffi/net/net.ts";
import { flow, Receiver } from "../../../ffi/traffic/traffic.ts";
import { assertEquals } from "../../assert.ts";

const FRAME = frame(
  ether({ dst: "02:00:00:00:00:02" }),
  ipv4({ dst: "192.0.2.1" }),
  udp({ dstPort: 9 }),
);

/** A receiver takes probes of a stream, the second one lost, each after so many cycles. */
function take(receiver: Receiver, stream: number, delay: number, first = 0): void {
  const packets = flow(FRAME, {}, { sizes: "64", stream });
  for (let i = 0; i < first; i++) packets.next();
  const burst = {
    view: new DataView(new ArrayBuffer(64)),
    offsets: new Uint32Array(1),
    lengths: Uint32Array.of(60),
    count: 1,
  };
  for (let i = 0; i < 3; i++) {
    packets.write(burst, 0, 1, 1e15);
    if (i !== 1) receiver.observe(burst, 1e15 + delay);
  }
}

/** A board of the main thread, and a receiver of the lcore that has the same memory. */
function lcore() {
  const board = new ReceiveBoard();
  const own = new ReceiveBoard(board.memory);
  const receiver = new Receiver({ steadyClock: true, latencies: own.latencies });
  const tell = () => {
    own.tell(receiver);
    own.look(receiver);
  };
  return { board, own, receiver, tell };
}

Deno.test("the main thread sees what an lcore has counted, and the latencies of its streams", () => {
  const { board, own, receiver, tell } = lcore();
  assertEquals([board.isRunning, board.packets, board.shown.length], [false, 0, 0]);
  own.begin();
  take(receiver, 7, 3000);
  take(receiver, 65_535, 5000);
  tell();
  assertEquals([board.isRunning, board.packets, board.bytes, board.lost], [true, 4, 240, 2]);
  const latencies = () => board.shown.map(({ count, min, max }) => [count, min, max]);
  assertEquals(latencies(), [[2, 3000, 3000], [2, 5000, 5000]]);
  // they go on
  take(receiver, 7, 4000, 3);
  assertEquals(latencies()[0], [4, 3000, 4000]);
});

Deno.test("of more streams than are shown, all are judged", () => {
  const { board, receiver, tell } = lcore();
  for (let stream = 0; stream < 70; stream++) take(receiver, stream, 3000 + stream);
  tell();
  assertEquals([board.shown.length, board.lost, receiver.streams.size], [64, 70, 70]);
  const { latency } = receiver.streams.get(69)!.report();
  assertEquals([latency.count, latency.max], [2, 3069]);
});

Deno.test("a stream that came to two lcores is found", () => {
  const [one, other] = [lcore(), lcore()];
  take(one.receiver, 8, 3000);
  take(other.receiver, 9, 3000);
  for (const { tell } of [one, other]) tell();
  assertEquals(one.board.shares(other.board.memory), false);
  take(other.receiver, 8, 3000);
  other.tell();
  assertEquals(one.board.shares(other.board.memory), true);
});
