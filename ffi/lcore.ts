/**
 * Logical cores: `rte_lcore.h`.
 *
 * EAL's own worker threads cannot run JavaScript. A thread that shall work as lcore N, which is a
 * Worker or the main thread, adopts it with {@linkcode Lcore.adopt}: it is pinned to the lcore's
 * CPUs and `rte_lcore_id()` is N for it, so that it uses N's mempool caches. `Lcore` objects are
 * such adoptions; {@linkcode launchOnLcore} starts a Worker that holds one.
 *
 * @module
 */

import { EBUSY, EPERM, LCORE_ID_ANY as ANY } from "./boundary/constants.ts";
import { limits } from "./boundary/bounds.ts";
import { DpdkError } from "./boundary/errors.ts";
import { formatRanges } from "./host/lcore_list.ts";
import { shim } from "./boundary/library.ts";
import { checkInteger, failure, readList, requireEal, unwrap } from "./boundary/native.ts";

/** `LCORE_ID_ANY`: the id of a thread that holds no lcore. */
export const LCORE_ID_ANY: number = ANY;

/**
 * The hold of this thread on an lcore. One thread at a time has it, in this process; other
 * processes of the primary must use other ids.
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

  /** How many lcore ids DPDK has, 0 the first: `RTE_MAX_LCORE`. */
  static get max(): number {
    return limits().lcores;
  }

  /** All enabled lcores of this process, ascending: `RTE_LCORE_FOREACH`. */
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

  /** All enabled lcores but the main one, ascending: `RTE_LCORE_FOREACH_WORKER`. */
  static workers(): number[] {
    const main = Lcore.main;
    return Lcore.list().filter((id) => id !== main);
  }

  /** The main lcore, which the thread that called `Eal.init()` holds: `rte_get_main_lcore`. */
  static get main(): number {
    requireEal("main lcore");
    return shim().shim_lcore_main();
  }

  /** The lcore of this thread, {@linkcode LCORE_ID_ANY} where it has none: `rte_lcore_id`. */
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
   * Makes this thread lcore `id` until disposal. The main lcore can be adopted after the main
   * thread gave it back with {@linkcode releaseMainLcore}.
   *
   * @throws {DpdkError} EINVAL when the lcore is not enabled, EBUSY when another thread of this
   * process has it, EALREADY when this thread has one, EPERM when the process's cpuset has lost the
   * lcore's CPUs since EAL started.
   */
  static adopt(id: number): Lcore {
    const operation = `adopt lcore ${id}`;
    requireEal(operation);
    checkInteger("lcore", id, 0, LCORE_ID_ANY);
    const result = shim().shim_lcore_adopt(id);
    if (result === -EBUSY) {
      throw new DpdkError({
        operation,
        errno: EBUSY,
        code: "EBUSY",
        reason: "another thread of this process has it",
        hint: "one thread an lcore; releaseMainLcore() frees the main one",
      });
    }
    if (result === -EPERM) {
      throw new DpdkError({
        operation,
        errno: EPERM,
        code: "EPERM",
        reason: `its CPU ${formatRanges(Lcore.cpus(id))} is not in this process's cpuset`,
      });
    }
    if (result < 0) throw failure(operation, result, `enabled are ${Lcore.list().join(", ")}`);
    return new Lcore(id);
  }

  /**
   * Makes this thread lcore `id` until disposal, without binding it to any CPU. The id is one that
   * nobody in any process of this primary has, which {@linkcode LcoreIds} can see to; it need not
   * be enabled.
   *
   * @throws {DpdkError} EINVAL when there is no such id, EBUSY when another thread of this process
   * has it, EALREADY when this thread has one.
   */
  static float(id: number): Lcore {
    const operation = `float as lcore ${id}`;
    requireEal(operation);
    checkInteger("lcore", id, 0, LCORE_ID_ANY);
    unwrap(operation, shim().shim_lcore_float(id));
    return new Lcore(id);
  }

  /** Gives the lcore back; this thread gets the CPU affinity that it had before. Idempotent. */
  [Symbol.dispose](): void {
    if (!this.#held) return;
    this.#held = false;
    unwrap(`release lcore ${this.id}`, shim().shim_lcore_release());
  }
}

/**
 * The main thread gives the main lcore back, for a Worker to adopt, and gets the CPU affinity
 * that it had before `Eal.init()`. From then on its mempool calls bypass the caches. Does
 * nothing where it holds none.
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
