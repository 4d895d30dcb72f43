/**
 * `deno task test:versions`: what this project promises, tried on Debian systems with other
 * versions of DPDK. See README.md, which is also its `--help`.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { cacheFolder } from "../../../ffi/shim/build.ts";
import { Progress } from "../../lib/progress.ts";
import { tableOf } from "../../lib/table.ts";
import { onSignal, run } from "../../lib/run.ts";
import { setUp } from "../../lib/setup/setup.ts";
import { write } from "../../lib/stdout.ts";
import { mixedVersions } from "./mixed.ts";
import { STEPS, versionsOptions } from "./options.ts";
import { isChanged, type Outcome, type System, Systems } from "./system.ts";

const NAME = "test:versions";
const README = new URL("./README.md", import.meta.url);
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** What tests came to, in all. */
interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The last count that a suite printed, as `938 passed, 0 failed`. */
function countsOf(text: string): Counts | undefined {
  const line = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm;
  const [, passed, failed, skipped] = [...text.matchAll(line)].at(-1) ?? [];
  if (passed === undefined) return undefined;
  return { passed: Number(passed), failed: Number(failed), skipped: Number(skipped ?? 0) };
}

const counted = ({ passed, failed, skipped }: Counts) =>
  `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`;

/** What came of a step: a count or ok, and how long it took. */
function verdict({ success, text, seconds }: Outcome): string {
  const counts = countsOf(text);
  const time = seconds < 90 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} min`;
  return `${success ? "" : "FAILED, "}${counts ? counted(counts) : success ? "ok" : ""}, ${time}`
    .replace(", ,", ",");
}

/** What a failed step printed, without the lines of what went well. */
function complaint(text: string): string {
  const lines = text.split("\n").filter((line) => !/^ok |^Get:|^\(Reading|^Unpacking/.test(line));
  return lines.slice(-LAST_LINES).map((line) => `    ${line}\n`).join("");
}

/** Lines of a failed step that are shown. */
const LAST_LINES = 150;

/** Versions of what a system has, once its packages are installed. */
async function versionsOf(systems: Systems, system: System): Promise<string> {
  const asked = "pkg-config --modversion libdpdk; gcc -dumpfullversion; ldd --version | head -1";
  const { text } = await systems.on(system, "sh", "-c", asked);
  const [dpdk = "?", gcc = "?", libc = "?"] = text.split("\n");
  return `DPDK ${dpdk}, gcc ${gcc}, glibc ${libc.match(/[\d.]+$/)?.[0] ?? "?"}`;
}

await run(NAME, README, async (args) => {
  const { steps, tests, suites } = versionsOptions(args);
  if (!await setUp({ tests: true })) return 1;
  if (Deno.uid() !== 0) throw new RangeError("mounts need root: run it with sudo");
  if (await isChanged(ROOT)) write("what is not committed is left out: each system has a clone\n");

  const kept = `${cacheFolder()}/versions`;
  Deno.mkdirSync(kept, { recursive: true, mode: 0o700 });
  using systems = new Systems(ROOT, Deno.makeTempDirSync({ dir: kept, prefix: ".run-" }));
  let status = 0;
  let interrupted = false;
  // Ctrl-C comes to what runs as well, and then the rest is left out
  onSignal((signalled) => {
    status = signalled;
    interrupted = true;
  });
  const stepOf = (suite: string, step: string) => `${suite} ${step}`;
  const plan = suites.flatMap((suite) => ["prepare", ...steps].map((step) => stepOf(suite, step)));
  using progress = new Progress(NAME, { plan });
  const rows: string[][] = [];
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  const done: System[] = [];
  for (const suite of suites) {
    if (interrupted) break;
    const name = stepOf(suite, "prepare");
    const system = await progress.step(name, name, () => systems.add(suite));
    const cells: string[] = [];
    for (const step of steps) {
      if (interrupted) break;
      const name = stepOf(suite, step);
      const task = [...STEPS[step] ?? [], ...(step === "test" ? tests : [])];
      const npx = ["npx", "--yes", `deno@${Deno.version.deno}`, "task", ...task];
      const outcome = await progress.step(name, name, () => systems.on(system, ...npx));
      const log = `${kept}/${suite}-${step}.log`;
      Deno.writeTextFileSync(log, `${outcome.text}\n`);
      cells.push(verdict(outcome));
      progress.print(`${name.padEnd(16)} ${verdict(outcome)}`);
      const counts = countsOf(outcome.text);
      for (const key of ["passed", "failed", "skipped"] as const) total[key] += counts?.[key] ?? 0;
      if (outcome.success) continue;
      progress.print(`${complaint(outcome.text)}all of it: ${log}`);
      if (!counts?.failed) total.failed++;
    }
    rows.push([`${suite}: ${await versionsOf(systems, system)}`, ...cells]);
    done.push(system);
  }
  if (!interrupted && steps.includes("compile")) {
    const meet = () => mixedVersions(systems, done);
    for (const { pair, fault } of await progress.step("mixed", "versions meet", meet)) {
      progress.print(`${pair}: ${fault ?? "refused by name"}`);
      if (fault) total.failed++;
      else total.passed++;
    }
  }
  write(`${tableOf(["", ...steps], rows, { ruled: true })}\n${counted(total)}\n`);
  if (total.failed > 0) status ||= 1;
  return status;
});
