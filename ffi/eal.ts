/**
 * The environment abstraction layer: `rte_eal.h`.
 *
 * @module
 */

import { ENOMEM, RTE_PROC_PRIMARY } from "./boundary/constants.ts";
import { exists } from "./host/exists.ts";
import { asksForDevices, type EalOptions, parseEalOptions } from "./host/eal_options.ts";
import { DpdkError } from "./boundary/errors.ts";
import { isListening } from "./host/signals.ts";
import { preferCore, shim, systemTraits } from "./boundary/library.ts";
import { releaseMainLcore, threadAffinity } from "./lcore.ts";
import {
  type DeadHoldersOptions,
  findLocks,
  forgetAllHolders,
  forgetDeadHolders,
} from "./recovery/locks.ts";
import {
  buryDead,
  describe,
  livingSecondaries,
  named,
  primaryOf,
  strangers,
} from "./host/liveness.ts";
import type { ProcessName } from "./host/machine.ts";
import {
  checkInteger,
  checkText,
  cString,
  cStrings,
  detachAll,
  errnoTexts,
  readList,
  readText,
  setEalReady,
  unwrap,
} from "./boundary/native.ts";
import { inspected } from "./boundary/shown.ts";
import { blamedOption, plainLog, vdevBlame, vdevReason } from "./host/start_failure.ts";
import { keepOfPrimary, keepOwn } from "./host/pcap.ts";
import { shortageHint } from "./host/shortage.ts";
import { holderText, type LcoreRecord } from "./host/lcore_record.ts";
import { checkLateOverlap, refuseConflict, takenLcores } from "./host/overlap.ts";
import { hasPorts } from "./host/primary_state.ts";
import { type Role, takeRole } from "./host/role.ts";
import { hasRoomForWorker } from "./host/limits.ts";
import { maxLcores } from "./host/max_lcores.ts";
import { formatRanges } from "./host/lcore_list.ts";
import { allowCapture, endCapture } from "./ethdev/pdump.ts";
import { alreadyPrimary, primaryText, winnerOf } from "./host/preflight.ts";
import { endSpareWorker, prepareWorker } from "./spare_worker.ts";
import { awaitAdmission } from "./recovery/admission.ts";
import {
  leaveRuntimeFiles,
  releaseRuntimeFiles,
  RuntimeFiles,
  runtimeFolder,
} from "./host/runtime.ts";

/**
 * V8 places its memory at random in the low 46 bits, where DPDK's default base lies too: there,
 * 6 of 150 secondaries could not map what the primary had. Here, none of 500 failed.
 */
const BASE_VIRTADDR = "0x500000000000";

/** How often an attach that met V8's memory is tried again, each time in a fresh process. */
const ATTACH_TRIES = 20;
const ATTACH_TRY = "DENODPDK_ATTACH_TRY";

/** How long EAL's start of a secondary may take, in milliseconds; it takes 20. */
const START_LIMIT = 60_000;

/** EAL can be initialised once in a process, and not again after its cleanup. */
let initialised = false;

/**
 * Refuses a second initialisation. Called before anything opens the shared configuration: in a
 * primary, closing that file again would drop the lock by which others know that it lives.
 */
function checkNotInitialised(operation: string): void {
  if ("DedicatedWorkerGlobalScope" in globalThis) {
    throw new DpdkError({ operation, reason: "EAL is initialised on the main thread only" });
  }
  if (!initialised) return;
  throw new DpdkError({
    operation,
    code: "EALREADY",
    reason: "EAL was already initialised in this process",
  });
}

/** Options of {@linkcode Eal.init}. */
export interface EalInitOptions {
  /** The program's name in EAL's log and in `dpdk-telemetry.py`; "denodpdk" where left out. */
  name?: string;
  /**
   * Whether a secondary may attach after the primary has ended, as long as other secondaries live.
   * No primary is there then to tell which virtual devices exist: `attachVdev` of `denodpdk/eal`
   * adds them. False where left out.
   */
  allowDeadPrimary?: boolean;
  /**
   * False for a program that uses no devices: DPDK's drivers, 128 libraries, are not loaded then,
   * and the program starts 37 ms sooner. It works together with processes that have drivers.
   * Arguments that ask for a device load the drivers all the same. True where left out.
   */
  drivers?: boolean;
  /**
   * Whether this process may have lcores that another process has. Only for a process that uses no
   * mempool cache, since two processes would corrupt it. False where left out.
   */
  allowOverlap?: boolean;
  /**
   * Whether to refuse a primary without ports, of which a secondary cannot have any either. False
   * where left out.
   */
  needsPorts?: boolean;
  /**
   * The module that `launchOnLcore` will be given: in a primary a Worker loads it while EAL starts,
   * and the first lcore runs sooner. The Worker ends with EAL if nobody has used it. None is made
   * beforehand where left out.
   */
  lcoreModule?: URL;
  /**
   * True for a secondary that only looks at its primary, and neither sends nor receives on ports:
   * it opens none of the files that `net_pcap` devices read and write. Other secondaries append to
   * those files. False where left out.
   */
  looks?: boolean;
}

/** Options of {@linkcode Eal.attach}. */
export interface EalAttachOptions {
  /** `--file-prefix` of the running primary; "rte" where left out. */
  filePrefix?: string;
  /**
   * Whether to attach to PCI devices, to see the ports on them; their drivers notice that a process
   * comes and goes. False where left out: PCI devices are left alone.
   */
  pci?: boolean;
  /** Further arguments of EAL. */
  args?: readonly string[];
  /**
   * The least important messages of EAL's log to be shown, 1 (emergencies) to 8 (debug); 4, errors,
   * where left out.
   */
  logLevel?: number;
}

/** Whether a process made the shared memory or attached to it: `rte_eal_process_type`. */
export type ProcessType = "primary" | "secondary";

/**
 * DPDK's Environment Abstraction Layer in this process. It can be initialised once in a process, on
 * the main thread, and ends with its disposal.
 *
 * @example
 * ```ts
 * import { Eal } from "denodpdk";
 * import { Lcore } from "denodpdk/eal";
 *
 * using eal = Eal.init(["-l", "0-1", "--no-pci", "--file-prefix", "example"]);
 * console.log(eal.processType, Lcore.list());
 * ```
 */
export class Eal implements Disposable {
  #alive = true;
  readonly #options: EalOptions;
  readonly #record: LcoreRecord | undefined;
  /** Whether this process made the shared memory or attached to it. */
  readonly processType: ProcessType;
  /** The program's own arguments: all that followed `--`. */
  readonly args: readonly string[];
  /**
   * The value of `--file-prefix`, which processes that work together share; "rte" unless it was
   * given.
   */
  readonly filePrefix: string;

  #locksUnknown: string | undefined;

  private constructor(
    options: EalOptions,
    processType: ProcessType,
    record: LcoreRecord | undefined,
  ) {
    this.#options = options;
    this.#record = record;
    this.processType = processType;
    this.args = options.appArgs;
    this.filePrefix = options.filePrefix;
  }

  /**
   * Initialises EAL: `rte_eal_init`. The calling thread becomes the main lcore. EAL's log goes to
   * stderr once EAL runs; when it fails, the error says why, and the log is not shown.
   *
   * A secondary needs the same addresses as its primary. Where V8 has taken some of them, the
   * process starts over with `execve`: the program runs again from its beginning, under the same
   * pid. So call this before anything that must not happen twice.
   *
   * @param args EAL's arguments as on a command line; those behind `--` are the program's own.
   * @throws {DpdkError} for a bad argument, a running or missing primary, lcores that another
   * process has, too few hugepages, or any failure of EAL.
   * @throws {RangeError} for an argument that contains a NUL character.
   */
  static init(args: readonly string[], options: EalInitOptions = {}): Eal {
    try {
      return Eal.#init(args, options);
    } catch (error) {
      endSpareWorker();
      throw error;
    }
  }

  static #init(args: readonly string[], options: EalInitOptions): Eal {
    const operation = "rte_eal_init";
    args.forEach(checkText);
    const noDevices = options.drivers === false && !asksForDevices(args);
    if (noDevices) preferCore();
    const eal = parseEalOptions(args);
    if (eal.help) {
      throw new DpdkError({ operation, reason: "--help is for the program to answer" });
    }
    checkNotInitialised(operation);
    const tries = takeTries();
    const files = new RuntimeFiles(eal);
    // a signal may come as soon as the folder is made; files in a folder that existed before are
    // not ours yet
    if (files.makesFolder) files.own();
    if (isListening()) shim().shim_ending_listen(1);
    let taken: Role;
    try {
      taken = takeRole(eal, options);
    } catch (error) {
      if (files.makesFolder) releaseRuntimeFiles();
      throw error;
    }
    if (!files.makesFolder) files.own();
    const { role, record } = taken;
    if (role === "secondary" && !noDevices) {
      keepOfPrimary(runtimeFolder(eal.filePrefix), options.looks ?? false);
    }
    const keepOutputs = role === "primary" ? keepOwn(eal.ealArgs) : () => {};
    const result = start(eal, role, options);
    if (result < 0) {
      const log = heldLog();
      shim().shim_log_release(0);
      if (isPassing(role, eal, -result, log)) startOver(tries);
      record?.[Symbol.dispose]();
      releaseRuntimeFiles();
      const winner = role === "primary" && !eal.noShconf ? winnerOf(eal.filePrefix) : undefined;
      throw winner ? alreadyPrimary(eal.filePrefix, winner) : initFailure(eal, -result, log);
    }
    initialised = true;
    keepOutputs();
    const processType = result === RTE_PROC_PRIMARY ? "primary" : "secondary";
    try {
      const conflict = record?.confirm();
      if (conflict) refuseConflict(eal, conflict);
      if (processType === "secondary" && !options.allowOverlap) checkLateOverlap(eal, record);
      if (options.needsPorts) checkPorts(eal, processType);
      checkVdevs(eal);
    } catch (error) {
      // what EAL logs when another process starts at the same moment is not shown either
      shim().shim_eal_cleanup();
      shim().shim_log_release(0);
      record?.[Symbol.dispose]();
      releaseRuntimeFiles();
      throw error;
    }
    shim().shim_log_release(1);
    let locksUnknown: string | undefined;
    if (role === "primary" && !eal.noShconf) {
      locksUnknown = findLocks();
      if (!noDevices && shim().shim_eth_dev_list(new Uint32Array(), 0) > 0) allowCapture();
    }
    setEalReady(true);
    if (isListening()) shim().shim_ending_listen(0);
    const ready = new Eal(eal, processType, record);
    ready.#locksUnknown = locksUnknown;
    if (processType === "secondary" && !options.allowOverlap) {
      try {
        awaitAdmission(ready.runtimeFolder, eal.lcoreOption);
      } catch (error) {
        ready[Symbol.dispose]();
        throw error;
      }
    }
    return ready;
  }

  /**
   * Attaches to a running primary to look at it: `rte_eal_init` as a secondary that takes no lcore
   * from others and does not bind the calling thread to a CPU. Its mempool calls bypass the caches.
   *
   * @throws {DpdkError} when there is no living primary of that prefix, or EAL fails.
   */
  static attach(options: EalAttachOptions = {}): Eal {
    const { filePrefix = "rte", pci = false, args = [] } = options;
    checkNotInitialised("rte_eal_init");
    const logLevel = checkInteger("logLevel", options.logLevel ?? 4, 1, 8);
    const taken = takenLcores(runtimeFolder(filePrefix));
    let lcore = maxLcores() - 1;
    while (lcore > 0 && taken.has(lcore)) lcore--;
    const eal = Eal.init([
      "--proc-type=secondary",
      `--file-prefix=${filePrefix}`,
      `--lcores=${lcore}@(${formatRanges(threadAffinity())})`,
      `--log-level=${logLevel}`,
      ...(pci ? [] : ["--no-pci"]),
      ...args,
    ], { allowOverlap: true, needsPorts: pci, looks: true });
    releaseMainLcore();
    return eal;
  }

  /** The version of DPDK in words, such as `DPDK 22.11.11`: `rte_version`. */
  static get version(): string {
    return readText((text, len) => shim().shim_version(text, len));
  }

  /**
   * Whether the primary of this process lives; true in the primary: `rte_eal_primary_proc_alive`.
   */
  get isPrimaryAlive(): boolean {
    this.#check();
    return this.processType === "primary" || shim().shim_eal_primary_alive() === 1;
  }

  /** The primary as messages name it: `mp_server (pid 4711)`. In the primary: itself. */
  get primaryText(): string {
    this.#check();
    if (this.processType === "primary") return describe({ pid: Deno.pid });
    const pid = primaryOf(this.runtimeFolder)?.pid;
    const recorded = pid === undefined ? this.#record?.primary() : undefined;
    return recorded ? holderText(recorded) : primaryText(this.runtimeFolder, pid);
  }

  /** The folder of EAL's runtime files: `rte_eal_get_runtime_dir`. */
  get runtimeFolder(): string {
    this.#check();
    return readText((text, len) => shim().shim_eal_runtime_dir(text, len));
  }

  /**
   * The other secondaries of this primary that have started and live, or may live. One in another
   * PID namespace cannot be seen from here: its name is "?", and its pid is the one that it has
   * there.
   */
  secondaries(): ProcessName[] {
    this.#check();
    return named(livingSecondaries(this.runtimeFolder));
  }

  /**
   * The pids of the living secondaries that can be seen from here, and whether there are others of
   * which nothing is known: foreign programs in another PID namespace.
   */
  visibleSecondaries(): { pids: number[]; strangers: boolean } {
    this.#check();
    const folder = this.runtimeFolder;
    const pids = livingSecondaries(folder).flatMap(({ pid }) => pid ?? []);
    return { pids, strangers: strangers(folder).length > 0 };
  }

  /**
   * Removes the sockets that killed secondaries left in the runtime folder.
   *
   * @returns how many were removed.
   */
  buryDead(): number {
    this.#check();
    return buryDead(this.runtimeFolder);
  }

  /** Why {@linkcode Eal.forgetDeadHolders} can do nothing; undefined where it can. */
  get locksUnknown(): string | undefined {
    return this.#locksUnknown;
  }

  /**
   * Frees EAL's shared locks that killed processes still hold. A secondary holds such locks for
   * much of its start; when it is killed meanwhile, all others wait for ever. A lock is freed when
   * it is held at an instant at which no living process can hold it. Only in the primary.
   *
   * @returns how many there were.
   */
  async forgetDeadHolders(options: DeadHoldersOptions = {}): Promise<number> {
    this.#check();
    if (this.processType !== "primary") return 0;
    const { stillValid = () => true } = options;
    // the threads of a process that cannot be seen cannot be looked at
    const others = () =>
      livingSecondaries(runtimeFolder(this.filePrefix)).map(({ pid, ownPid }) => pid ?? -ownPid);
    return await forgetDeadHolders(
      others,
      { ...options, stillValid: () => this.#alive && stillValid() },
    );
  }

  #check(): void {
    if (!this.#alive) throw new DpdkError({ operation: "Eal", reason: "used after disposal" });
  }

  /** What `console.log` shows. */
  [inspected](): string {
    const text = `Eal: ${this.processType} with file prefix ${this.filePrefix}`;
    return this.#alive ? text : `${text} (disposed)`;
  }

  /**
   * Ends EAL: `rte_eal_cleanup`. Ports, rings, pools and all other objects throw from then on. The
   * last process of a prefix also removes the runtime and hugepage files, which DPDK leaves behind.
   * Idempotent.
   *
   * @throws {DpdkError} EBUSY while a Worker still runs on an lcore; EAL goes on then.
   */
  [Symbol.dispose](): void {
    if (!this.#alive) return;
    checkNoLcores();
    endSpareWorker();
    this.#alive = false;
    detachAll();
    shim().shim_handles_end();
    if (this.processType === "primary" && !this.#options.noShconf) {
      if (livingSecondaries(runtimeFolder(this.filePrefix)).length === 0) forgetAllHolders();
    }
    endCapture();
    setEalReady(false);
    unwrap("rte_eal_cleanup", shim().shim_eal_cleanup());
    this.#record?.[Symbol.dispose]();
    releaseRuntimeFiles();
  }
}

/** Refuses to unmap memory under a running lcore. */
function checkNoLcores(): void {
  const lcores = readList(
    "list of lcores in use",
    (length) => new Uint32Array(length),
    (list, len) => shim().shim_lcore_others(list, len),
  );
  if (lcores.length === 0) return;
  throw new DpdkError({
    operation: "rte_eal_cleanup",
    code: "EBUSY",
    reason: `Workers still run as lcore ${lcores.join(", ")}`,
    hint: "stop() them and await `done` first",
  });
}

/**
 * Calls `rte_eal_init`. A process with DPDK inside is made to look like one that is linked to the
 * system's DPDK: a primary has the tail queues that such secondaries need, and mempool operations
 * have the same indices, since a pool contains such an index.
 *
 * @returns the type of the process, or a negative errno.
 */
function start(
  options: EalOptions,
  role: ProcessType,
  { name = "denodpdk", lcoreModule }: EalInitOptions,
): number {
  const { tailqs, ops } = systemTraits() ?? { tailqs: [], ops: [] };
  if (role === "primary") {
    for (const tailq of tailqs) shim().shim_eal_tailq_reserve(cString(tailq));
  }
  const base = options.hasBaseVirtaddr ? [] : [`--base-virtaddr=${BASE_VIRTADDR}`];
  // a driver that finds a device, but no port of the primary for it, aborts the process
  const without = role === "secondary" && !options.ealArgs.includes("--no-pci") &&
    !hasPorts(runtimeFolder(options.filePrefix));
  // EAL would wait without limit if it came to another role than was decided here
  const given = options.ealArgs.map((arg) =>
    arg === "--proc-type=auto" ? `--proc-type=${role}` : arg
  );
  const argv = [name, ...base, ...given, ...(without ? ["--no-pci"] : [])];
  const text = cStrings(argv);
  const asked = [argv.length, text, text.length, cStrings(ops), ops.length] as const;
  // a secondary must map what its primary has where V8 might have put a Worker
  if (role === "primary" && lcoreModule && hasRoomForWorker()) {
    const begun = shim().shim_eal_begin(...asked);
    if (begun < 0) return begun;
    // the main thread only waits while a Worker comes up
    prepareWorker(lcoreModule);
    return shim().shim_eal_join();
  }
  // a secondary would wait for ever for a lock that a killed process holds
  const limit = role === "secondary" ? START_LIMIT : 0;
  const lastWords =
    `${name}: rte_eal_init: not ready within ${START_LIMIT / 1000} s; a killed process may hold ` +
    `a lock (end all processes of file prefix '${options.filePrefix}' and start anew)\n`;
  return shim().shim_eal_init(...asked, limit, cString(lastWords));
}

/**
 * Refuses a living primary that has closed all its ports. After the death of a primary its ports
 * are not known, see `attachVdev`.
 */
function checkPorts({ filePrefix }: EalOptions, processType: ProcessType): void {
  if (processType === "primary" || shim().shim_eal_primary_alive() !== 1) return;
  if (shim().shim_eth_dev_list(new Uint32Array(), 0) > 0) return;
  const folder = runtimeFolder(filePrefix);
  throw new DpdkError({
    operation: `--file-prefix=${filePrefix}`,
    reason: `the primary, ${primaryText(folder, primaryOf(folder)?.pid)}, has no ports`,
  });
}

/** What EAL has logged during its start. */
function heldLog(): string {
  return plainLog(readText((text, len) => shim().shim_log_held(text, len)));
}

/**
 * Refuses virtual devices that did not start: EAL passes over them, and numbers the ports without
 * them.
 */
function checkVdevs({ vdevs }: EalOptions): void {
  const failed = vdevs.find((vdev) =>
    shim().shim_vdev_started(cString(vdev.split(",", 1)[0] ?? "")) === 0
  );
  if (failed === undefined) return;
  const log = heldLog();
  throw new DpdkError(vdevBlame(failed, vdevReason(failed, log)));
}

/**
 * Whether a start failed in a way that may not happen again when the process starts over.
 *
 * - An attach: memory that the primary uses is taken in this process, or a secondary that started
 *   at the same time cleaned a file away that this one had just made. Both say ENOMEM mostly.
 * - `--proc-type=auto`, when another one became the primary in the same instant: now it is there.
 * - A primary, when the last process of the prefix removed the folder in the same instant.
 */
function isPassing(
  role: ProcessType,
  { procType, noShconf, filePrefix }: EalOptions,
  errno: number,
  log: string,
): boolean {
  if (role === "secondary") {
    return errno === ENOMEM || /Cannot (reserve|mmap|remap) memory|base-virtaddr/.test(log);
  }
  if (noShconf) return false;
  if (/Cannot open '.*' for rte_mem_config/.test(log) && !exists(runtimeFolder(filePrefix))) {
    return true;
  }
  return procType === "auto" && winnerOf(filePrefix) !== undefined;
}

/**
 * How often this process has started over, from a variable of its environment. Children must not
 * inherit that; one that does has another pid, which the variable contains.
 */
function takeTries(): number {
  const [pid, tries = 0] = (Deno.env.get(ATTACH_TRY) ?? "").split(" ").map(Number);
  Deno.env.delete(ATTACH_TRY);
  return pid === Deno.pid ? tries : 0;
}

/**
 * Starts this process over with `execve`, so that V8's memory lies elsewhere. Returns only if that
 * fails.
 *
 * @param tries how often the process has started over before.
 */
function startOver(tries: number): void {
  if (tries >= ATTACH_TRIES) return;
  // the process that owned the files is gone, although its pid lives on
  leaveRuntimeFiles();
  Deno.env.set(ATTACH_TRY, `${Deno.pid} ${tries + 1}`);
  shim().shim_eal_exec_self();
}

/** EAL's own words for a failure: the line of its log that says most, without the prefix. */
function tellingLine(log: string): string | undefined {
  const tailq = log.match(/Cannot initialize tailq: (\S+)/)?.[1];
  if (tailq) {
    return `the primary was made without the DPDK library of ${tailq}, which this process has`;
  }
  const lines = log.split("\n").map((line) => line.replace(/^\w+: (FATAL: )?/, "").trim());
  const dull = /^(Detected|Auto-detected|Multi-process socket|Selected IOVA|Probe|No |VFIO|$)/;
  return lines.find((line) =>
    !dull.test(line) && /cannot|fail|invalid|unable|not |error/i.test(line)
  );
}

function initFailure(options: EalOptions, errno: number, log: string): DpdkError {
  const { code, reason } = errnoTexts(errno);
  const blame = blamedOption(options, log);
  if (blame) return new DpdkError({ ...blame, errno });
  const hint = shortageHint(options);
  return new DpdkError({
    operation: "rte_eal_init",
    errno,
    code,
    reason: tellingLine(log) ?? reason,
    ...(hint ? { hint } : {}),
  });
}
