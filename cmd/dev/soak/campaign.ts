/**
 * One l2fwd_fork whose slaves are harmed at random, from its start to its end.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { assertAccounts } from "../../../tests/faults/crash_matrix.ts";
import { isAlive, L2FWD_POOL_SIZE, startL2fwdFork, testPrefix } from "../../../tests/harness.ts";
import { type Harm, HARMS, type Scene, untilForwarding, WEIGHTS } from "./harm.ts";
import type { Random } from "../../../ffi/traffic/random.ts";

/** A slave that dies sooner after its start is started again later, in the end never. */
const QUICK = 550;
/** On top of it, up to so many milliseconds. */
const SPREAD = 400;

/** When ports are silent for longer, that is a hang. */
const HANG = 20_000;

const KILLER = fileURLToPath(new URL("../../../tests/fixtures/first_packet.ts", import.meta.url));

/** What to do. */
export interface CampaignOptions {
  vdevs: readonly string[];
  floating: boolean;
  /** How many harms. */
  count: number;
  random: Random;
}

/** What came of it. */
export interface CampaignReport {
  /** How often each harm was done. */
  harms: Partial<Record<Harm, number>>;
  recoveries: number;
  /** Milliseconds from each measured SIGKILL to the first packet of the replacement. */
  times: number[];
  /** Mbufs that killed slaves had in their hands, and that were given back. */
  givenBack: number;
  /** Mbufs that are nowhere at the end. */
  lost: number;
  /** What went wrong, in words. */
  hangs: string[];
  failures: string[];
}

/** Runs it. */
export async function campaign(options: CampaignOptions): Promise<CampaignReport> {
  const { vdevs, floating, count, random } = options;
  const report: CampaignReport = {
    harms: {},
    recoveries: 0,
    times: [],
    givenBack: 0,
    lost: 0,
    hangs: [],
    failures: [],
  };
  await using prefix = testPrefix();
  const fork = await startL2fwdFork(prefix, {
    vdevs,
    args: ["-p", "3", ...floating ? ["-f"] : []],
    period: 1,
  });
  const killer = prefix.spawn("killer", {
    command: Deno.execPath(),
    args: ["run", "-A", "--no-check", KILLER, prefix.name],
  });
  await killer.waitFor("ready\n");
  const scene: Scene = { fork, killer, random, times: report.times };
  for (let i = 0; i < count; i++) {
    const harm = random.pick(WEIGHTS);
    report.harms[harm] = (report.harms[harm] ?? 0) + 1;
    await delay(QUICK + random.below(SPREAD));
    try {
      await HARMS[harm](scene);
      while (![1, 2].every((slave) => isAlive(fork.pid(slave)))) {
        await fork.process.waitUntil(() => isAlive(fork.pid(1)) && isAlive(fork.pid(2)), harm);
      }
      const ms = await untilForwarding(scene);
      if (ms > HANG) report.hangs.push(`no packet for ${ms.toFixed(0)} ms after ${harm}`);
    } catch (error) {
      // what is waited for comes within milliseconds, or never
      (fork.process.running ? report.hangs : report.failures).push(`${harm}: ${error}`);
      break;
    }
  }
  report.recoveries = fork.recoveries;
  if (report.hangs.length + report.failures.length > 0) return report;
  await killer.closeStdin();
  await killer.ended();
  try {
    const { end, pools } = await fork.end();
    if (end.code !== 0) report.failures.push(`the master ended with status ${end.code}`);
    for (const { free, cached, queued } of pools) {
      report.lost += L2FWD_POOL_SIZE - free - cached - queued;
    }
    assertAccounts(fork, pools);
  } catch (error) {
    report.failures.push(String(error));
  }
  report.givenBack = fork.accounts.reduce((sum, { lost }) => sum + lost, 0);
  return report;
}
