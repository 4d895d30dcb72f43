/**
 * The ways to link the shim to DPDK.
 *
 * @module
 */

import { exists } from "../host/exists.ts";

/**
 * - `system` uses the installed shared libraries, with which EAL loads every driver that is
 *   installed, 128 libraries.
 * - `core` has EAL, rings and mempools linked in and no drivers: a process that uses no devices
 *   starts 37 ms faster with it. A compiled program that can do with it carries it too.
 * - `bundled` has all of DPDK that a test box needs linked in, with drivers; compiled programs
 *   carry it.
 */
export type Linkage = "system" | "core" | "bundled";

/**
 * How a shim with DPDK inside is linked. Some archives are linked as a whole, because their
 * constructors must run.
 */
interface StaticLinkage {
  whole: readonly string[];
  /** Archives that these need; one that this DPDK does not have is left out. */
  needed: readonly string[];
  /** Names of shared libraries, for `-l`. */
  libraries: readonly string[];
  /** Further flags of compiler and linker. */
  flags?: readonly string[];
}

/** Drivers of the devices that a test box has: virtual ones, those of hypervisors, common NICs. */
const DRIVERS = [
  "net_af_packet",
  "net_bond",
  "net_e1000",
  "net_ena",
  "net_failsafe",
  "net_i40e",
  "net_iavf",
  "net_ice",
  "net_ixgbe",
  "net_memif",
  "net_null",
  "net_pcap",
  "net_ring",
  "net_tap",
  "net_vhost",
  "net_virtio",
  "net_vmxnet3",
];

/** An old-style RPATH: libraries that lie beside the shim find each other there as well. */
const BESIDE = ["-Wl,--disable-new-dtags", "-Wl,-rpath,$ORIGIN"];

const STATIC: Record<Exclude<Linkage, "system">, StaticLinkage> = {
  core: {
    whole: ["mempool_ring", "mempool", "ring", "bus_vdev", "eal"],
    needed: ["ethdev", "meter", "mbuf", "net", "kvargs", "telemetry", "argparse", "log"],
    libraries: ["numa", "bsd"],
    flags: ["-DSHIM_NO_DRIVERS", ...BESIDE],
  },
  bundled: {
    whole: [
      ...DRIVERS,
      "bus_pci",
      "bus_vdev",
      "mempool_ring",
      "mempool_stack",
      "mempool",
      "ring",
      "eal",
    ],
    needed: [
      "argparse",
      "bpf",
      "common_iavf",
      "cryptodev",
      "dmadev",
      "ethdev",
      "gso",
      "hash",
      "ip_frag",
      "kvargs",
      "log",
      "mbuf",
      "meter",
      "net",
      "pcapng",
      "pci",
      "pdump",
      "rcu",
      "sched",
      "security",
      "stack",
      "telemetry",
      "timer",
      "vhost",
    ],
    libraries: ["numa", "bsd", "pcap"],
    flags: [
      "-DSHIM_BUNDLED",
      ...[
        // libshim/surgery/pcap_keep.c
        "rte_eth_dev_attach_secondary",
        "rte_kvargs_parse",
        // libshim/surgery/capture.c
        "rte_eth_call_rx_callbacks",
        "rte_eth_call_tx_callbacks",
        "rte_eth_remove_rx_callback",
        "rte_eth_remove_tx_callback",
        // libshim/surgery/hangup.c
        "rte_intr_callback_unregister",
      ].map((name) => `-Wl,--wrap=${name}`),
      ...BESIDE,
      "-Wl,-s",
    ],
  },
};

/** Functions of EAL that libshim/surgery/cpu_scan.c and tsc.c replace. */
const WRAPPED = ["eal_cpu_detected", "eal_cpu_socket_id", "get_tsc_freq"];

/**
 * Further libraries that EAL needs if it was built with them, by their names in pkg-config: a DPDK
 * built from source uses libarchive for compressed firmware, Debian's does not.
 */
const OPTIONAL: Readonly<Record<string, string>> = { libarchive: "archive" };

/**
 * The linker flags of a linkage with DPDK inside.
 *
 * @param libdir the folder of DPDK's archives.
 * @param requires what the archives need, as `pkg-config --print-requires-private` prints it.
 */
export function staticLinkFlags(
  linkage: Exclude<Linkage, "system">,
  libdir: string,
  requires: readonly string[],
): string[] {
  const { whole, needed, libraries, flags = [] } = STATIC[linkage];
  const optional = requires.flatMap((name) => OPTIONAL[name] ?? []);
  const archive = (name: string) => `${libdir}/librte_${name}.a`;
  return [
    ...WRAPPED.map((name) => `-Wl,--wrap=${name}`),
    "-Wl,-Bsymbolic",
    "-Wl,--exclude-libs,ALL",
    // a missing archive must show when linking, and not on a test box
    "-Wl,-z,defs",
    ...flags,
    "-Wl,--whole-archive",
    ...whole.map(archive),
    "-Wl,--no-whole-archive",
    "-Wl,--start-group",
    ...needed.map(archive).filter(exists),
    "-Wl,--end-group",
    ...[...libraries, ...optional, "m", "dl", "pthread"].map((name) => `-l${name}`),
  ];
}
