/**
 * The CPUs of this process's cpuset, which a container has too.
 *
 * @module
 */

import type { EalOptions } from "./eal_options.ts";
import { formatRanges, type LcoreMap } from "./lcore_list.ts";
import { shim } from "../boundary/library.ts";
import { readList } from "../boundary/native.ts";
import { refuse } from "./permits.ts";

/**
 * The CPUs that a thread of this process can be bound to. A mask set by `taskset` does not limit
 * them.
 */
export function cpusetCpus(): Set<number> {
  return new Set(readList(
    "CPUs of the cpuset",
    (length) => new Uint32Array(length),
    (list, len) => shim().shim_permit_cpus(list, len),
  ));
}

/** These lcores, placed on the permitted CPUs by turns. */
function onPermitted(lcores: LcoreMap, permitted: ReadonlySet<number>): string {
  const cpus = [...permitted];
  return [...lcores.keys()].map((id, i) => `${id}@${cpus[i % cpus.length]}`).join(",");
}

/**
 * Refuses lcores of which no CPU is in the cpuset, since EAL binds a thread to each lcore. Without
 * any lcore option EAL takes the CPUs of the mask, and service cores only among these.
 *
 * @param mask The CPUs that this thread may run on.
 * @param cpuset returns the CPUs of the cpuset; called only where the mask does not decide.
 * @throws {DpdkError} that names the option and the CPUs.
 */
export function checkCpuset(
  { lcores, lcoreOption }: Pick<EalOptions, "lcores" | "lcoreOption">,
  mask: ReadonlySet<number>,
  cpuset: () => ReadonlySet<number> = cpusetCpus,
): void {
  if (!lcores) return;
  const outside = (cpus: ReadonlySet<number>) =>
    [...lcores.values()].filter((set) => !set.some((cpu) => cpus.has(cpu)));
  if (outside(mask).length === 0) return;
  const permitted = cpuset();
  const refused = outside(permitted).flat();
  if (refused.length === 0) return;
  refuse(
    lcoreOption,
    `CPUs of this process's cpuset (${formatRanges(permitted)})`,
    `CPU ${formatRanges(new Set(refused))}`,
    `for example --lcores=${onPermitted(lcores, permitted)}`,
  );
}
