/**
 * Runs one test file in a process of its own.
 *
 * @module
 */

import { hearingSignals } from "../../../tests/harness/inherited_signals.ts";
import { NOTE } from "../../../tests/harness/note.ts";
import { killQuietly, processesMarked } from "../../../tests/harness/leftovers.ts";
import { PREFIX_MARK } from "../../../tests/harness/prefix.ts";
import { threadsOf } from "../../../tests/harness/wait.ts";
import { ROOT } from "./files.ts";
import { runToEnd } from "../../lib/command.ts";

/** The environment variable with the id of a run, in all processes that the run starts. */
export const RUN_MARK = "DENODPDK_TEST_RUN";

/** How long a file may take, in milliseconds; its tests have shorter limits of their own. */
const LIMIT = 10 * 60_000;

/** Numbers of tests of a file, or of several. */
export interface Counts {
  /** Tests that passed, steps included. */
  passed: number;
  /** Tests that failed. */
  failed: number;
  /** Tests that were ignored. */
  skipped: number;
}

/** The result of a file. */
export interface FileResult extends Counts {
  /** The file's path. */
  file: string;
  /** How long the file took, seconds. */
  seconds: number;
  /** Lines about what the file measured. */
  notes: string[];
  /** Everything that the file printed. */
  output: string;
}

/** The counts of a JUnit report; none where there is no report. */
function countJunit(path: string): Counts | undefined {
  let report: string;
  try {
    report = Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [, content = ""] of report.matchAll(/<testcase\b[^>]*>([^]*?)<\/testcase>/g)) {
    if (/^\s*<(failure|error)\b/.test(content)) counts.failed++;
    else if (/^\s*<skipped\b/.test(content)) counts.skipped++;
    else counts.passed++;
  }
  return counts;
}

/**
 * Runs a file.
 *
 * @param prefix File prefix for an EAL in the test process itself, and the beginning of those of
 * the processes that it starts.
 * @param dist Folder of the programs under test; as the environment has it where left out.
 * @param folder Where its report may be written.
 */
export async function runFile(
  file: string,
  { run, prefix, folder, dist }: { run: string; prefix: string; folder: string; dist?: string },
): Promise<FileResult> {
  const junit = `${folder}/${prefix}.xml`;
  const start = performance.now();
  const flags = [
    "-A",
    "--no-check",
    "--lock=cmd/dev/deno.lock",
    "--frozen",
    `--junit-path=${junit}`,
  ];
  const { command, args } = hearingSignals({
    command: Deno.execPath(),
    args: ["test", ...flags, file],
  });
  const env = {
    [RUN_MARK]: run,
    [PREFIX_MARK]: prefix,
    NO_COLOR: "1",
    ...dist === undefined ? {} : { DENODPDK_TEST_DIST: dist },
  };
  const ended = runToEnd(command, args, { cwd: ROOT, env });
  let late: string | undefined;
  const timer = setTimeout(() => {
    const all = processesOf(prefix).map(({ pid }) => pid);
    late = all.map(threadsOf).join("\n");
    // kills what the file started too, or their pipes would keep this process waiting
    all.forEach(killQuietly);
  }, LIMIT);
  const { success, code, signal, stdout, stderr } = await ended;
  clearTimeout(timer);
  let output = stdout + withoutBacktrace(stderr);
  const counts = countJunit(junit) ?? { passed: 0, failed: 0, skipped: 0 };
  // a crash, a file that does not load: there is no report, or one that knows of no failure
  if (!success && counts.failed === 0) {
    counts.failed = 1;
    output += `\n${file}: ended with ${signal ?? `status ${code}`}\n`;
  } else if (success && counts.passed + counts.skipped === 0) {
    counts.failed = 1;
    output += `\n${file}: has no test\n`;
  }
  if (late !== undefined) output += `\n${file}: not within ${LIMIT / 60_000} minutes:\n${late}\n`;
  const notes = output.split("\n").filter((line) => line.startsWith(NOTE))
    .map((line) => line.slice(NOTE.length));
  return { ...counts, file, seconds: (performance.now() - start) / 1000, notes, output };
}

/** The processes of one file: its own prefix, or those that its tests derive from it. */
function processesOf(prefix: string) {
  return processesMarked(
    PREFIX_MARK,
    (value) => value === prefix || value.startsWith(`${prefix}_`),
  );
}

/** Deno's own stack of machine code says nothing about a test. */
export function withoutBacktrace(text: string): string {
  return text.replace(/\nStack backtrace:\n(?:\s+(?:\d+:|at ).*\n?)*/g, "\n");
}
