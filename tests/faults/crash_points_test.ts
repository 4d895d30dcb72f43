/** Slaves that are killed at the worst instants there are, each by its name: see crash_matrix.ts. */

import { assertEquals } from "../assert.ts";
import { note, testPrefix } from "../harness.ts";
import { crashAtAll, crashPoints } from "./crash_matrix.ts";

/** Locks that are mended as others are; `deno task soak` lets slaves die at all points, twice. */
const ALIKE = ["mempool-lock", "memory-write-lock"];

/** Where floating slaves differ, and one of each kind of the others. */
const ALSO_FLOATING = /^lcore|^cache-refilled|^received|^put-head MP/;

for (const floating of [false, true]) {
  const mode = floating ? "floating" : "pinned";
  const points = crashPoints(({ point, floating: only }) =>
    floating ? ALSO_FLOATING.test(point) : !only && !ALIKE.includes(point)
  );
  Deno.test(`killed at ${points.length} crash points, ${mode}`, async () => {
    await using prefix = testPrefix();
    const report = await crashAtAll(prefix, points, floating ? ["-f"] : []);
    assertEquals(report.points, points.length);
    const { longest: { ms, at }, givenBack } = report;
    note(
      `${mode}: ${points.length} crash points, forwarding after ${ms.toFixed(0)} ms at most ` +
        `(${at}); ${givenBack} mbufs were lost and given back`,
    );
  });
}
