/**
 * Logical cores: `rte_lcore.h`.
 *
 * EAL's own worker threads cannot run JavaScript. So a Worker or the main thread becomes lcore N
 * with {@linkcode Lcore.adopt}: it is bound to the lcore's CPUs, and `rte_lcore_id()` is N in it,
 * so that it uses N's mempool caches. An `Lcore` object stands for that until its disposal;
 * {@linkcode launchOnLcore} starts a Worker that has one.
 *
 * @module
 */

import { EBUSY, EPERM, LCORE_ID_ANY as ANY } from "./boundary/constants.ts";
import { limits } from "./boundary/bounds.ts";
import { DpdkError } from "./boundary/errors.ts";
import { formatRanges } from "./host/lcore_list.ts";
import { shim } from "./boundary/library.ts";
import { checkInteger, failure, readList, requireEal, unwrap } from "./boundary/native.ts";
import { inspected } from "./boundary/shown.ts";

/** `LCORE_ID_ANY`: the lcore id of a thread that has no lcore. */
export const LCORE_ID_ANY: number = ANY;

/**
 * This thread as an lcore, until disposal. One thread of a process at a time can be an lcore; other
 * processes of the same primary must use other ids.
 *
 * @example
 * ```ts
 * import { Lcore } from "denodpdk/eal";
 *
 * using lcore = Lcore.adopt(1); // in a Worker
 * console.log(`Starting core ${lcore.id}`);
 * ```
 */
export class Lcore implements Disposable {
  /** The lcore's id. */
  readonly id: number;
  #held = true;

  private constructor(id: number) {
    this.id = id;
  }

  /** Number of lcore ids that DPDK has; the first is 0: `RTE_MAX_LCORE`. */
  static get max(): number {
    return limits().lcores;
  }

  /** The ids of all enabled lcores of this process, ascending: `RTE_LCORE_FOREACH`. */
  static list(): number[] {
    requireEal("list of lcores");
    return [
      ...readList(
        "list of lcores",
        (length) => new Uint32Array(length),
        (list, len) => shim().shim_lcore_list(list, len),
      ),
    ];
  }

  /** The ids of all enabled lcores except the main one, ascending: `RTE_LCORE_FOREACH_WORKER`. */
  static workers(): number[] {
    const main = Lcore.main;
    return Lcore.list().filter((id) => id !== main);
  }

  /**
   * The id of the main lcore, which the thread that called `Eal.init()` is at first:
   * `rte_get_main_lcore`.
   */
  static get main(): number {
    requireEal("main lcore");
    return shim().shim_lcore_main();
  }

  /** The id of this thread's lcore; {@linkcode LCORE_ID_ANY} where it has none: `rte_lcore_id`. */
  static get current(): number {
    return shim().shim_lcore_id();
  }

  /** The CPUs of an lcore: `rte_lcore_cpuset`. */
  static cpus(id: number): number[] {
    requireEal(`CPUs of lcore ${id}`);
    checkInteger("lcore", id, 0, limits().lcores - 1);
    return [
      ...readList(
        `CPUs of lcore ${id}`,
        (length) => new Uint32Array(length),
        (list, len) => shim().shim_lcore_cpus(id, list, len),
      ),
    ];
  }

  /** The NUMA node of an lcore: `rte_lcore_to_socket_id`. */
  static socket(id: number): number {
    requireEal(`NUMA node of lcore ${id}`);
    checkInteger("lcore", id, 0, limits().lcores - 1);
    return shim().shim_lcore_socket(id);
  }

  /**
   * Makes this thread lcore `id` until disposal, and binds it to the lcore's CPUs. The main lcore
   * can be adopted once the main thread has given it back with {@linkcode releaseMainLcore}.
   *
   * @throws {DpdkError} EINVAL when the lcore is not enabled, EBUSY when another thread of this
   * process has it, EALREADY when this thread already has an lcore, EPERM when the process's cpuset
   * has lost the lcore's CPUs since EAL started.
   */
  static adopt(id: number): Lcore {
    const operation = `adopt lcore ${id}`;
    requireEal(operation);
    checkInteger("lcore", id, 0, LCORE_ID_ANY);
    const result = shim().shim_lcore_adopt(id);
    if (result === -EBUSY) {
      throw new DpdkError({
        operation,
        code: "EBUSY",
        reason: "another thread of this process has it",
        hint: "one thread per lcore; releaseMainLcore() frees the main lcore",
      });
    }
    if (result === -EPERM) {
      throw new DpdkError({
        operation,
        code: "EPERM",
        reason: `its CPU ${formatRanges(Lcore.cpus(id))} is not in this process's cpuset`,
      });
    }
    if (result < 0) throw failure(operation, result, `enabled are ${Lcore.list().join(", ")}`);
    return new Lcore(id);
  }

  /**
   * Makes this thread lcore `id` until disposal, without binding it to any CPU. No thread of any
   * process of this primary may have the id; {@linkcode LcoreIds} gives such ids. The lcore need
   * not be enabled.
   *
   * @throws {DpdkError} EINVAL when there is no such id, EBUSY when another thread of this process
   * has it, EALREADY when this thread already has an lcore.
   */
  static float(id: number): Lcore {
    const operation = `float as lcore ${id}`;
    requireEal(operation);
    checkInteger("lcore", id, 0, LCORE_ID_ANY);
    unwrap(operation, shim().shim_lcore_float(id));
    return new Lcore(id);
  }

  /** What `console.log` shows. */
  [inspected](): string {
    return this.#held ? `Lcore ${this.id}` : `Lcore ${this.id} (disposed)`;
  }

  /**
   * Gives the lcore back, and restores the CPU affinity that this thread had before. Idempotent.
   */
  [Symbol.dispose](): void {
    if (!this.#held) return;
    this.#held = false;
    unwrap(`release lcore ${this.id}`, shim().shim_lcore_release());
  }
}

/**
 * Gives the main lcore back, so that a Worker can adopt it, and restores the CPU affinity that the
 * main thread had before `Eal.init()`. From then on the mempool calls of the main thread bypass the
 * caches. Does nothing where the main thread has no lcore.
 */
export function releaseMainLcore(): void {
  if (Lcore.current !== LCORE_ID_ANY) unwrap("release main lcore", shim().shim_lcore_release());
}

/** The CPUs that this thread may run on: `pthread_getaffinity_np`. */
export function threadAffinity(): number[] {
  return [
    ...readList(
      "thread affinity",
      (length) => new Uint32Array(length),
      (list, len) => shim().shim_thread_get_affinity(list, len),
    ),
  ];
}

/**
 * Lets this thread run on these CPUs only: `rte_thread_set_affinity`.
 *
 * @param cpus CPU numbers, at least one.
 * @throws {DpdkError} EINVAL when none of them is available.
 */
export function setThreadAffinity(cpus: readonly number[]): void {
  for (const cpu of cpus) checkInteger("CPU", cpu, 0, 1023);
  const list = Uint32Array.from(cpus);
  unwrap(
    `set thread affinity to CPUs ${cpus.join(", ")}`,
    shim().shim_thread_set_affinity(list, list.length),
  );
}
