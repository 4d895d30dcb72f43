/** inspect from outside, on a primary that is the C sample: nobody but inspect mends its pool. */

import { assert, assertEquals, assertMatch } from "../assert.ts";
import { fixture, POOL_SIZE, type Prefix, program, startSimpleMp, testPrefix } from "../harness.ts";

/** Messages that lie in the ring to a secondary that never comes. */
const SENT = ["one", "two", "three"];

/** Where the elements of MSG_POOL are, as `--json` tells. */
interface Found {
  common: number;
  cached: number;
  queued: number;
  rings: Record<string, number>;
  lost: number;
  strangers: number;
  torn?: boolean;
}

/** Runs inspect on the primary of a prefix. */
async function inspect(prefix: Prefix, ...args: string[]) {
  const process = prefix.spawn("inspect", program("inspect"), [
    "--file-prefix",
    prefix.name,
    ...args,
  ]);
  await process.closeStdin();
  const { code } = await process.ended();
  return { code, stdout: process.stdout, stderr: process.stderr };
}

async function audit(prefix: Prefix): Promise<Found> {
  const { code, stdout, stderr } = await inspect(prefix, "--json", "--audit");
  assertEquals([code, stderr], [0, ""]);
  const { audits } = JSON.parse(stdout) as { audits: (Found & { name: string })[] };
  const found = audits.find(({ name }) => name === "MSG_POOL");
  assert(found);
  return found;
}

async function primaryWithMessages(prefix: Prefix) {
  const primary = await startSimpleMp(prefix, {
    maker: "c",
    type: "primary",
    extra: ["--vdev=net_null0"],
  });
  for (const text of SENT) await primary.send(text);
  return primary;
}

Deno.test("inspect shows rings, mempools, memzones and ports of a C primary", async () => {
  await using prefix = testPrefix();
  await primaryWithMessages(prefix);
  // the C sample takes its time to read a line
  while (!/│ PRI_2_SEC +│ +3 │ +63 │/.test((await inspect(prefix)).stdout));
  const { code, stdout, stderr } = await inspect(prefix);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /│ SEC_2_PRI +│ +0 │ +63 │/);
  assertMatch(stdout, /│ MSG_POOL │ 1024 │ +1021 │ +3 │ 128 B +│/);
  assertMatch(stdout, /│ RG_PRI_2_SEC +│ +0x[0-9a-f]+ │/);
  assertMatch(stdout, /│ +0 │ net_null0 │ net_null │ +([0-9A-F]{2}:){5}/);
});

Deno.test("--audit finds what a killed process lost, --repair gives it back once", async () => {
  await using prefix = testPrefix();
  await primaryWithMessages(prefix);
  while ((await audit(prefix)).rings["PRI_2_SEC"] !== SENT.length);
  const before = await audit(prefix);
  assertEquals([before.lost, before.strangers, before.torn], [0, 0, false]);
  assertEquals(before.common + before.cached + SENT.length, POOL_SIZE);

  const taker = prefix.spawn("take_all", fixture("take_all"), [prefix.name, "MSG_POOL"]);
  const [, taken] = await taker.waitFor(/took (\d+)\n/);
  await taker.endBy(() => taker.kill("SIGKILL"));
  const killed = await audit(prefix);
  assertEquals(killed.lost, Number(taken));
  assertEquals(killed.rings["PRI_2_SEC"], SENT.length);

  const { code, stdout, stderr } = await inspect(prefix, "--repair", "MSG_POOL");
  assertEquals([code, stderr], [0, ""]);
  assertMatch(
    stdout,
    RegExp(`^MSG_POOL: repaired; ${taken} lost elements are free again, 0 `, "m"),
  );
  const after = await audit(prefix);
  assertEquals([after.lost, after.strangers], [0, 0]);
  assertEquals(after.common + after.cached, POOL_SIZE - SENT.length);
  assertEquals(after.rings["PRI_2_SEC"], SENT.length);
});

Deno.test("inspect of what is not there ends in one line", async () => {
  await using prefix = testPrefix();
  const nobody = await inspect(prefix);
  assertEquals([nobody.code, nobody.stdout], [1, ""]);
  assertMatch(nobody.stderr, /^inspect: [^\n]+\n$/);
  await primaryWithMessages(prefix);
  const noPool = await inspect(prefix, "--repair", "NO_POOL");
  assertEquals([noPool.code, noPool.stdout], [1, ""]);
  assertMatch(noPool.stderr, /^inspect: [^\n]*NO_POOL[^\n]*\n$/);
  const bad = await inspect(prefix, "--repare");
  assertEquals([bad.code, bad.stdout], [1, ""]);
  assertMatch(bad.stderr, /^inspect: [^\n]*--repare[^\n]*\n$/);
});
