/** How an lcore's Worker can end: `done` always says, and errors keep their class between threads. */

import { DpdkError } from "../../mod.ts";
import { launchOnLcore } from "../../ffi/eal_api.ts";
import { assertEquals, assertMatch, assertRejects, assertThrows } from "../assert.ts";
import { shim } from "../../ffi/boundary/library.ts";
import { initTestEal, test } from "./eal.ts";

initTestEal("0@0,1@1", { drivers: false });

/** What other threads of this process are. */
function lcoresInUse(): number[] {
  const ids = new Uint32Array(8);
  return [...ids.subarray(0, shim().shim_lcore_others(ids, ids.length))];
}

const MODULE = new URL("./fixtures/lcore_ends.ts", import.meta.url);

const ENDS: [
  way: string,
  class_: new (...args: never[]) => Error,
  message: RegExp,
][] = [
  ["nothing", DpdkError, /^worker of lcore 1: file:.*#nothing does not call lcoreMain\(\) \(.+\)$/],
  ["late", DpdkError, /#late does not call lcoreMain\(\) \(it must, at its top level, .+\)$/],
  ["twice", DpdkError, /^lcoreMain: a module may call it only once$/],
  ["throws", DpdkError, /^worker of lcore 1: at its top level$/],
  ["refuses", DpdkError, /^its top level: ENODEV: no such port$/],
  ["dpdk", DpdkError, /^rte_ring_lookup\(NONE\): ENOENT: /],
  ["range", RangeError, /^out of range$/],
  ["exit", DpdkError, /^Deno\.exit\(\) in the Worker of an lcore: it would end the Worker/],
  ["close", DpdkError, /^close\(\) in the Worker of an lcore: it would end the Worker/],
  ["posts", DOMException, /could not be cloned/],
];

for (const [way, class_, message] of ENDS) {
  test(`a Worker's end: ${way}`, async () => {
    const { done } = launchOnLcore(new URL(`#${way}`, MODULE), 1, { data: 0 });
    assertMatch((await assertRejects(() => done, class_)).message, message);
    // and the lcore is free: EAL ends under none
    assertEquals(lcoresInUse(), []);
  });
}

test("an error is whole when it comes: operation, errno, code, reason, hint, stack", async () => {
  const { done } = launchOnLcore(new URL("#made", MODULE), 1, { data: 0 });
  const error = await assertRejects(() => done, DpdkError);
  const { operation, errno, code, reason, hint, stack } = error;
  assertEquals([operation, errno, code, reason, hint], ["a", 19, "ENODEV", "b", "c"]);
  assertMatch(stack ?? "", /lcore_ends\.ts\S*:\d+/);
});

test("data that cannot be cloned is refused, and no Worker stays", () => {
  assertThrows(
    () => launchOnLcore(MODULE, 1, { data: () => {} }),
    DOMException,
    "could not be cloned",
  );
});
