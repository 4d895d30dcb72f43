/** The Worker that loads an lcore's module while EAL starts. */

import { launchOnLcore, Lcore } from "../../ffi/eal_api.ts";
import { exists } from "../../ffi/host/exists.ts";
import { threadAffinity } from "../../ffi/lcore.ts";
import { assertEquals, assertMatch } from "../assert.ts";
import { until } from "../harness/wait.ts";
import { ealArgs, initTestEal, otherPrefix, test } from "./eal.ts";
import { Peer } from "./peer.ts";

const folder = Deno.makeTempDirSync({ prefix: "denodpdk-spare-" });
Deno.test.afterAll(() => Deno.removeSync(folder, { recursive: true }));
const loaded = `${folder}/loaded`;
const MODULE = new URL(
  `./fixtures/spare.ts?${new URLSearchParams({ loaded })}`,
  import.meta.url,
);
initTestEal("0@0,1@1", { drivers: false, lcoreModule: MODULE });

test("the thread that has waited for EAL is the main lcore, on its CPU", () => {
  assertEquals([Lcore.current, threadAffinity()], [Lcore.main, [0]]);
});

/** What the Worker tells on lcore 1. */
async function told(data: number): Promise<number[]> {
  let message: number[] = [];
  const onMessage = (it: number[]) => message = it;
  await launchOnLcore<number, number[]>(MODULE, 1, { data, onMessage }).done;
  return message;
}

test("the module is loaded before an lcore is started, and the first lcore has it", async () => {
  await until(() => exists(loaded), "the module to be loaded");
  Deno.removeSync(loaded);
  assertEquals(await told(7), [1, 1, 7]);
  assertEquals(exists(loaded), false, "it was loaded again");
  // the next Worker is a new one
  assertEquals(await told(8), [1, 1, 8]);
  assertEquals(exists(loaded), true);
});

/** What a program says whose module is of this kind, and how it ends. */
async function endOf(way: string, ...more: string[]): Promise<{ said: string; code: number }> {
  await using peer = new Peer("spare_ends", [way, ...ealArgs("0@0,1@1", otherPrefix(), ...more)]);
  await peer.closeStdin();
  const said = await peer.next<string>();
  return { said, code: (await peer.end()).code };
}

test("a Worker that nobody uses ends with EAL", async () => {
  assertEquals(await endOf("unused"), { said: "done", code: 0 });
});

test("a Worker ends where EAL does not start", async () => {
  const { said, code } = await endOf("unused", "--vdev=net_none0");
  assertMatch(said, /--vdev=net_none0/);
  assertEquals(code, 0);
});

for (
  const [way, message] of [
    ["nothing", /does not call lcoreMain\(\)/],
    ["throws", /^worker of lcore 1: at its top level$/],
    ["dpdk", /^rte_ring_lookup\(NONE\): ENOENT: /],
  ] as const
) {
  test(`what is wrong with a module is told when an lcore is to run it: ${way}`, async () => {
    const { said, code } = await endOf(way);
    assertMatch(said, message);
    assertEquals(code, 0);
  });
}

for (
  const [way, message] of [
    ["function", /could not be cloned/],
    ["endless", /Maximum call stack size exceeded/],
  ] as const
) {
  test(`a Worker ends where the lcore's data cannot be handed over: ${way}`, async () => {
    const { said, code } = await endOf(way);
    assertMatch(said, message);
    assertEquals(code, 0);
  });
}
