/** symmetric_mp processes that are killed or stopped inside the ring of their pool. */

import { note, testPrefix } from "../harness.ts";
import { Random } from "../../ffi/traffic/random.ts";
import { anyTwo, doHarm, HARMS } from "./harms.ts";
import { SymmetricScene } from "./symmetric_mp_campaign.ts";

/** Repeats the random choices of a run: `DENODPDK_TEST_SEED`. */
const SEED = Number(Deno.env.get("DENODPDK_TEST_SEED") ?? Date.now() % 0x1_0000_0000);

/** `deno task soak` takes all points. */
const POINTS = ["put-head MP_SMP", "take-moved MP_SMP"];

for (const makers of [["ts", "ts", "ts"], ["ts", "c", "ts"]] as const) {
  Deno.test(`${makers.join(", ")} processes, ${HARMS.length} harms inside the pool's ring: all go on`, async () => {
    note(`seed ${SEED}`);
    const random = new Random(SEED);
    await using prefix = testPrefix();
    using scene = await SymmetricScene.start(prefix, makers);
    // it has just put its cache into the ring, and still has it
    if (makers[1] === "c") {
      await doHarm(scene, { victim: 1, other: 2, point: "put-done MP_SMP", harm: "kill" }, random);
    }
    for (const [i, harm] of HARMS.entries()) {
      const point = POINTS[i % POINTS.length] ?? "";
      const { victim, other } = anyTwo([...makers.keys()], random);
      await doHarm(scene, { victim, other, point, harm }, random);
    }
    await scene.end();
  });
}
