/**
 * The CPUs that the kernel shows in the folder in which EAL looks for them.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { readKernelFile } from "./kernel_file.ts";
import { parseLcoreOption } from "./lcore_list.ts";

/** The folder in which EAL looks for CPUs. */
const FOLDER = "/sys/devices/system/cpu";

/**
 * All CPUs that are online.
 *
 * @throws {DpdkError} where the kernel shows none, as in a container or chroot without `/sys`: EAL
 * would find no CPU.
 */
export function shownCpus(): Set<number> {
  let text = "";
  try {
    text = readKernelFile(`${FOLDER}/online`).trim();
  } catch {
    // the error is thrown below
  }
  if (text !== "") return new Set(parseLcoreOption("-l", text).keys());
  throw new DpdkError({
    operation: "CPUs",
    reason: `${FOLDER} shows none, and that is where EAL looks for them`,
    hint: "mount -t sysfs sysfs /sys",
  });
}
