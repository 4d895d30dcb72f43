/**
 * Reads what this machine has, for the programs that set it up and check it: hugepages, CPUs, files
 * that DPDK left, and the shim.
 *
 * @module
 */

export { DpdkError, SETUP_HINT } from "./boundary/errors.ts";
export { bundledDrivers, dpdkVersion } from "./boundary/library.ts";
export { parseLcoreOption } from "./host/lcore_list.ts";
export { leftoverHugepageFiles, runtimeFolders } from "./host/leftovers.ts";
export {
  cpuCount,
  cpuList,
  hugepages,
  hugetlbfsMounts,
  pageKib,
  pageText,
  runtimeRoot,
} from "./host/machine.ts";
export { removeRuntimeFiles } from "./host/runtime.ts";
export { shownCpus } from "./host/shown_cpus.ts";
export { LINKAGES, shimStatus } from "./shim/build.ts";
