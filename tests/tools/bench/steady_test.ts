/** What a long run of sending and receiving must show. */

import {
  MinuteBoard,
  type MinuteSeen,
  minuteText,
  steadyFailures,
} from "../../../cmd/dev/bench/steady/minutes.ts";
import { assertEquals } from "../../assert.ts";

const MINUTE: MinuteSeen = {
  cycles: 100,
  median: 110,
  asked: 8e6,
  achieved: 7.5e6,
  sent: 1000,
  skipped: 5,
  received: 1000,
  lost: 0,
  strange: 0,
  rss: 140_000,
};

/** The failures of a run with a slow first minute, and a last one of which something is different. */
function failures(last: Partial<MinuteSeen>, missing = 0): string[] {
  const minutes = [{ ...MINUTE, cycles: 50, rss: 1 }, MINUTE, { ...MINUTE, ...last }];
  return steadyFailures({ minutes, missing });
}

Deno.test("bench, steady: the last minute is held against the second one", () => {
  assertEquals(failures({}), []);
  assertEquals(failures({ cycles: 101.9, rss: 148_000 }), []);
  assertEquals(failures({ cycles: 103 }), ["3.0 % more cycles for a packet"]);
  assertEquals(failures({ rss: 150_000 }), ["10000 KiB more memory"]);
  assertEquals(failures({ received: 999, lost: 1 }), ["1000 packets sent, 999 received, 1 lost"]);
  assertEquals(failures({ strange: 1 }), ["1000 packets sent, 1000 received, 0 lost"]);
  assertEquals(failures({}, 3), ["3 mbufs missing"]);
  assertEquals(steadyFailures({ minutes: [], missing: 0 }), ["there was no minute"]);
});

Deno.test("bench, steady: a minute in words", () => {
  assertEquals(
    minuteText(2, MINUTE),
    "minute 2: 100.0 cycles a packet (median 110.0), 7.500 of 8.000 Mpps, 140000 KiB, 0 lost, " +
      "0 strange",
  );
});

Deno.test("bench, steady: the main thread reads each minute of the lcore once, and all of it", () => {
  const board = new MinuteBoard();
  const lcore = new MinuteBoard(board.memory);
  assertEquals(board.read(), undefined);
  const { rss: _, ...minute } = MINUTE;
  for (const one of [minute, { ...minute, strange: 1, cycles: 99.5 }]) {
    lcore.write(one);
    assertEquals([board.read(), board.read()], [one, undefined]);
  }
});
