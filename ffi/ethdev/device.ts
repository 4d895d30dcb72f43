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

// drivers return -1, which is EPERM, for whatever they do not like
const HINT = "EAL's log says what the driver does not like";

/**
 * Adds a device to all running processes: `rte_dev_probe`. Does nothing where it is there.
 *
 * @param devargs as for `--vdev` or `-a`: `net_null7,size=64`; 127 bytes at most, with which EAL tells
 * other processes of it.
 * @throws {DpdkError} ENAMETOOLONG, or when no driver takes it.
 */
export function probeDevice(devargs: string): void {
  const operation = `rte_dev_probe(${devargs})`;
  requireEal(operation);
  const most = limits().devargs;
  if (cString(devargs).length > most) {
    throw new DpdkError({
      operation,
      code: "ENAMETOOLONG",
      reason: `EAL tells other processes ${most - 1} bytes of it`,
      hint: "shorter paths, or --vdev of the primary",
    });
  }
  unwrap(operation, shim().shim_dev_probe(cString(devargs)), HINT);
  if (shim().shim_eal_process_type() === RTE_PROC_PRIMARY) allowCapture();
}

/**
 * Adds a virtual device to this process alone: `rte_vdev_init`. A secondary attaches to the port of
 * that name, which needs a driver that asks nothing of the primary when that has ended: `net_null`,
 * `net_ring` and `net_pcap` are such, `net_tap` is not.
 *
 * @throws {DpdkError} when there is no such port, or the driver cannot attach to it.
 */
export function attachVdev(name: string, args = ""): void {
  const operation = `rte_vdev_init(${name})`;
  requireEal(operation);
  unwrap(operation, shim().shim_vdev_init(cString(name), cString(args)), HINT);
}
