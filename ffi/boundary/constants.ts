// Derived from libshim/shim.h by `deno task symbols`. Do not edit.

/**
 * What TypeScript knows of C besides functions. Of a structure: its bytes; where each member lies,
 * in bytes; the types of the members that are no lists, texts by their length; the lengths of lists.
 *
 * @module
 */

export const EPERM = 1;
export const ENOENT = 2;
export const ESRCH = 3;
export const EAGAIN = 11;
export const ENOMEM = 12;
export const EBUSY = 16;
export const ENODEV = 19;
export const EINVAL = 22;
export const EFBIG = 27;
export const ENOSPC = 28;
export const ENAMETOOLONG = 36;
export const EPROTO = 71;
export const ENOTSUP = 95;
export const EALREADY = 114;
export const O_CLOEXEC = 524288;
export const MFD_CLOEXEC = 1;
export const SIGHUP = 1;
export const SIGINT = 2;
export const SIGTERM = 15;
export const UINT8_MAX = 255;
export const UINT16_MAX = 65535;
export const UINT32_MAX = 4294967295;
export const RTE_MAGIC = 19820526;
export const RTE_PROC_PRIMARY = 0;
export const RTE_PROC_SECONDARY = 1;
export const LCORE_ID_ANY = 4294967295;
export const SOCKET_ID_ANY = -1;
export const RTE_LOG_EMERG = 1;
export const RTE_LOG_ALERT = 2;
export const RTE_LOG_CRIT = 3;
export const RTE_LOG_ERR = 4;
export const RTE_LOG_WARNING = 5;
export const RTE_LOG_NOTICE = 6;
export const RTE_LOG_INFO = 7;
export const RTE_LOG_DEBUG = 8;
export const RTE_LOGTYPE_USER1 = 24;
export const RING_F_SP_ENQ = 1;
export const RING_F_SC_DEQ = 2;
export const RING_F_EXACT_SZ = 4;
export const RING_F_MP_RTS_ENQ = 8;
export const RING_F_MC_RTS_DEQ = 16;
export const RING_F_MP_HTS_ENQ = 32;
export const RING_F_MC_HTS_DEQ = 64;
export const RTE_MEMPOOL_F_NO_SPREAD = 1;
export const RTE_MEMPOOL_F_NO_CACHE_ALIGN = 2;
export const RTE_MEMPOOL_F_SP_PUT = 4;
export const RTE_MEMPOOL_F_SC_GET = 8;
export const RTE_MEMPOOL_F_NO_IOVA_CONTIG = 32;
export const RTE_MEMZONE_2MB = 1;
export const RTE_MEMZONE_1GB = 2;
export const RTE_MEMZONE_16MB = 256;
export const RTE_MEMZONE_16GB = 512;
export const RTE_MEMZONE_256KB = 65536;
export const RTE_MEMZONE_256MB = 131072;
export const RTE_MEMZONE_512MB = 262144;
export const RTE_MEMZONE_4GB = 524288;
export const RTE_MEMZONE_SIZE_HINT_ONLY = 4;
export const RTE_MEMZONE_IOVA_CONTIG = 1048576;
export const RTE_MBUF_F_RX_VLAN = 1;
export const RTE_MBUF_F_RX_RSS_HASH = 2;
export const RTE_MBUF_L2_LEN_BITS = 7;
export const RTE_MBUF_L3_LEN_BITS = 9;
export const RTE_MBUF_L4_LEN_BITS = 8;
export const RTE_MBUF_PORT_INVALID = 65535;
export const RTE_ETH_RSS_RETA_SIZE_512 = 512;
export const UINT64_MAX = 0xffffffffffffffffn;
export const RTE_ETH_RX_OFFLOAD_VLAN_STRIP = 0x1n;
export const RTE_ETH_RX_OFFLOAD_IPV4_CKSUM = 0x2n;
export const RTE_ETH_RX_OFFLOAD_UDP_CKSUM = 0x4n;
export const RTE_ETH_RX_OFFLOAD_TCP_CKSUM = 0x8n;
export const RTE_ETH_RX_OFFLOAD_CHECKSUM = 0xen;
export const RTE_ETH_RX_OFFLOAD_TCP_LRO = 0x10n;
export const RTE_ETH_RX_OFFLOAD_SCATTER = 0x2000n;
export const RTE_ETH_RX_OFFLOAD_TIMESTAMP = 0x4000n;
export const RTE_ETH_RX_OFFLOAD_KEEP_CRC = 0x10000n;
export const RTE_ETH_RX_OFFLOAD_RSS_HASH = 0x80000n;
export const RTE_ETH_TX_OFFLOAD_VLAN_INSERT = 0x1n;
export const RTE_ETH_TX_OFFLOAD_IPV4_CKSUM = 0x2n;
export const RTE_ETH_TX_OFFLOAD_UDP_CKSUM = 0x4n;
export const RTE_ETH_TX_OFFLOAD_TCP_CKSUM = 0x8n;
export const RTE_ETH_TX_OFFLOAD_TCP_TSO = 0x20n;
export const RTE_ETH_TX_OFFLOAD_MT_LOCKFREE = 0x4000n;
export const RTE_ETH_TX_OFFLOAD_MULTI_SEGS = 0x8000n;
export const RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE = 0x10000n;
export const RTE_ETH_RSS_IP = 0xa38cn;
export const RTE_ETH_RSS_IPV4 = 0x4n;
export const RTE_ETH_RSS_NONFRAG_IPV4_TCP = 0x10n;
export const RTE_ETH_RSS_NONFRAG_IPV4_UDP = 0x20n;
export const RTE_ETH_RSS_IPV6 = 0x100n;
export const RTE_ETH_RSS_NONFRAG_IPV6_TCP = 0x400n;
export const RTE_ETH_RSS_NONFRAG_IPV6_UDP = 0x800n;
export const SHIM_SOCKET_PATH = 107;
export const SHIM_NAME = 32;
export const SHIM_LOCKS = 64;
export const SHIM_FILES_UNSHARED = 1;
export const SHIM_FILES_MADE_FOLDER = 2;
export const SHIM_FILES_MADE_ROOT = 4;
export const SHIM_OUTSIDE = 4294967295;
export const SHIM_TELL_OFFSETS = 1;
export const SHIM_TELL_LENGTHS = 2;
export const SHIM_TELL_PORTS = 4;
export const SHIM_TELL_PACKETS = 8;
export const SHIM_RX_VLAN = 1;
export const SHIM_RX_VLAN_STRIPPED = 2;
export const SHIM_RX_RSS_HASH = 4;
export const SHIM_RX_IP_GOOD = 8;
export const SHIM_RX_IP_BAD = 16;
export const SHIM_RX_L4_GOOD = 32;
export const SHIM_RX_L4_BAD = 64;
export const SHIM_RX_TIMESTAMP = 128;
export const SHIM_RX_QINQ = 256;
export const SHIM_TX_IPV4 = 1;
export const SHIM_TX_IPV6 = 2;
export const SHIM_TX_IP_CKSUM = 4;
export const SHIM_TX_UDP_CKSUM = 8;
export const SHIM_TX_TCP_CKSUM = 16;
export const SHIM_TX_TCP_SEG = 32;
export const SHIM_TX_VLAN = 64;
export const SHIM_VLAN_STRIP = 1;
export const SHIM_VLAN_FILTER = 2;
export const SHIM_NOT_READY = 4294967295;
export const SHIM_DROP = 254;
export const SHIM_KEEP = 255;
export const SHIM_TOO_LONG = 4294967295;
export const SHIM_PCAP_AS_IS = 0;
export const SHIM_PCAP_APPEND = 1;
export const SHIM_PCAP_CLOSED = 2;
export const JOURNAL_MAGIC = 0x64656e6f6a726e31n;
export const JOURNAL_IDLE = 0;
export const JOURNAL_TRYING = 1;
export const JOURNAL_GOT = 2;
export const JOURNAL_PROCESSES = 128;
export const JOURNAL_SLOTS = 256;
export const JOURNAL_OBJS = 64;
export const JOURNAL_LCORES = 16;
export const JOURNAL_ALIGN = 64;

/** `struct shim_permits`. */
export const struct_shim_permits = {
  bytes: 192,
  at: {
    bytes: 0,
    inodes: 8,
    most_bytes: 16,
    most_file: 24,
    open_files: 32,
    threads: 40,
    file_bytes: 48,
    address_space: 56,
    cpus: 64,
  },
  types: {
    bytes: "u64",
    inodes: "u64",
    most_bytes: "u64",
    most_file: "u64",
    open_files: "u64",
    threads: "u64",
    file_bytes: "u64",
    address_space: "u64",
  },
  counts: { cpus: 16 },
} as const;

/** `struct shim_limits`. */
export const struct_shim_limits = {
  bytes: 56,
  at: {
    lcores: 0,
    ports: 4,
    cache_line: 8,
    headroom: 12,
    data_room: 16,
    ring_slots: 20,
    ring_objects: 24,
    ring_name: 28,
    mempool_name: 32,
    memzone_name: 36,
    cache_size: 40,
    memzones: 44,
    memory_gib: 48,
    devargs: 52,
  },
  types: {
    lcores: "u32",
    ports: "u32",
    cache_line: "u32",
    headroom: "u32",
    data_room: "u32",
    ring_slots: "u32",
    ring_objects: "u32",
    ring_name: "u32",
    mempool_name: "u32",
    memzone_name: "u32",
    cache_size: "u32",
    memzones: "u32",
    memory_gib: "u32",
    devargs: "u32",
  },
} as const;

/** `struct shim_wall`. */
export const struct_shim_wall = {
  bytes: 16,
  at: { tsc: 0, ns: 8 },
  types: { tsc: "u64", ns: "u64" },
} as const;

/** `struct shim_audit`. */
export const struct_shim_audit = {
  bytes: 16,
  at: { common: 0, recorded: 4, lost: 8, strangers: 12 },
  types: { common: "u32", recorded: "u32", lost: "u32", strangers: "u32" },
} as const;

/** `struct shim_memzone_info`. */
export const struct_shim_memzone_info = {
  bytes: 72,
  at: { address: 0, length: 8, iova: 16, page_size: 24, socket: 32, flags: 36, name: 40 },
  types: {
    address: "u64",
    length: "u64",
    iova: "u64",
    page_size: "u64",
    socket: "i32",
    flags: "u32",
    name: 32,
  },
} as const;

/** `struct shim_ring_info`. */
export const struct_shim_ring_info = {
  bytes: 56,
  at: { address: 0, used: 8, capacity: 12, flags: 16, unused: 20, name: 24 },
  types: { address: "u64", used: "u32", capacity: "u32", flags: "u32", unused: "u32", name: 32 },
} as const;

/** `struct shim_mempool_info`. */
export const struct_shim_mempool_info = {
  bytes: 80,
  at: { size: 0, elt_size: 4, cache_size: 8, available: 12, name: 16, ops: 48 },
  types: { size: "u32", elt_size: "u32", cache_size: "u32", available: "u32", name: 32, ops: 32 },
} as const;

/** `struct shim_mempool_look`. */
export const struct_shim_mempool_look = {
  bytes: 8,
  at: { size: 0, torn: 4 },
  types: { size: "u32", torn: "u32" },
} as const;

/** `struct shim_burst`. */
export const struct_shim_burst = {
  bytes: 72,
  at: {
    base: 0,
    len: 8,
    objs: 16,
    offsets: 24,
    lengths: 32,
    ports: 40,
    count: 48,
    size: 56,
    wants: 60,
    told: 64,
    epoch: 68,
  },
  types: {
    base: "u64",
    len: "u64",
    objs: "u64",
    offsets: "u64",
    lengths: "u64",
    ports: "u64",
    count: "u64",
    size: "u32",
    wants: "u32",
    told: "u32",
    epoch: "u32",
  },
} as const;

/** `struct shim_mbuf_layout`. */
export const struct_shim_mbuf_layout = {
  bytes: 52,
  at: {
    size: 0,
    buf_addr: 4,
    data_off: 8,
    nb_segs: 12,
    port: 16,
    ol_flags: 20,
    pkt_len: 24,
    data_len: 28,
    vlan_tci: 32,
    rss_hash: 36,
    buf_len: 40,
    next: 44,
    pool: 48,
  },
  types: {
    size: "u32",
    buf_addr: "u32",
    data_off: "u32",
    nb_segs: "u32",
    port: "u32",
    ol_flags: "u32",
    pkt_len: "u32",
    data_len: "u32",
    vlan_tci: "u32",
    rss_hash: "u32",
    buf_len: "u32",
    next: "u32",
    pool: "u32",
  },
} as const;

/** `struct shim_flow`. */
export const struct_shim_flow = {
  bytes: 20,
  at: { send: 0, obey: 4, high_water: 8, low_water: 12, pause_time: 16 },
  types: { send: "u32", obey: "u32", high_water: "u32", low_water: "u32", pause_time: "u32" },
} as const;

/** `struct shim_eth_info`. */
export const struct_shim_eth_info = {
  bytes: 80,
  at: {
    rx_offload_capa: 0,
    tx_offload_capa: 8,
    flow_type_rss_offloads: 16,
    rx_offloads: 24,
    tx_offloads: 32,
    nb_rx_queues: 40,
    nb_tx_queues: 44,
    max_rx_queues: 48,
    max_tx_queues: 52,
    min_mtu: 56,
    max_mtu: 60,
    min_rx_bufsize: 64,
    max_rx_pktlen: 68,
    rx_ring_size: 72,
    tx_ring_size: 76,
  },
  types: {
    rx_offload_capa: "u64",
    tx_offload_capa: "u64",
    flow_type_rss_offloads: "u64",
    rx_offloads: "u64",
    tx_offloads: "u64",
    nb_rx_queues: "u32",
    nb_tx_queues: "u32",
    max_rx_queues: "u32",
    max_tx_queues: "u32",
    min_mtu: "u32",
    max_mtu: "u32",
    min_rx_bufsize: "u32",
    max_rx_pktlen: "u32",
    rx_ring_size: "u32",
    tx_ring_size: "u32",
  },
} as const;

/** `struct shim_eth_queues`. */
export const struct_shim_eth_queues = {
  bytes: 16,
  at: { rx: 0, tx: 4, early: 8, stopped: 12 },
  types: { rx: "u32", tx: "u32", early: "u32", stopped: "u32" },
} as const;

/** `struct shim_eth_link`. */
export const struct_shim_eth_link = {
  bytes: 16,
  at: { speed: 0, up: 4, full_duplex: 8, autoneg: 12 },
  types: { speed: "u32", up: "u32", full_duplex: "u32", autoneg: "u32" },
} as const;

/** `struct shim_eth_stats`. */
export const struct_shim_eth_stats = {
  bytes: 64,
  at: {
    ipackets: 0,
    opackets: 8,
    ibytes: 16,
    obytes: 24,
    imissed: 32,
    ierrors: 40,
    oerrors: 48,
    rx_nombuf: 56,
  },
  types: {
    ipackets: "u64",
    opackets: "u64",
    ibytes: "u64",
    obytes: "u64",
    imissed: "u64",
    ierrors: "u64",
    oerrors: "u64",
    rx_nombuf: "u64",
  },
} as const;

/** `struct shim_tx_queue`. */
export const struct_shim_tx_queue = {
  bytes: 56,
  at: {
    packets: 0,
    dropped: 8,
    drain_cycles: 16,
    drained: 24,
    pkts: 32,
    size: 40,
    length: 44,
    port: 48,
    queue: 52,
  },
  types: {
    packets: "u64",
    dropped: "u64",
    drain_cycles: "u64",
    drained: "u64",
    pkts: "u64",
    size: "u32",
    length: "u32",
    port: "u32",
    queue: "u32",
  },
} as const;

/** `struct shim_split`. */
export const struct_shim_split = {
  bytes: 8,
  at: { n: 0, unused: 4, to: 8 },
  types: { n: "u32", unused: "u32" },
} as const;

/** `struct shim_lane`. */
export const struct_shim_lane = {
  bytes: 48,
  at: {
    objs: 0,
    packets: 8,
    received: 16,
    otherwise: 24,
    port: 32,
    queue: 36,
    size: 40,
    unused: 44,
  },
  types: {
    objs: "u64",
    packets: "u64",
    received: "u64",
    otherwise: "u64",
    port: "u32",
    queue: "u32",
    size: "u32",
    unused: "u32",
  },
} as const;

/** `struct shim_turn`. */
export const struct_shim_turn = {
  bytes: 32,
  at: { lanes: 0, counts: 8, verdicts: 16, n: 24, unused: 28 },
  types: { lanes: "u64", counts: "u64", verdicts: "u64", n: "u32", unused: "u32" },
} as const;

/** `struct shim_records`. */
export const struct_shim_records = {
  bytes: 40,
  at: {
    bytes: 0,
    length: 8,
    size: 16,
    used: 20,
    snaplen: 24,
    is_pcapng: 28,
    seconds: 32,
    nanoseconds: 36,
  },
  types: {
    bytes: "u64",
    length: "u64",
    size: "u32",
    used: "u32",
    snaplen: "u32",
    is_pcapng: "u32",
    seconds: "u32",
    nanoseconds: "u32",
  },
} as const;

/** `struct journal_slot`. */
export const struct_journal_slot = {
  bytes: 576,
  at: { owner: 0, at: 8, ring: 16, content: 24, thread: 32, unused: 36, objs: 64 },
  types: { owner: "u64", at: "u64", ring: "u64", content: "u64", thread: "u32" },
  counts: { unused: 7, objs: 64 },
} as const;

/** `struct journal_process`. */
export const struct_journal_process = {
  bytes: 160,
  at: { space: 0, identity: 8, silent: 16, admitted: 24, lcores: 32 },
  types: { space: "u64", identity: "u64", silent: "u64", admitted: "u64" },
  counts: { lcores: 16 },
} as const;

/** `struct journal`. */
export const struct_journal = {
  bytes: 168000,
  at: {
    magic: 0,
    mender: 8,
    changes: 16,
    settles: 24,
    primary: 32,
    terms: 40,
    unused: 48,
    processes: 64,
    slots: 20544,
  },
  types: {
    magic: "u64",
    mender: "u64",
    changes: "u64",
    settles: "u64",
    primary: "u64",
    terms: "u64",
  },
  counts: { unused: 2, processes: 128, slots: 256 },
} as const;
