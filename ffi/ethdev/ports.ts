/**
 * Which ports exist, and what each of them can do.
 *
 * @module
 */

import { struct_shim_eth_info, struct_shim_eth_queues } from "../boundary/constants.ts";
import { DpdkError } from "../boundary/errors.ts";
import { shim } from "../boundary/library.ts";
import {
  cString,
  Dependents,
  readList,
  readStruct,
  readText,
  requireEal,
  track,
  unwrap,
} from "../boundary/native.ts";
import { withJson } from "../boundary/shown.ts";

/**
 * A port at one instant: what it is, what it can, and how it is configured. `JSON.stringify` writes
 * the masks as hexadecimal text, `"0xe"`.
 */
export interface PortInfo {
  /** Id of the port. */
  id: number;
  /** Name of the device, such as `net_null0`. */
  name: string;
  /** Name of the driver, such as `net_null`. */
  driver: string;
  /** The MAC address as DPDK writes it, `02:00:00:00:00:0A`. */
  mac: string;
  /** NUMA node of the device, -1 where it has none. */
  socket: number;
  /** Whether the port is started. */
  started: boolean;
  /** Number of receive queues that are configured. */
  rxQueues: number;
  /** Number of transmit queues that are configured. */
  txQueues: number;
  /** The most receive queues that the device can have. */
  maxRxQueues: number;
  /** The most transmit queues that the device can have. */
  maxTxQueues: number;
  /** {@linkcode RxOffload} bits that the device can do. */
  rxOffloadCapa: bigint;
  /** {@linkcode TxOffload} bits that the device can do. */
  txOffloadCapa: bigint;
  /** {@linkcode RssHash} bits that the device can do. */
  rssCapa: bigint;
  /** {@linkcode RxOffload} bits that the port was opened with. */
  rxOffloads: bigint;
  /** {@linkcode TxOffload} bits that the port was opened with. */
  txOffloads: bigint;
  /** The smallest MTU that the device takes, bytes. */
  minMtu: number;
  /** The largest MTU that the device takes, bytes. */
  maxMtu: number;
  /** The smallest data room of an mbuf that the device can receive into, bytes. */
  minRxBufferSize: number;
  /** The longest frame that the device can receive, bytes. */
  maxRxPacketLength: number;
  /** Descriptors of a receive queue that the driver prefers; 0 where it does not say. */
  preferredRxDescriptors: number;
  /** Descriptors of a transmit queue that the driver prefers; 0 where it does not say. */
  preferredTxDescriptors: number;
}

/** Whether a port can send and receive; if not, why. */
export const Readiness = { ready: 0, early: 1, stopped: 2 } as const;

/** How many queues of a port this process can use, and whether they can send and receive. */
export interface Queues {
  /** One of {@linkcode Readiness}. */
  state: number;
  /** Number of receive queues. */
  rx: number;
  /** Number of transmit queues. */
  tx: number;
}

/** The queues of a port that this process can use now. */
export function queuesOf(port: number): Queues {
  const { rx, tx, early, stopped } = readStruct(
    struct_shim_eth_queues,
    (memory) =>
      unwrap(`rte_eth_dev_info_get(port ${port})`, shim().shim_eth_dev_queues(port, memory)),
  );
  const state = stopped ? Readiness.stopped : early ? Readiness.early : Readiness.ready;
  return { state, rx, tx };
}

/** Name of the pool that a port makes for itself. */
export function ownPoolName(port: number): string {
  return `port_${port}_mbufs`;
}

/** Device name of a port; empty where there is none. */
export function nameOf(port: number): string {
  return readText((text, len) => shim().shim_eth_dev_name(port, text, len));
}

/** The MAC address, 6 bytes: `rte_eth_macaddr_get`. */
export function macOf(operation: string, port: number): Uint8Array<ArrayBuffer> {
  const mac = new Uint8Array(6);
  unwrap(operation, shim().shim_eth_macaddr_get(port, mac));
  return mac;
}

/** A MAC address as DPDK writes it: `rte_ether_format_addr`. */
export function formatMac(mac: Uint8Array): string {
  const pair = (byte: number) => byte.toString(16).padStart(2, "0").toUpperCase();
  return Array.from(mac, pair).join(":");
}

/** Reads what a port is now: `rte_eth_dev_info_get`. */
export function readInfo(operation: string, port: number): PortInfo {
  const info = readStruct(
    struct_shim_eth_info,
    (memory) => unwrap(operation, shim().shim_eth_dev_info(port, memory)),
  );
  return withJson({
    id: port,
    name: nameOf(port),
    driver: readText((text, len) => shim().shim_eth_dev_driver(port, text, len)),
    mac: formatMac(macOf(operation, port)),
    socket: shim().shim_eth_dev_socket(port),
    started: queuesOf(port).state !== Readiness.stopped,
    rxQueues: info.nb_rx_queues,
    txQueues: info.nb_tx_queues,
    maxRxQueues: info.max_rx_queues,
    maxTxQueues: info.max_tx_queues,
    rxOffloadCapa: info.rx_offload_capa,
    txOffloadCapa: info.tx_offload_capa,
    rssCapa: info.flow_type_rss_offloads,
    rxOffloads: info.rx_offloads,
    txOffloads: info.tx_offloads,
    minMtu: info.min_mtu,
    maxMtu: info.max_mtu,
    minRxBufferSize: info.min_rx_bufsize,
    maxRxPacketLength: info.max_rx_pktlen,
    preferredRxDescriptors: info.rx_ring_size,
    preferredTxDescriptors: info.tx_ring_size,
  });
}

/** Ids of all ports of this process: `RTE_ETH_FOREACH_DEV`. */
export function portIds(): number[] {
  requireEal("list of ports");
  return Array.from(readList(
    "list of ports",
    (length) => new Uint32Array(length),
    (list, len) => shim().shim_eth_dev_list(list, len),
  ));
}

/**
 * The id of an existing port, given its id or its device name.
 *
 * @throws {DpdkError} ENODEV when there is none.
 */
export function findPort(port: number | string): number {
  const operation = `port ${port}`;
  requireEal(operation);
  const id = typeof port === "string" ? shim().shim_eth_dev_by_name(cString(port)) : port;
  const ids = portIds();
  if (ids.includes(id)) return id;
  const names = ids.map((id) => typeof port === "string" ? nameOf(id) : id).join(", ");
  throw new DpdkError({
    operation,
    code: "ENODEV",
    reason: "no such port",
    hint: `ports are ${names || "none"}`,
  });
}

/** The handles of a port in this thread, which must end with the port. */
interface Living {
  /** Name of the device, since another device can get the same port id later. */
  name: string;
  /** Queues, and what is made of queues. */
  users: Dependents;
  /**
   * Handles of the port itself. They end last, since one of them may free the pool of packets that
   * queues still have.
   */
  ports: Dependents;
}

const living = new Map<number, Living>();

/** Why a handle ends: its port is gone, or EAL has ended, and with it DPDK's memory. */
export type PortEnd = "port" | "EAL";

/**
 * Makes a handle of this thread end with its port, and when EAL ends. Queues end before handles of
 * the port. Returns a function that undoes this.
 */
export function endWithPort<T extends object>(
  port: number,
  kind: "users" | "ports",
  handle: T,
  end: (handle: T, why: PortEnd) => void,
): () => void {
  const name = nameOf(port);
  // another process has removed the device, and another device has its id now
  if (living.has(port) && living.get(port)?.name !== name) endHandles(port);
  const entry = living.get(port) ?? { name, users: new Dependents(), ports: new Dependents() };
  living.set(port, entry);
  const forget = [
    entry[kind].add(handle, (handle) => end(handle, "port")),
    track(handle, (handle) => end(handle, "EAL")),
  ];
  return () => forget.forEach((one) => one());
}

/** Ends all handles of a port in this thread. */
export function endHandles(port: number): void {
  const entry = living.get(port);
  living.delete(port);
  entry?.users.detachAll();
  entry?.ports.detachAll();
}
