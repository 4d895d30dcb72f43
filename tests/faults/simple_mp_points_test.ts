/** Secondaries of simple_mp that are killed or stopped inside a ring or the pool. */

import { note, testPrefix } from "../harness.ts";
import { Random } from "../../ffi/traffic/random.ts";
import { anyTwo, doHarm, HARMS } from "./harms.ts";
import { SIMPLE_VICTIMS, SimpleScene } from "./simple_mp_campaign.ts";

/** Repeats the random choices of a run: `DENODPDK_TEST_SEED`. */
const SEED = Number(Deno.env.get("DENODPDK_TEST_SEED") ?? Date.now() % 0x1_0000_0000);

/** `deno task soak` takes all points. */
const POINTS = ["put-head SEC_2_PRI", "take-moved PRI_2_SEC", "put-tail MP_MSG"];

for (const makers of [["ts", "ts", "ts"], ["ts", "c", "ts"]] as const) {
  Deno.test(`${makers.join(", ")} processes, ${HARMS.length} harms inside rings and pool: messages go on`, async () => {
    note(`seed ${SEED}`);
    const random = new Random(SEED);
    await using prefix = testPrefix();
    using scene = await SimpleScene.start(prefix, makers);
    for (const [i, harm] of HARMS.entries()) {
      const point = POINTS[i % POINTS.length] ?? "";
      const { victim, other } = anyTwo(SIMPLE_VICTIMS, random);
      await doHarm(scene, { victim, other, point, harm }, random);
    }
    await scene.end();
  });
}
