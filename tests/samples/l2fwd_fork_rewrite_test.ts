/** What l2fwd_fork does to packets, and who forwards what. */

import { makePlan } from "../../cmd/l2fwd_fork/plan.ts";
import { DpdkError } from "../../mod.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { fixture, L2FWD_POOL_SIZE, startL2fwdFork, testPrefix } from "../harness.ts";

const plan = (portMask: number, portsPerSlave: number, lcores: number[]) =>
  makePlan({
    portsPerSlave,
    lcores,
    ports: [0, 1, 2, 3, 4].filter((port) => portMask >> port & 1),
  });

Deno.test("neighbours in the mask forward to each other, an odd last one to itself", () => {
  assertEquals(plan(0b10111, 1, [1, 2, 5, 7, 8]), {
    slaves: [
      { lcore: 1, routes: [{ from: 0, to: 1 }] },
      { lcore: 2, routes: [{ from: 1, to: 0 }] },
      { lcore: 5, routes: [{ from: 2, to: 4 }] },
      { lcore: 7, routes: [{ from: 4, to: 2 }] },
    ],
    pairs: [
      { port: 0, lcore: 1, pair: 2 },
      { port: 1, lcore: 2, pair: 1 },
      { port: 2, lcore: 5, pair: 7 },
      { port: 4, lcore: 7, pair: 5 },
    ],
  });
  assertEquals(plan(0b1, 1, [3]).pairs, [{ port: 0, lcore: 3, pair: 3 }]);
});

Deno.test("slaves that share a port are paired, also where a slave has several", () => {
  const { slaves, pairs } = plan(0b11111, 3, [1, 2]);
  assertEquals(slaves.map(({ routes }) => routes.map(({ from, to }) => [from, to])), [
    [[0, 1], [1, 0], [2, 3]],
    [[3, 2], [4, 4]],
  ]);
  assertEquals(pairs.map(({ lcore, pair }) => [lcore, pair]), [[1, 1], [1, 1], [1, 2], [2, 1], [
    2,
    2,
  ]]);
});

Deno.test("a plan that cannot be is refused", () => {
  assertThrows(() => plan(0b11, 1, [1]), DpdkError, "3 lcores");
});

Deno.test("packets circulate between two net_ring ports, rewritten at each hop", async () => {
  await using prefix = testPrefix();
  const fork = await startL2fwdFork(prefix, { vdevs: ["net_ring0", "net_ring1"] });
  const maker = prefix.spawn("maker", fixture("circulate"), [prefix.name]);
  await maker.closeStdin();
  const { code } = await maker.ended();
  assertEquals(code, 0, maker.stderr);
  const seen: { destination: string; source: string; payload: boolean }[] = JSON.parse(
    maker.stdout,
  );
  const macs = [...fork.process.stdout.matchAll(/^Port \d, MAC address: (\S+)$/mg)]
    .map(([, mac = ""]) => mac.toLowerCase());
  for (const { destination, source, payload } of seen) {
    assert(payload, "a packet's contents changed");
    const port = Number(destination.slice(-2));
    assertEquals([destination, source], [`02:00:00:00:00:0${port}`, macs[port]]);
  }
  // what was on its way at a kill is free afterwards, and no more on its way
  await fork.forwards();
  await fork.recoversFrom(() => Deno.kill(fork.pid(2), "SIGKILL"));
  const { end, pools } = await fork.end();
  assertEquals(end.code, 0);
  const [{ free = 0, cached = 0, queued = 0, lost = NaN } = {}] = pools;
  assertEquals([free + cached + queued, lost], [L2FWD_POOL_SIZE, 0]);
});
