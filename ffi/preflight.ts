/**
 * What is looked at before EAL starts, so that the failures that users meet most are one line that
 * names the cause, where DPDK's own log is obscure or the process would wait for ever.
 *
 * @module
 */

import type { EalOptions } from "./eal_options.ts";
import { DpdkError } from "./errors.ts";
import { checkCpuset } from "./host/cpuset.ts";
import { checkLimits } from "./host/limits.ts";
import { permits } from "./host/permits.ts";
import { checkRoom } from "./host/room.ts";
import { readKernelFile } from "./kernel_file.ts";
import { formatRanges, parseLcoreOption } from "./lcore_list.ts";
import { dpdkVersion, shim } from "./library.ts";
import { hugetlbfsMounts, otherPidsOf, pidsOf, processName } from "./machine.ts";
import { cString } from "./native.ts";
import { runtimeFolder } from "./runtime.ts";

/** `RTE_MAGIC`: in the shared configuration once the primary has initialised it all. */
const RTE_MAGIC = 19820526;

/** How long a secondary waits for a primary that is starting, in milliseconds. */
const PRIMARY_START_LIMIT = 30_000;

/** How long a primary waits for the end of secondaries whose primary has ended, in milliseconds. */
const ORPHAN_LIMIT = 2_000;

function fail(operation: string, reason: string, hint?: string): never {
  throw new DpdkError({ operation, reason, ...(hint ? { hint } : {}) });
}

/** A process as a user knows it: `simple_mp (pid 4711)`. */
export function describe(pid: number): string {
  return `${processName(pid)} (pid ${pid})`;
}

/**
 * The pid of the primary that lives in a runtime folder; 0 when it is dead, undefined when there
 * never was one. Only before EAL is initialised: in a primary, closing its own `config` would drop
 * its lock.
 */
export function primaryOf(folder: string): number | undefined {
  const owner = shim().shim_eal_lock_owner(cString(`${folder}/config`));
  return owner < 0 ? undefined : owner;
}

/** The CPUs that EAL can use: those that the kernel shows. */
function availableCpus(): Set<number> {
  const text = readKernelFile("/sys/devices/system/cpu/online").trim();
  return new Set(parseLcoreOption("-l", text).keys());
}

function checkCpus({ lcores, lcoreOption }: EalOptions): void {
  if (!lcores) return;
  const available = availableCpus();
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

/** EAL would wait without limit for a primary that never finishes; this waits with one. */
function waitForPrimary(folder: string, prefix: string): void {
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  const deadline = Date.now() + PRIMARY_START_LIMIT;
  let config = readConfig(folder);
  while (config.magic !== RTE_MAGIC) {
    const owner = primaryOf(folder);
    if (!owner) fail("--proc-type=secondary", `the primary of file prefix '${prefix}' just ended`);
    if (Date.now() > deadline) {
      fail(
        "--proc-type=secondary",
        `${describe(owner)} has not finished its initialisation in ${PRIMARY_START_LIMIT / 1000} s`,
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
 * A new primary would overwrite what secondaries of a dead one still use, so they must be gone;
 * those that die with their primary are, soon.
 */
function checkOrphans(
  folder: string,
  { filePrefix, procType }: EalOptions,
  mayReturn: boolean,
): void {
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  const deadline = Date.now() + ORPHAN_LIMIT;
  let others = pidsOf(folder);
  while (others.size > 0 && Date.now() < deadline) {
    Atomics.wait(sleep, 0, 0, 10);
    others = pidsOf(folder);
  }
  const [orphan] = others;
  if (orphan === undefined) return;
  fail(
    `--proc-type=${procType}`,
    `${describe(orphan)} lives on with what the ended primary of file prefix '${filePrefix}' left`,
    mayReturn ? "--proc-type=secondary joins it" : "end it first, or use another --file-prefix",
  );
}

/**
 * Whether all processes of a prefix have ended but this one, a secondary. Then no primary can
 * start any more before this process has ended: it would lose the files that are to be removed.
 */
export function isOrphaned(filePrefix: string): boolean {
  const folder = runtimeFolder(filePrefix);
  if (primaryOf(folder) !== 0) return false;
  if (otherPidsOf(folder).length > 0) return false;
  return shim().shim_eal_lock_take(cString(`${folder}/config`)) === 0;
}

/** What preflight leaves to the caller's choice. */
export interface PreflightOptions {
  /** Attach to what a dead primary left, when other secondaries live on. */
  allowDeadPrimary?: boolean;
}

/**
 * Checks what EAL's options ask for against this machine and the processes on it.
 *
 * @returns the role that the process will have.
 * @throws {DpdkError} one line that names what stands in the way.
 */
export function preflight(
  options: EalOptions,
  { allowDeadPrimary = false }: PreflightOptions = {},
): "primary" | "secondary" {
  const folder = runtimeFolder(options.filePrefix);
  checkCpus(options);
  checkHugeDir(options);
  const permitted = permits(folder);
  checkCpuset(options, permitted.cpus);
  checkLimits(options, permitted);
  const role = options.noShconf ? "primary" : roleIn(folder, options, allowDeadPrimary);
  checkRoom(options, role, permitted);
  return role;
}

/** The role that the processes of a runtime folder leave. */
function roleIn(
  folder: string,
  options: EalOptions,
  allowDeadPrimary: boolean,
): "primary" | "secondary" {
  const { filePrefix, procType } = options;
  const primary = primaryOf(folder);
  const role = procType === "auto" ? (primary ? "secondary" : "primary") : procType;
  if (role === "primary") {
    if (!primary) {
      checkOrphans(folder, options, allowDeadPrimary);
      return role;
    }
    fail(
      "--proc-type=primary",
      `file prefix '${filePrefix}' already has a primary process, ${describe(primary)}`,
      "use --proc-type=secondary, --proc-type=auto or another --file-prefix",
    );
  }
  if (primary === undefined) {
    fail(
      "--proc-type=secondary",
      `no primary process with file prefix '${filePrefix}'`,
      "start a primary first, or give its --file-prefix",
    );
  }
  if (primary === 0 && (!allowDeadPrimary || pidsOf(folder).size === 0)) {
    fail(
      "--proc-type=secondary",
      `the primary process of file prefix '${filePrefix}' has ended` +
        (allowDeadPrimary ? ", and nobody lives on" : ""),
      "start the primary again first",
    );
  }
  if (primary !== 0) waitForPrimary(folder, filePrefix);
  return role;
}
