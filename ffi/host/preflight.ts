/**
 * Checks before EAL starts. The failures that users meet most become one line that names the cause,
 * where DPDK's own log is obscure or the process would wait for ever.
 *
 * @module
 */

import { RTE_MAGIC } from "../boundary/constants.ts";
import type { EalOptions } from "./eal_options.ts";
import { DpdkError } from "../boundary/errors.ts";
import { checkCpuset } from "./cpuset.ts";
import { checkLimits } from "./limits.ts";
import { permits } from "./permits.ts";
import { checkRoom } from "./room.ts";
import { holderText, recordedPrimary } from "./lcore_record.ts";
import { shownCpus } from "./shown_cpus.ts";
import { foldersElsewhere, hasPorts, memoryFault, privateProcess } from "./primary_state.ts";
import { formatRanges } from "./lcore_list.ts";
import { dpdkVersion } from "../boundary/library.ts";
import { describe, livingSecondaries, type Primary, primaryOf } from "./liveness.ts";
import { hugetlbfsMounts, runtimeRoot } from "./machine.ts";
import { runtimeFolder } from "./runtime.ts";

/** How long a secondary waits for a primary that is starting, in milliseconds. */
const PRIMARY_START_LIMIT = 30_000;

/** How long a primary waits for the end of secondaries whose primary has ended, in milliseconds. */
const ORPHAN_LIMIT = 2_000;

function fail(operation: string, reason: string, hint?: string): never {
  throw new DpdkError({ operation, reason, ...(hint ? { hint } : {}) });
}

/** The primary of a runtime folder in words, for messages. */
export function primaryText(folder: string, pid: number | undefined): string {
  const recorded = pid === undefined ? recordedPrimary(folder) : undefined;
  return recorded ? holderText(recorded) : describe({ pid });
}

function checkCpus({ lcores, lcoreOption }: EalOptions): void {
  const available = shownCpus();
  if (!lcores) return;
  const missing = [...lcores.values()].flat().filter((cpu) => !available.has(cpu));
  if (missing.length === 0) return;
  fail(
    lcoreOption,
    `CPU ${formatRanges(new Set(missing))} is not available (${formatRanges(available)} are)`,
    "--lcores=2@0,3@1 puts lcores 2 and 3 on CPUs 0 and 1",
  );
}

function checkHugeDir({ hugeDir, noHuge }: EalOptions): void {
  if (hugeDir === undefined || noHuge) return;
  const mounts = hugetlbfsMounts().map(({ path }) => path);
  if (mounts.some((path) => hugeDir === path || hugeDir.startsWith(`${path}/`))) return;
  const hint = mounts.length > 0 ? `there is ${mounts.join(", ")}` : "run `deno task setup`";
  fail(`--huge-dir=${hugeDir}`, "no hugetlbfs is mounted there", hint);
}

/** First words of the shared configuration: magic and version. */
function readConfig(folder: string): { magic: number; version: number } {
  using file = Deno.openSync(`${folder}/config`);
  const words = new Uint32Array(2);
  file.readSync(new Uint8Array(words.buffer));
  const [magic = 0, version = 0] = words;
  return { magic, version };
}

function versionText(version: number): string {
  return `${version >>> 24}.${String((version >>> 16) & 255).padStart(2, "0")}.${
    (version >>> 8) & 255
  }`;
}

/** Waits, with a time limit, for a primary that is starting; EAL would wait without one. */
function waitForPrimary(folder: string, prefix: string): void {
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  const deadline = performance.now() + PRIMARY_START_LIMIT;
  let config = readConfig(folder);
  // the primary writes the magic number at the end of its start
  while (config.magic !== RTE_MAGIC) {
    const primary = primaryOf(folder);
    if (!lives(primary)) {
      fail("--proc-type=secondary", `the primary of file prefix '${prefix}' just ended`);
    }
    if (performance.now() > deadline) {
      fail(
        "--proc-type=secondary",
        `${describe(primary)} has not finished its initialisation in ${
          PRIMARY_START_LIMIT / 1000
        } s`,
      );
    }
    Atomics.wait(sleep, 0, 0, 5);
    config = readConfig(folder);
  }
  const own = dpdkVersion();
  const theirs = versionText(config.version);
  if (own === undefined || own === theirs) return;
  fail(
    "--proc-type=secondary",
    `the primary of file prefix '${prefix}' runs DPDK ${theirs}, this process ${own}`,
    "both must use the same DPDK",
  );
}

/**
 * Refuses a new primary while secondaries of a dead one live, whose memory it would overwrite.
 * Waits a while for secondaries that end with their primary.
 */
function checkOrphans(
  folder: string,
  { filePrefix, procType }: EalOptions,
  mayReturn: boolean,
): void {
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  const deadline = performance.now() + ORPHAN_LIMIT;
  let others = livingSecondaries(folder);
  while (others.length > 0 && performance.now() < deadline) {
    Atomics.wait(sleep, 0, 0, 10);
    others = livingSecondaries(folder);
  }
  const [orphan] = others;
  if (orphan === undefined) return;
  fail(
    `--proc-type=${procType}`,
    `${describe(orphan)} lives on with what the ended primary of file prefix '${filePrefix}' left`,
    mayReturn ? "--proc-type=secondary joins it" : "end it first, or use another --file-prefix",
  );
}

/** Whether there is a primary that lives or may live. */
function lives(primary: Primary | undefined): primary is Primary {
  return primary !== undefined && primary.life !== "dead";
}

/** The error of a second primary, which came minutes or microseconds later. */
export function alreadyPrimary(filePrefix: string, primary: Primary): DpdkError {
  const name = primaryText(runtimeFolder(filePrefix), primary.pid);
  return new DpdkError({
    operation: "--proc-type=primary",
    reason: `file prefix '${filePrefix}' already has a primary process, ${name}`,
    hint: "use --proc-type=secondary, --proc-type=auto or another --file-prefix",
  });
}

/**
 * The primary that took the prefix while this process was starting as a primary; undefined where
 * none did.
 */
export function winnerOf(filePrefix: string): Primary | undefined {
  const primary = primaryOf(runtimeFolder(filePrefix));
  return lives(primary) && primary.pid !== Deno.pid ? primary : undefined;
}

/** Options of {@linkcode preflight}. */
export interface PreflightOptions {
  /** Whether to attach when the primary is dead and other secondaries live on. */
  allowDeadPrimary?: boolean;
  /** Whether to refuse a primary that has no ports. */
  needsPorts?: boolean;
}

/**
 * Throws the error of a secondary whose primary was not found, and says where it was looked for.
 */
function refuseMissing(filePrefix: string): never {
  const operation = "--proc-type=secondary";
  const unshared = privateProcess(filePrefix);
  if (unshared) {
    const { text, option } = unshared;
    fail(
      operation,
      `${text} has file prefix '${filePrefix}' with ${option}: nobody can attach to it`,
    );
  }
  const elsewhere = foldersElsewhere(filePrefix);
  const hint = elsewhere.length > 0
    ? `another user has ${elsewhere.join(", ")}: run as that user`
    : "start a primary first, or give its --file-prefix";
  fail(operation, `no primary process with file prefix '${filePrefix}' in ${runtimeRoot()}`, hint);
}

/**
 * Refuses to attach to a primary whose memory or ports cannot be shared; EAL would notice that
 * late, or crash.
 */
function checkPrimary(
  folder: string,
  { filePrefix, vdevs }: EalOptions,
  pid: number | undefined,
  needsPorts: boolean,
): void {
  const operation = `--file-prefix=${filePrefix}`;
  const primary = `the primary, ${primaryText(folder, pid)}`;
  const fault = memoryFault(folder, filePrefix, pid ?? 0);
  if (fault) fail(operation, `${primary}, ${fault}; no other process can attach to it`);
  // a driver that finds no port of the primary for its device aborts the process
  const ownPort = vdevs.find((vdev) => vdev.startsWith("net_"));
  if (!needsPorts && ownPort === undefined || hasPorts(folder)) return;
  fail(needsPorts ? operation : `--vdev=${ownPort}`, `${primary}, has no ports`);
}

/**
 * Checks EAL's options against this machine and its processes.
 *
 * @returns the role that the process will have.
 * @throws {DpdkError} one line that names the obstacle.
 */
export function preflight(
  options: EalOptions,
  more: PreflightOptions = {},
): "primary" | "secondary" {
  const folder = runtimeFolder(options.filePrefix);
  checkCpus(options);
  checkHugeDir(options);
  const permitted = permits(folder);
  checkCpuset(options, permitted.cpus);
  checkLimits(options, permitted);
  const role = options.noShconf ? "primary" : roleIn(folder, options, more);
  checkRoom(options, role, permitted);
  return role;
}

/** The role that is left for this process beside the processes of a runtime folder. */
function roleIn(
  folder: string,
  options: EalOptions,
  { allowDeadPrimary = false, needsPorts = false }: PreflightOptions,
): "primary" | "secondary" {
  const { filePrefix, procType } = options;
  const primary = primaryOf(folder);
  const alive = lives(primary);
  const role = procType === "auto" ? (alive ? "secondary" : "primary") : procType;
  if (role === "primary") {
    if (alive) throw alreadyPrimary(filePrefix, primary);
    checkOrphans(folder, options, allowDeadPrimary);
    return role;
  }
  if (primary === undefined) refuseMissing(filePrefix);
  if (!alive && (!allowDeadPrimary || livingSecondaries(folder).length === 0)) {
    fail(
      "--proc-type=secondary",
      `the primary process of file prefix '${filePrefix}' has ended` +
        (allowDeadPrimary ? ", and nobody lives on" : ""),
      "start the primary again first",
    );
  }
  if (alive) {
    waitForPrimary(folder, filePrefix);
    checkPrimary(folder, options, primary.pid, needsPorts);
  }
  return role;
}
