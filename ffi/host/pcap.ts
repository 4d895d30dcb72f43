/**
 * Protects the files of net_pcap devices, which a secondary would open a second time.
 *
 * @module
 */

import { SHIM_PCAP_APPEND, SHIM_PCAP_AS_IS, SHIM_PCAP_CLOSED } from "../boundary/constants.ts";
import { scanOptions } from "./eal_options.ts";
import { DpdkError } from "../boundary/errors.ts";
import { shim } from "../boundary/library.ts";
import { cStrings } from "../boundary/native.ts";
import { commandLine, ealWords } from "./command_line.ts";
import { primaryOf } from "./liveness.ts";

/** A device of the driver net_pcap. */
export interface PcapDevice {
  /** The device's name, such as `net_pcap0`. */
  name: string;
  /** The device's arguments, such as `rx_pcap=in.pcap,tx_pcap=out.pcap`. */
  args: string;
}

/** The net_pcap devices among EAL's arguments. */
export function pcapDevices(words: readonly string[]): PcapDevice[] {
  return [...scanOptions(words)].flatMap(({ option, value = "" }) => {
    const [, name = "", args = ""] = value.match(/^((?:net|eth)_pcap[^,]*),(.*)$/s) ?? [];
    return option === "--vdev" && name !== "" ? [{ name, args }] : [];
  });
}

/** Tells the shim how to open files of these devices. Returns whether it can. */
function keep(how: number, devices: readonly PcapDevice[]): boolean {
  const texts = devices.flatMap(({ name, args }) => [name, args]);
  return shim().shim_pcap_keep(how, cStrings(texts), devices.length) >= 0;
}

/**
 * Makes this process, which is about to become a secondary, leave the files of the primary's
 * net_pcap devices alone.
 *
 * @param looks true for a process that uses no port: it opens no file. Others append to outputs.
 * @throws {DpdkError} where that is impossible, and the primary has such outputs.
 */
export function keepOfPrimary(runtimeFolder: string, looks: boolean): void {
  const primary = primaryOf(runtimeFolder)?.pid;
  const devices = primary ? pcapDevices(ealWords(commandLine(primary))) : [];
  if (keep(looks ? SHIM_PCAP_CLOSED : SHIM_PCAP_APPEND, devices)) return;
  const written = devices.find(({ args }) => /(^|,)tx_pcap=/.test(args));
  if (!written) return;
  throw new DpdkError({
    operation: "--proc-type=secondary",
    reason: `${written.name} of the primary writes a file, which this process would empty`,
    hint: "start the primary without tx_pcap",
  });
}

/**
 * Prepares a primary with these arguments of EAL: it creates its output files, once.
 *
 * @returns a function to call when EAL runs: from then on a port that is stopped and started again
 * appends.
 */
export function keepOwn(ealArgs: readonly string[]): () => void {
  const devices = pcapDevices(ealArgs);
  if (devices.length === 0 || !keep(SHIM_PCAP_AS_IS, devices)) return () => {};
  return () => void keep(SHIM_PCAP_APPEND, devices);
}
