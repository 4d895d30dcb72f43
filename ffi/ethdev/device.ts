/**
 * Devices that come and go while a process runs: `rte_dev.h`.
 *
 * @module
 */

import { limits } from "../boundary/bounds.ts";
import { RTE_PROC_PRIMARY } from "../boundary/constants.ts";
import { DpdkError } from "../boundary/errors.ts";
import { shim } from "../boundary/library.ts";
import { cString, requireEal, unwrap } from "../boundary/native.ts";
import { allowCapture } from "./pdump.ts";

// many drivers return -1, which is EPERM, for any error
const HINT = "EAL's log says what the driver does not like";

/**
 * Adds a device to all running processes of this primary: `rte_dev_probe`. Does nothing for a
 * device that is there already.
 *
 * @param devargs the device and its arguments, as `--vdev` or `-a` take them: `net_null7,size=64`;
 * 127 bytes at most, since EAL passes them to the other processes.
 * @throws {DpdkError} ENAMETOOLONG, or when no driver takes the device.
 *
 * @example Add a port while the program runs
 * ```ts
 * import { Port } from "denodpdk";
 * import { probeDevice } from "denodpdk/eal";
 *
 * probeDevice("net_null7,size=64");
 * using port = Port.open("net_null7");
 * ```
 */
export function probeDevice(devargs: string): void {
  const operation = `rte_dev_probe(${devargs})`;
  requireEal(operation);
  const most = limits().devargs;
  if (cString(devargs).length > most) {
    throw new DpdkError({
      operation,
      code: "ENAMETOOLONG",
      reason: `EAL passes at most ${most - 1} bytes of it to other processes`,
      hint: "use shorter paths, or give the device to the primary with --vdev",
    });
  }
  unwrap(operation, shim().shim_dev_probe(cString(devargs)), HINT);
  if (shim().shim_eal_process_type() === RTE_PROC_PRIMARY) allowCapture();
}

/**
 * Adds a virtual device to this process alone: `rte_vdev_init`. A secondary attaches to the port of
 * that name. When the primary has ended, that works with drivers that ask nothing of the primary,
 * such as `net_null`, `net_ring` and `net_pcap`, and not with `net_tap`.
 *
 * @throws {DpdkError} when there is no port of that name, or the driver cannot attach to it.
 */
export function attachVdev(name: string, args = ""): void {
  const operation = `rte_vdev_init(${name})`;
  requireEal(operation);
  unwrap(operation, shim().shim_vdev_init(cString(name), cString(args)), HINT);
}
