/**
 * `deno task soak`: l2fwd_fork's slaves die at random and at all crash points. See README.md, which
 * is also its `--help`.
 *
 * @module
 */

import { crashAtAll, crashPoints } from "../../../tests/faults/crash_matrix.ts";
import { PREFIX_MARK, testPrefix } from "../../../tests/harness.ts";
import { Progress } from "../../lib/progress.ts";
import { run } from "../../lib/run.ts";
import { setUp } from "../../lib/setup/setup.ts";
import { withoutAutogroup } from "../test/autogroup.ts";
import { RUN_MARK } from "../test/file_run.ts";
import { cleanAtSignals, cleanUp, runId } from "../test/machine_state.ts";
import { campaign, type CampaignReport } from "./campaign.ts";
import { clientsCampaigns } from "./clients.ts";
import { soakOptions } from "./options.ts";
import { raceCampaigns } from "./races.ts";
import { Random } from "../../../ffi/traffic/random.ts";
import { ringCampaigns } from "./rings.ts";
import { summary } from "./summary.ts";

const NAME = "soak";
const README = new URL("./README.md", import.meta.url);

/** Full rate from nothing to nothing, and through a queue in shared memory. */
const DEVICES = [["net_null0", "net_null1"], ["net_null0", "net_ring0"]];

async function soak(args: string[]): Promise<number> {
  const options = soakOptions(args);
  const { count, mode, seed = Date.now() % 0x1_0000_0000, noCrashPoints } = options;
  if (!await setUp({ tests: true })) return 1;
  using shared = withoutAutogroup();
  const id = runId();
  Deno.env.set(RUN_MARK, id);
  Deno.env.set(PREFIX_MARK, id);
  cleanAtSignals(async () => {
    await cleanUp(id);
    shared[Symbol.dispose]();
  });
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  const programs = mode.flatMap((floating) => DEVICES.map((vdevs) => ({ floating, vdevs })));
  const reports: CampaignReport[] = [];
  using progress = new Progress(NAME);
  for (const [i, { floating, vdevs }] of programs.entries()) {
    // in all as many as were asked for
    const share = Math.floor(count * (i + 1) / programs.length) -
      Math.floor(count * i / programs.length);
    if (share === 0) continue;
    const title = `${floating ? "floating" : "pinned"}, ${vdevs.join(" and ")}`;
    const report = await progress.step(
      `${title}, ${share}`,
      `killing slaves, ${title}`,
      () => campaign({ floating, vdevs, count: share, random }),
    );
    reports.push(report);
    progress.print(`${title}:`);
    progress.print(summary([report]));
  }
  const failures = reports.flatMap(({ hangs, failures }) => [...hangs, ...failures]);
  let status = failures.length > 0 || reports.some(({ lost }) => lost > 0) ? 1 : 0;
  if (reports.length > 0) console.log(`in all:\n${summary(reports)}`);
  for (const failure of failures) console.error(`${NAME}: ${failure}`);
  for (const floating of noCrashPoints ? [] : mode) {
    await using prefix = testPrefix();
    const points = crashPoints((point) => floating || !point.floating);
    try {
      const title = floating ? "floating" : "pinned";
      const { longest, givenBack } = await progress.step(
        `crash points, ${title}`,
        `killing slaves at ${points.length} crash points, ${title}`,
        () => crashAtAll(prefix, points, floating ? ["-f"] : []),
      );
      progress.print(
        `${title}, ${points.length} crash points: all hit, forwarding ` +
          `after ${longest.ms.toFixed(0)} ms at most (${longest.at}); ${givenBack} mbufs given ` +
          `back, 0 lost`,
      );
    } catch (error) {
      status = 1;
      const cause = error instanceof Error && error.cause ? `: ${error.cause}` : "";
      console.error(`${NAME}: ${error}${cause}`);
    }
  }
  if (options.clients > 0 && !await clientsCampaigns(options.clients, random)) status = 1;
  if (options.rings > 0 && !await ringCampaigns(options.rings, random)) status = 1;
  if (!await raceCampaigns(options.races)) status = 1;
  return status;
}

await run(NAME, README, soak);
