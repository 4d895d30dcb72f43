/** Clients of mp_server that are killed or stopped at the worst instants, and in pairs. */

import { note, testPrefix } from "../harness.ts";
import { Random } from "../../ffi/traffic/random.ts";
import { ClientsUnderFire, type Harm, HARMS } from "./mp_server_campaign.ts";

/** Repeats the random choices of a run: `DENODPDK_TEST_SEED`. */
const SEED = Number(Deno.env.get("DENODPDK_TEST_SEED") ?? Date.now() % 0x1_0000_0000);

note(`seed ${SEED}`);

/** Some of each kind; `deno task soak` harms at every point in each way. */
const SHORT: Record<Harm, readonly string[]> = {
  "kill": ["put-try MP_", "put-tail MP_", "cache-flushed", "cache-put", "take-head MProc_Client"],
  "stop": ["put-head MP_"],
  "stop, kill another": ["put-moved MP_", "half-sent"],
  "stop, kill both": ["put-tail MP_", "cache-put"],
};

for (const harm of HARMS) {
  const points = SHORT[harm];
  Deno.test(`${harm}, at ${points.join(", ")}: all send again, no packet is lost or double`, async () => {
    await using prefix = testPrefix();
    await using under = await ClientsUnderFire.start(
      prefix,
      ["ts", "ts", "ts"],
      new Random(SEED),
    );
    for (const point of points) await under.harm(point, harm);
    await under.end();
  });
}

/** Pairs that are killed, in the suite. */
const PAIRS = 3;

for (const makers of [["ts", "ts", "ts"], ["ts", "c", "ts"], ["c", "c", "c"]] as const) {
  Deno.test(`${PAIRS} pairs of ${makers[0]} and ${makers[1]} killed in a millisecond: a ${makers[2]} client sends on, and all come back`, async () => {
    await using prefix = testPrefix();
    await using under = await ClientsUnderFire.start(prefix, makers, new Random(SEED));
    for (let i = 0; i < PAIRS; i++) await under.killPair();
    await under.end();
  });
}
