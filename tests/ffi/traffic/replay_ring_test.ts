/** The ring between a file and an lcore: all comes out as it went in, whatever the two do when. */

import { Random } from "../../../ffi/traffic/random.ts";
import {
  replayMemory,
  ReplayRingReader,
  ReplayRingWriter,
} from "../../../ffi/traffic/replay_ring.ts";
import { assert, assertEquals } from "../../assert.ts";

/** What a packet is told by: its number is in each of its bytes. */
const shown = (bytes: Uint8Array, time: number) => `${bytes.length} ${bytes[0]} ${time}`;

/** Takes what there is, at most so many. */
function take(reader: ReplayRingReader, most: number, to: string[]): number {
  let taken = 0;
  for (; taken < most && reader.look() && reader.isPacket; taken++) {
    const { place, length, time } = reader;
    const bytes = reader.bytes.slice(place, place + length);
    assert(bytes.every((byte) => byte === bytes[0]));
    to.push(shown(bytes, time));
    reader.skip();
  }
  reader.release();
  return taken;
}

/** The same, several at a time. */
function takeSome(reader: ReplayRingReader, most: number, to: string[]): number {
  const [lengths, places] = [new Uint16Array(Math.min(most, 32)), new Uint32Array(32)];
  const count = reader.take(lengths, places);
  for (let i = 0; i < count; i++) {
    const bytes = reader.bytes.slice(places[i]!, places[i]! + lengths[i]!);
    assert(bytes.every((byte) => byte === bytes[0]));
    // the time lies before the packet
    const [time] = new Float64Array(reader.bytes.slice(places[i]! - 8, places[i]!).buffer);
    to.push(shown(bytes, time!));
  }
  reader.release();
  return count;
}

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  const isOdd = seed % 2 === 1;
  Deno.test(`replay ring, seed ${seed}: order, bytes and times stay, in little memory`, () => {
    const random = new Random(seed);
    const memory = replayMemory(8 * Math.floor(40 + random.below(200)));
    const [writer, reader] = [new ReplayRingWriter(memory), new ReplayRingReader(memory)];
    const [sent, got]: [string[], string[]] = [[], []];
    for (let n = 0; n < 20_000;) {
      for (let burst = Math.floor(random.below(12)); burst > 0; burst--) {
        const length = 1 + Math.floor(random.below(100));
        if (!writer.reserve(length + 4)) break;
        // some packets are left out behind all
        if (random.below(5) < 1) continue;
        writer.bytes.fill(n & 255, writer.at, writer.at + length);
        writer.commit(length, n);
        sent.push(shown(new Uint8Array(length).fill(n & 255), n));
        n++;
      }
      if (random.below(2) < 1) writer.tell();
      (isOdd ? takeSome : take)(reader, Math.floor(random.below(12)), got);
    }
    writer.tell();
    for (let ended = false; !ended;) {
      ended = writer.end();
      take(reader, Infinity, got);
    }
    assertEquals(got, sent);
    assert(reader.look() && !reader.isPacket && !reader.isAgain);
  });
}

Deno.test("replay ring: what fits is written once and read again and again", () => {
  const memory = replayMemory(1024);
  const [writer, reader] = [new ReplayRingWriter(memory), new ReplayRingReader(memory)];
  for (const n of [1, 2, 3]) {
    assert(writer.reserve(60));
    writer.bytes.fill(n, writer.at, writer.at + 60);
    writer.commit(60, n);
  }
  assertEquals(writer.again(4, 3), "resident");
  const got: string[] = [];
  for (const isLast of [false, false, true]) {
    assertEquals(take(reader, Infinity, got), 3);
    assert(reader.isAgain);
    assertEquals(reader.time, 4);
    assertEquals(reader.goRound(), !isLast);
  }
  assertEquals(got, [1, 2, 3, 1, 2, 3, 1, 2, 3].map((n) => `60 ${n} ${n}`));
});

Deno.test("replay ring: what does not fit is read while it is written", () => {
  const memory = replayMemory(256);
  const [writer, reader] = [new ReplayRingWriter(memory), new ReplayRingReader(memory)];
  const got: string[] = [];
  for (const n of [1, 2, 3, 4, 5]) {
    while (!writer.reserve(60)) take(reader, 1, got);
    writer.bytes.fill(n, writer.at, writer.at + 60);
    writer.commit(60, n);
  }
  let again = writer.again(6, 2);
  while (!again) {
    take(reader, 1, got);
    again = writer.again(6, 2);
  }
  assertEquals(again, true);
  take(reader, Infinity, got);
  assert(reader.isAgain && reader.goRound());
  assertEquals(got.length, 5);
});
