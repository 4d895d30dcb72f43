/**
 * What devices can do by themselves: bits of `rte_ethdev.h`, without their `RTE_ETH_` prefixes.
 *
 * @module
 */

/** `RTE_ETH_RX_OFFLOAD_*`. */
export const RxOffload = {
  /** Strips VLAN tags. */
  VLAN_STRIP: 1n << 0n,
  /** Checks IPv4 header checksums. */
  IPV4_CKSUM: 1n << 1n,
  /** Checks UDP checksums. */
  UDP_CKSUM: 1n << 2n,
  /** Checks TCP checksums. */
  TCP_CKSUM: 1n << 3n,
  /** `RTE_ETH_RX_OFFLOAD_CHECKSUM`: checks IPv4, UDP and TCP checksums. */
  CHECKSUM: 0b1110n,
  /** Joins TCP segments. */
  TCP_LRO: 1n << 4n,
  /** Receives a frame that is larger than a data room into several segments. */
  SCATTER: 1n << 13n,
  /** Gives each packet a time stamp. */
  TIMESTAMP: 1n << 14n,
  /** Leaves the frame check sequence in the packet. */
  KEEP_CRC: 1n << 16n,
  /** Gives each packet its RSS hash. */
  RSS_HASH: 1n << 19n,
} as const;

/** `RTE_ETH_TX_OFFLOAD_*`. */
export const TxOffload = {
  /** Inserts VLAN tags. */
  VLAN_INSERT: 1n << 0n,
  /** Computes IPv4 header checksums. */
  IPV4_CKSUM: 1n << 1n,
  /** Computes UDP checksums. */
  UDP_CKSUM: 1n << 2n,
  /** Computes TCP checksums. */
  TCP_CKSUM: 1n << 3n,
  /** Cuts TCP streams into segments. */
  TCP_TSO: 1n << 5n,
  /** Lets several threads transmit on one queue. */
  MT_LOCKFREE: 1n << 14n,
  /** Sends packets of several segments. */
  MULTI_SEGS: 1n << 15n,
  /** Frees mbufs without looking at them: all of one pool, with one owner each. */
  MBUF_FAST_FREE: 1n << 16n,
} as const;

/** `RTE_ETH_RSS_*`: what the receive side scaling of a device hashes. */
export const RssHash = {
  /** Addresses of IPv4 packets. */
  IPV4: 1n << 2n,
  /** Addresses and ports of TCP over IPv4. */
  NONFRAG_IPV4_TCP: 1n << 4n,
  /** Addresses and ports of UDP over IPv4. */
  NONFRAG_IPV4_UDP: 1n << 5n,
  /** Addresses of IPv6 packets. */
  IPV6: 1n << 8n,
  /** Addresses and ports of TCP over IPv6. */
  NONFRAG_IPV6_TCP: 1n << 10n,
  /** Addresses and ports of UDP over IPv6. */
  NONFRAG_IPV6_UDP: 1n << 11n,
  /** `RTE_ETH_RSS_IP`: addresses of all IP packets, fragments too. */
  IP: 0xa38cn,
} as const;

/** The names of the single bits of a mask. */
export function offloadNames(offloads: Readonly<Record<string, bigint>>, mask: bigint): string[] {
  const isOneBit = (bits: bigint) => (bits & (bits - 1n)) === 0n;
  return Object.entries(offloads)
    .flatMap(([name, bits]) => isOneBit(bits) && (bits & mask) !== 0n ? [name] : []);
}
