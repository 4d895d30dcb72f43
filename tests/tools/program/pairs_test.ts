/** Which lcore of a program gets which queues. */

import { dealPairs } from "../../../cmd/lib/program/pairs.ts";
import { DpdkError } from "../../../mod.ts";
import { assertEquals, assertThrows } from "../../assert.ts";

/** Ports with so many queues, each with a number other than its place. */
const ports = (...queues: [rx: number, tx: number][]) =>
  queues.map(([rx, tx], i) => ({ id: 10 + i, rx, tx }));

/** Pairs as text: port and queue where packets come in, and where they go out. */
const shown = (all: ReturnType<typeof dealPairs>) =>
  all.map((pairs) =>
    pairs.map(({ rx, tx }) => `${rx.port}.${rx.queue}>${tx.port}.${tx.queue}`).join(" ")
  );

const ONE: [number, number] = [1, 1];

const CASES: [what: string, dealt: ReturnType<typeof dealPairs>, pairs: string[]][] = [
  ["two ports on one lcore", dealPairs(ports(ONE, ONE), 1), ["0.0>1.0 1.0>0.0"]],
  ["two ports on two lcores", dealPairs(ports(ONE, ONE), 2), ["0.0>1.0", "1.0>0.0"]],
  ["two ports on three lcores", dealPairs(ports(ONE, ONE), 3), ["0.0>1.0", "1.0>0.0", ""]],
  ["one port", dealPairs(ports(ONE), 1), ["0.0>0.0"]],
  ["three ports", dealPairs(ports(ONE, ONE, ONE), 1), ["0.0>1.0 1.0>0.0 2.0>2.0"]],
  [
    "four ports on two lcores",
    dealPairs(ports(ONE, ONE, ONE, ONE), 2),
    ["0.0>1.0 2.0>3.0", "1.0>0.0 3.0>2.0"],
  ],
  [
    "two queues on four lcores",
    dealPairs(ports([2, 2], [2, 2]), 4),
    ["0.0>1.0", "1.0>0.0", "0.1>1.1", "1.1>0.1"],
  ],
  ["more transmit queues than receive queues", dealPairs(ports([1, 3], ONE), 1), [
    "0.0>1.0 1.0>0.0",
  ]],
  ["a port that only sends", dealPairs(ports([0, 1], ONE), 1), ["1.0>0.0"]],
  ["no ports", dealPairs([], 2), ["", ""]],
];

for (const [what, dealt, pairs] of CASES) {
  Deno.test(`pairs of ${what}: ${pairs.join(" | ")}`, () => assertEquals(shown(dealt), pairs));
}

Deno.test("no two lcores send to one queue: fewer transmit queues than that takes are refused", () => {
  const error = assertThrows(() => dealPairs(ports([1, 1], [2, 1]), 2), DpdkError);
  assertEquals(
    error.message,
    "queues of port 10: EINVAL: 1 tx queues cannot take what 2 rx queues of port 11 receive " +
      "(open each port with as many tx queues as rx queues)",
  );
});
