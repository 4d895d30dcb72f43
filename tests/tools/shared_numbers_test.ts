/** Numbers by name that threads share. */

import { SharedNumbers } from "../../cmd/lib/shared_numbers.ts";
import { assertEquals } from "../assert.ts";

Deno.test("shared numbers: what one thread writes the other one reads, by name", () => {
  const none = { least: Infinity, count: 0, share: 0 };
  const board = new SharedNumbers(none);
  const lcore = new SharedNumbers(none, board.memory);
  assertEquals([board.read(), lcore.read()], [none, none]);
  const numbers = { share: 0.25, least: -1, count: 2 ** 40 };
  lcore.write(numbers);
  assertEquals(board.read(), numbers);
  // what was read stays as it was
  const read = board.read();
  lcore.write(none);
  assertEquals([read, board.read()], [numbers, none]);
});
