/**
 * Offloads: bits of `rte_ethdev.h`, without their `RTE_ETH_` prefixes.
 *
 * @module
 */

import {
  RTE_ETH_RSS_IP,
  RTE_ETH_RSS_IPV4,
  RTE_ETH_RSS_IPV6,
  RTE_ETH_RSS_NONFRAG_IPV4_TCP,
  RTE_ETH_RSS_NONFRAG_IPV4_UDP,
  RTE_ETH_RSS_NONFRAG_IPV6_TCP,
  RTE_ETH_RSS_NONFRAG_IPV6_UDP,
  RTE_ETH_RX_OFFLOAD_CHECKSUM,
  RTE_ETH_RX_OFFLOAD_IPV4_CKSUM,
  RTE_ETH_RX_OFFLOAD_KEEP_CRC,
  RTE_ETH_RX_OFFLOAD_RSS_HASH,
  RTE_ETH_RX_OFFLOAD_SCATTER,
  RTE_ETH_RX_OFFLOAD_TCP_CKSUM,
  RTE_ETH_RX_OFFLOAD_TCP_LRO,
  RTE_ETH_RX_OFFLOAD_TIMESTAMP,
  RTE_ETH_RX_OFFLOAD_UDP_CKSUM,
  RTE_ETH_RX_OFFLOAD_VLAN_STRIP,
  RTE_ETH_TX_OFFLOAD_IPV4_CKSUM,
  RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE,
  RTE_ETH_TX_OFFLOAD_MT_LOCKFREE,
  RTE_ETH_TX_OFFLOAD_MULTI_SEGS,
  RTE_ETH_TX_OFFLOAD_TCP_CKSUM,
  RTE_ETH_TX_OFFLOAD_TCP_TSO,
  RTE_ETH_TX_OFFLOAD_UDP_CKSUM,
  RTE_ETH_TX_OFFLOAD_VLAN_INSERT,
} from "../boundary/constants.ts";

/** `RTE_ETH_RX_OFFLOAD_*`, bits as BigInts: what a device does with packets as it receives them. */
export const RxOffload = {
  /** Strips VLAN tags. */
  VLAN_STRIP: RTE_ETH_RX_OFFLOAD_VLAN_STRIP,
  /** Checks IPv4 header checksums. */
  IPV4_CKSUM: RTE_ETH_RX_OFFLOAD_IPV4_CKSUM,
  /** Checks UDP checksums. */
  UDP_CKSUM: RTE_ETH_RX_OFFLOAD_UDP_CKSUM,
  /** Checks TCP checksums. */
  TCP_CKSUM: RTE_ETH_RX_OFFLOAD_TCP_CKSUM,
  /** `RTE_ETH_RX_OFFLOAD_CHECKSUM`: checks IPv4, UDP and TCP checksums. */
  CHECKSUM: RTE_ETH_RX_OFFLOAD_CHECKSUM,
  /** Joins TCP segments. */
  TCP_LRO: RTE_ETH_RX_OFFLOAD_TCP_LRO,
  /** Receives a frame that is larger than a data room into several segments. */
  SCATTER: RTE_ETH_RX_OFFLOAD_SCATTER,
  /** Gives each packet a time stamp. */
  TIMESTAMP: RTE_ETH_RX_OFFLOAD_TIMESTAMP,
  /** Leaves the frame check sequence in the packet. */
  KEEP_CRC: RTE_ETH_RX_OFFLOAD_KEEP_CRC,
  /** Gives each packet its RSS hash. */
  RSS_HASH: RTE_ETH_RX_OFFLOAD_RSS_HASH,
} as const;

/**
 * `RTE_ETH_TX_OFFLOAD_*`, bits as BigInts: what a device can be asked to do with packets as it
 * sends them.
 *
 * @example Let the port compute checksums
 * ```ts
 * import { Port, TxOffload } from "denodpdk";
 *
 * const { IPV4_CKSUM, UDP_CKSUM, TCP_CKSUM } = TxOffload;
 * using port = Port.open(0, { txOffloads: IPV4_CKSUM | UDP_CKSUM | TCP_CKSUM });
 * ```
 */
export const TxOffload = {
  /** Inserts VLAN tags. */
  VLAN_INSERT: RTE_ETH_TX_OFFLOAD_VLAN_INSERT,
  /** Computes IPv4 header checksums. */
  IPV4_CKSUM: RTE_ETH_TX_OFFLOAD_IPV4_CKSUM,
  /** Computes UDP checksums. */
  UDP_CKSUM: RTE_ETH_TX_OFFLOAD_UDP_CKSUM,
  /** Computes TCP checksums. */
  TCP_CKSUM: RTE_ETH_TX_OFFLOAD_TCP_CKSUM,
  /** Cuts TCP streams into segments. */
  TCP_TSO: RTE_ETH_TX_OFFLOAD_TCP_TSO,
  /** Lets several threads transmit on one queue. */
  MT_LOCKFREE: RTE_ETH_TX_OFFLOAD_MT_LOCKFREE,
  /** Sends packets of several segments. */
  MULTI_SEGS: RTE_ETH_TX_OFFLOAD_MULTI_SEGS,
  /** Frees mbufs without looking at them: all of one pool, with one owner each. */
  MBUF_FAST_FREE: RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE,
} as const;

/**
 * `RTE_ETH_RSS_*`, bits as BigInts: the header fields whose hash chooses a packet's receive queue.
 *
 * @example Spread connections over four queues
 * ```ts
 * import { Port, RssHash } from "denodpdk";
 *
 * using port = Port.open(0, { rxQueues: 4, rss: RssHash.IP });
 * ```
 */
export const RssHash = {
  /** Addresses of IPv4 packets. */
  IPV4: RTE_ETH_RSS_IPV4,
  /** Addresses and ports of TCP over IPv4. */
  NONFRAG_IPV4_TCP: RTE_ETH_RSS_NONFRAG_IPV4_TCP,
  /** Addresses and ports of UDP over IPv4. */
  NONFRAG_IPV4_UDP: RTE_ETH_RSS_NONFRAG_IPV4_UDP,
  /** Addresses of IPv6 packets. */
  IPV6: RTE_ETH_RSS_IPV6,
  /** Addresses and ports of TCP over IPv6. */
  NONFRAG_IPV6_TCP: RTE_ETH_RSS_NONFRAG_IPV6_TCP,
  /** Addresses and ports of UDP over IPv6. */
  NONFRAG_IPV6_UDP: RTE_ETH_RSS_NONFRAG_IPV6_UDP,
  /** `RTE_ETH_RSS_IP`: addresses of all IP packets, fragments too. */
  IP: RTE_ETH_RSS_IP,
} as const;

/** The names of the single bits of a mask. */
export function offloadNames(offloads: Readonly<Record<string, bigint>>, mask: bigint): string[] {
  const isOneBit = (bits: bigint) => (bits & (bits - 1n)) === 0n;
  return Object.entries(offloads)
    .flatMap(([name, bits]) => isOneBit(bits) && (bits & mask) !== 0n ? [name] : []);
}
