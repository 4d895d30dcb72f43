/**
 * Ethernet ports: `rte_ethdev.h`.
 *
 * @module
 */

import { shim } from "./library.ts";
import { readList, readText, requireEal, unwrap } from "./native.ts";

/** A port at one instant. */
export interface PortInfo {
  /** Port id. */
  port: number;
  /** Device name, as `net_null0`. */
  name: string;
  /** Driver name, as `net_null`. */
  driver: string;
  /** MAC address, as `02:00:00:00:00:01`. */
  mac: string;
}

/** All ports of this process: `RTE_ETH_FOREACH_DEV`. */
export function listPorts(): PortInfo[] {
  requireEal("list of ports");
  const ports = readList(
    "list of ports",
    (length) => new Uint32Array(length),
    (list, len) => shim().shim_ethdev_list(list, len),
  );
  return Array.from(ports, (port) => {
    const mac = new Uint8Array(6);
    unwrap(`rte_eth_macaddr_get(${port})`, shim().shim_ethdev_mac(port, mac));
    return {
      port,
      name: readText((text, len) => shim().shim_ethdev_name(port, text, len)),
      driver: readText((text, len) => shim().shim_ethdev_driver(port, text, len)),
      mac: Array.from(mac, (byte) => byte.toString(16).padStart(2, "0")).join(":"),
    };
  });
}
