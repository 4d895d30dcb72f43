/** DPDK's own tools look at our processes: dpdk-proc-info, dpdk-telemetry.py. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { type Prefix, testPrefix } from "../harness.ts";
import { POOL } from "./fixtures/forwarder.ts";
import { PACKETS, startRound } from "./forwarder.ts";

/** What `dpdk-proc-info` says. It is a secondary, and must leave the primary in peace. */
async function procInfo(prefix: Prefix, ...args: string[]): Promise<string> {
  // it brings its own -c, and refuses --lcores beside that
  const eal = prefix.eal();
  const process = prefix.spawn("dpdk-proc-info", { command: "dpdk-proc-info", args: [] }, [
    ...eal,
    "--",
    ...args,
  ]);
  const { code } = await process.ended();
  assertEquals(code, 0, process.stdout + process.stderr);
  return process.stdout;
}

Deno.test("dpdk-proc-info --stats: the same counters as ours", async () => {
  await using prefix = testPrefix();
  const forwarder = await startRound(prefix);
  const before = await forwarder.counts();
  const text = await procInfo(prefix, "--stats", "-p", "0x3");
  const after = await forwarder.counts();
  const seen = [...text.matchAll(/^ *RX-packets: (\d+)[^]*?^ *TX-packets: (\d+)/gm)];
  assertEquals(seen.length, 2);
  seen.forEach(([, received, sent], i) => {
    const between = (of: "ipackets" | "opackets", value: number) =>
      (before.ports[i]?.[of] ?? NaN) <= value && value <= (after.ports[i]?.[of] ?? NaN);
    assert(between("ipackets", Number(received)), text);
    assert(between("opackets", Number(sent)), text);
  });
  const end = await forwarder.end();
  assertEquals([end.dropped, end.left.length, end.inUse], [0, PACKETS, 0]);
});

Deno.test("dpdk-proc-info --show-mempool: our pool, and how much of it is in use", async () => {
  await using prefix = testPrefix();
  const forwarder = await startRound(prefix);
  const list = await procInfo(prefix, "--show-mempool");
  assertStringIncludes(list, POOL);
  const one = await procInfo(prefix, `--show-mempool=${POOL}`);
  assertMatch(one, /\b4095\b/);
  assertMatch(one, RegExp(`(in use|Used)\\D*${PACKETS}\\b`, "i"));
  const end = await forwarder.end();
  assertEquals([end.left.length, end.inUse], [PACKETS, 0]);
});

/** What `dpdk-telemetry.py` answers to commands. */
async function telemetry(
  prefix: Prefix,
  ...commands: string[]
): Promise<Record<string, { pid?: number; version?: string; ipackets?: number }>[]> {
  const process = prefix.spawn("dpdk-telemetry.py", { command: "dpdk-telemetry.py", args: [] }, [
    "--file-prefix",
    prefix.name,
  ]);
  for (const command of commands) await process.send(command);
  await process.closeStdin();
  const { code } = await process.ended();
  assertEquals(code, 0, process.stdout + process.stderr);
  const answers = [...process.stdout.matchAll(/^(?:--> )?(\{.*\})$/gm)].map(([, json]) => json);
  return answers.map((json = "null") => JSON.parse(json));
}

Deno.test("dpdk-telemetry.py: who we are, our ports and their counters", async () => {
  await using prefix = testPrefix();
  const forwarder = await startRound(prefix);
  const before = await forwarder.counts();
  const answers = await telemetry(prefix, "/info", "/ethdev/list", "/ethdev/stats,0");
  const after = await forwarder.counts();
  const [info, list, stats] = answers;
  assertEquals(info?.["/info"]?.pid, forwarder.process.pid);
  assertMatch(info?.["/info"]?.version ?? "", /^DPDK \d/);
  assertEquals(Object.values(list?.["/ethdev/list"] ?? {}), [0, 1]);
  const seen = stats?.["/ethdev/stats"]?.ipackets ?? NaN;
  assert((before.ports[0]?.ipackets ?? NaN) <= seen && seen <= (after.ports[0]?.ipackets ?? NaN));
  const end = await forwarder.end();
  assertEquals([end.dropped, end.left.length], [0, PACKETS]);
});
