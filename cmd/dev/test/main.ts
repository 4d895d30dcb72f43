/**
 * `deno task test`: runs the suite, each file in a process of its own. See README.md, which is
 * also its `--help`.
 *
 * @module
 */

import { inWords, Progress } from "../../lib/progress.ts";
import { run } from "../../lib/run.ts";
import { setUp } from "../../lib/setup/setup.ts";
import { removeAll } from "../../../tests/harness/leftovers.ts";
import { type Counts, type FileResult, runFile, withoutBacktrace } from "./file_run.ts";
import { withoutAutogroup } from "./autogroup.ts";
import { checkDist, linkPrograms } from "./dist.ts";
import { ROOT, testsSamples } from "./files.ts";
import { testOptions } from "./options.ts";
import {
  cleanAtSignals,
  cleanUp,
  leftBehind,
  type MachineState,
  machineState,
  runId,
} from "./machine_state.ts";
import { runToEnd } from "../../lib/command.ts";

const NAME = "test";

/** The most files at a time: each test starts several processes itself. */
const MOST_AT_ONCE = 2;

/** The step before the files. */
const TYPES = "types";

const counted = ({ passed, failed, skipped }: Counts) =>
  `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`;

const filesOf = ({ length }: readonly unknown[]) => `${length} file${length === 1 ? "" : "s"}`;

const indented = (text: string) => text.trimEnd().replace(/^/gm, "    ");

/** One line for a file; its whole output where it failed. */
function report(name: string, result: FileResult, print: (line: string) => void): void {
  const verdict = result.failed ? "FAILED" : "ok";
  const seconds = `${result.seconds.toFixed(1)} s`;
  print(`${verdict.padEnd(7)}${name.padEnd(46)} ${counted(result)}, ${seconds}`);
  for (const note of result.notes) print(`         ${note}`);
  if (result.failed) print(indented(result.output));
}

/** Checks the types of everything once, so that no file need be checked by itself. */
async function typesTest(): Promise<Counts> {
  const args = ["check", "--quiet", "--lock=cmd/dev/deno.lock", "--frozen", "tests"];
  const env = { NO_COLOR: "1" };
  const { success, stderr } = await runToEnd(Deno.execPath(), args, { cwd: ROOT, env });
  if (success) return { passed: 1, failed: 0, skipped: 0 };
  console.log(`${"FAILED".padEnd(7)}the types do not check, so nothing is run`);
  console.log(indented(withoutBacktrace(stderr)));
  return { passed: 0, failed: 1, skipped: 0 };
}

/** A file to be run, perhaps with programs of a folder. */
interface Job {
  file: string;
  /** The file, and with what it is run. */
  name: string;
  /** The folder of the programs under test; as the environment has it where left out. */
  dist?: string;
}

/**
 * The jobs of some files. Tests of the compiled samples are run once more with `denodpdk`, all of
 * them in one file, called by links.
 *
 * @param links Folder of these links; undefined where the sources are tested.
 */
function jobsOf(files: readonly string[], links: string | undefined): Job[] {
  const samples = links === undefined ? [] : files.filter(testsSamples);
  return [
    ...files.map((file) => ({ file, name: file })),
    ...samples.map((file) => ({
      file,
      name: `${file}, denodpdk`,
      ...links ? { dist: links } : {},
    })),
  ];
}

/** Runs files, some at a time, and reports each when it ends. */
async function runFiles(
  jobs: readonly Job[],
  atOnce: number,
  run: (job: Job) => Promise<FileResult>,
  progress: Progress,
): Promise<Counts[]> {
  const queue = [...jobs];
  const results: Counts[] = [];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let job; (job = queue.shift());) {
      const { name } = job;
      const result = await progress.step(name, name, () => run(job));
      report(name, result, (line) => progress.print(line));
      results.push(result);
    }
  }));
  return results;
}

/** The last test: whether the suite has left nothing behind. */
async function leftoverTest(run: string, before: MachineState): Promise<Counts> {
  const left = await leftBehind(run, before);
  if (left.length === 0) return { passed: 1, failed: 0, skipped: 0 };
  console.log(`${"FAILED".padEnd(7)}left behind on this machine:`);
  for (const line of left) console.log(`    ${line}`);
  return { passed: 0, failed: 1, skipped: 0 };
}

/** Runs everything. Returns the counts of each part. */
async function results(jobs: readonly Job[], run: string, folder: string): Promise<Counts[]> {
  const atOnce = Math.min(navigator.hardwareConcurrency, MOST_AT_ONCE);
  const plan = [TYPES, ...jobs.map(({ name }) => name)];
  using progress = new Progress("test", { plan, atOnce, announces: false });
  const { left } = progress;
  const time = left === undefined ? "" : `, about ${inWords(left)} in all`;
  progress.say(`checking the types, then ${filesOf(jobs)}, ${atOnce} at a time${time}`);
  const types = await progress.step(TYPES, "checking the types", typesTest);
  if (types.failed) return [types];
  const before = machineState();
  const one = (job: Job) =>
    runFile(job.file, {
      run,
      folder,
      prefix: `${run}${jobs.indexOf(job)}`,
      ...job.dist ? { dist: job.dist } : {},
    });
  return [
    types,
    ...await runFiles(jobs, atOnce, one, progress),
    await leftoverTest(run, before),
  ];
}

/** Runs the suite. Returns the exit status. */
async function test(files: string[], dist: boolean): Promise<number> {
  const run = runId();
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  using autogroup = withoutAutogroup();
  const clean = async () => {
    await cleanUp(run);
    removeAll([folder]);
    autogroup[Symbol.dispose]();
  };
  cleanAtSignals(clean);
  try {
    const begin = performance.now();
    const jobs = jobsOf(files, dist ? linkPrograms(`${folder}/links`) : undefined);
    const total = { passed: 0, failed: 0, skipped: 0 };
    for (const { passed, failed, skipped } of await results(jobs, run, folder)) {
      total.passed += passed;
      total.failed += failed;
      total.skipped += skipped;
    }
    console.log(`${filesOf(jobs)} in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
    console.log(counted(total));
    return total.failed ? 1 : 0;
  } finally {
    await clean();
  }
}

await run(NAME, new URL("./README.md", import.meta.url), async (args) => {
  const { dist, files } = testOptions(args);
  if (dist) {
    checkDist();
    Deno.env.set("DENODPDK_TEST_DIST", "1");
  }
  // `task test:bare` has set up, and runs this where nothing is to be installed
  // of the task that this is; tasks that tests start would take it for their own
  Deno.env.delete("INIT_CWD");
  if (!Deno.env.get("DENODPDK_TEST_ROOT") && !await setUp({ tests: true })) return 1;
  return await test(files, dist);
});
