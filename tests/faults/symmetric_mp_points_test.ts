/** symmetric_mp processes that are killed or stopped inside the ring of their pool. */

import { setTimeout as delay } from "node:timers/promises";
import { assertEquals } from "../assert.ts";
import { note, type Prefix, testPrefix, type TestProcess } from "../harness.ts";
import { Random } from "../../ffi/traffic/random.ts";
import { anyTwo, doHarm, HARMS } from "./harms.ts";
import { SymmetricScene } from "./symmetric_mp_campaign.ts";

/** Repeats the random choices of a run: `DENODPDK_TEST_SEED`. */
const SEED = Number(Deno.env.get("DENODPDK_TEST_SEED") ?? Date.now() % 0x1_0000_0000);

/** Milliseconds in which a process has looked around several times. */
const MOMENT = 300;

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

/** Removes the socket of a dead secondary, as EAL's primary does when a message does not reach it. */
function removeSocket(prefix: Prefix, { pid }: TestProcess): void {
  const [folder] = prefix.files().filter((path) => path.endsWith(`/${prefix.name}`));
  const sockets = [...Deno.readDirSync(folder!)].map(({ name }) => name)
    .filter((name) => name.startsWith(`mp_socket_${pid}_`));
  assertEquals(sockets.length, 1, `sockets of process ${pid}`);
  for (const socket of sockets) Deno.removeSync(`${folder}/${socket}`);
}

Deno.test("what a killed C process began is finished although its socket is gone", async () => {
  await using prefix = testPrefix();
  using scene = await SymmetricScene.start(prefix, ["ts", "c", "ts"]);
  const [mender, victim] = scene.processes;
  const point = "put-head MP_SMP";
  // it must not look between the death and the removal
  await mender!.stop();
  scene.crashes.arm(victim!.pid, point, 0, "SIGKILL");
  await victim!.ended();
  removeSocket(prefix, victim!);
  mender!.resume();
  await scene.bring(1);
  await scene.allWell();
  await mender!.waitFor(` (pid ${victim!.pid}) began in SMP_MBUF_POOL`);
  await scene.end();
});

Deno.test("what a killed C primary began is finished although the mender stood still and is killed", async () => {
  await using prefix = testPrefix();
  using scene = await SymmetricScene.start(prefix, ["c", "ts", "ts"]);
  const [primary, mender] = scene.processes;
  scene.crashes.arm(mender!.pid, "put-head MP_SMP", 0, "SIGSTOP");
  await mender!.stopped();
  // the primary is inside too, behind it, after microseconds
  await delay(MOMENT);
  primary!.kill("SIGKILL");
  await primary!.ended();
  // the third process sees that at once, and must not believe that it was mended
  await delay(MOMENT);
  mender!.kill("SIGKILL");
  await mender!.ended();
  for (const id of [0, 1]) await scene.bring(id);
  await scene.allWell();
  await scene.end();
});
