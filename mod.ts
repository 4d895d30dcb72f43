/**
 * DPDK from TypeScript: programs that receive and send packets on DPDK's ports, and share rings,
 * mempools and memzones with other processes, with C ones too.
 *
 * Between Deno and DPDK stands a small C library, the shim. Importing this module does not open it;
 * the first call that needs it does, and builds it where this machine has none yet.
 *
 * ## A first program
 *
 * It sends what one port of a pair receives out of the other one, and prints the rates every
 * second:
 *
 * ```ts
 * import { Burst, program } from "denodpdk";
 *
 * program({
 *   lcore({ pairs, running }) {
 *     using burst = new Burst(32);
 *     while (running()) {
 *       for (const { rx, tx } of pairs) if (rx.receive(burst) > 0) tx.send(burst);
 *     }
 *   },
 *   async main({ ports, every }) {
 *     for await (const _ of every("1s")) console.log(ports.map((port) => port.rates()));
 *   },
 * });
 * ```
 *
 * `deno run -A forward.ts -l 0 --no-pci --vdev=net_null0 --vdev=net_null1` runs it without a
 * network card, on one lcore. EAL's options come first and the program's own after `--`, as in C.
 * Ctrl-C ends it in order.
 *
 * ## Who owns what
 *
 * Everything that must be given back is disposable: declare it with `using`, and it is given back
 * at the end of the block, after an error too.
 *
 * - **Packets** belong to the {@linkcode Burst} that they are in. {@linkcode RxQueue.receive} puts
 *   packets into an empty burst. {@linkcode TxQueue.send} takes them out again, and frees those
 *   that the port does not take. What is in a burst when it is disposed of is freed.
 * - **Ports** belong to the primary process, which opens them with {@linkcode Port.open}; disposal
 *   stops and closes the port for all processes. Other processes and other threads use
 *   {@linkcode Port.attach}; its disposal ends their own queues and nothing else.
 * - **Rings, mempools and memzones** belong to whoever created them: disposal frees them. Whoever
 *   looked one up only forgets it. Between processes nobody counts users, as in C: what one process
 *   frees, no other may use.
 * - **Threads**: one thread at a time uses a queue or a burst. What {@linkcode ProgramLcore.run}
 *   hands over becomes the lcore's own.
 *
 * ## How errors look
 *
 * A call that DPDK refuses throws a {@linkcode DpdkError}. Its message is one line, and says what
 * failed, the errno, the reason, and what helps where that is known:
 * `rte_ring_create(PRI_2_SEC): EEXIST: File exists`. Numbers that are out of range throw a
 * `RangeError`, before DPDK is asked. What happens in good order is no error: a full ring, an empty
 * pool or a queue without packets is `false` or a smaller count.
 *
 * ## Processes
 *
 * The processes of one `--file-prefix` share their hugepages. One is the primary: it makes the
 * memory and opens the ports. The others are secondaries: they attach, and find rings, pools and
 * zones by their names. Each process needs lcores of its own; a process that would take another
 * one's lcores is refused. {@linkcode Eal.attach} looks at a running primary and needs no lcore.
 *
 * ## Programs
 *
 * - {@linkcode program}: a program of one file: its options, ports, lcores, signals and end.
 * - {@linkcode option}: options of the program's own, with one line for each wrong value.
 *
 * ## EAL
 *
 * - {@linkcode Eal}: initialises DPDK in this process, for a program that does without `program`.
 * - {@linkcode DpdkError}: what a refused call throws.
 *
 * ## Ports and their queues
 *
 * - {@linkcode Port}: configures and starts a port; its MAC address, link, statistics and so on.
 * - {@linkcode RxQueue}, {@linkcode TxQueue}: receive and send bursts.
 * - {@linkcode Exchange}: receives from several queues and sends, in one native call a turn;
 *   {@linkcode Buffered} is one of its verdicts.
 * - {@linkcode RxOffload}, {@linkcode TxOffload}, {@linkcode RssHash}: bits for
 *   {@linkcode Port.open}.
 *
 * ## Packets
 *
 * - {@linkcode Burst}: packets in hand; {@linkcode DROP} and {@linkcode KEEP} say what becomes of
 *   them.
 * - {@linkcode Packet}: one packet of a burst, its headers and its bytes.
 * - {@linkcode PacketMemory}: the memory that packets lie in, as typed arrays, for loops.
 * - {@linkcode createPktmbufPool}: a pool of packet buffers, where a port is not to make its own.
 *
 * ## Shared memory
 *
 * - {@linkcode Ring}: a queue of pointers between threads and processes; {@linkcode RingFlags}.
 * - {@linkcode Mempool}: elements of one size; {@linkcode MempoolFlags}.
 * - {@linkcode Objects}: a table of pointers, for rings and pools whose elements are no packets.
 * - {@linkcode Memzone}: a named piece of memory; {@linkcode MemzoneFlags}.
 *
 * ## Other entries
 *
 * - `denodpdk/net`: headers, frames, checksums; reads and builds packets, without DPDK.
 * - `denodpdk/pcap`: reads and writes capture files, without DPDK; filters packets as tcpdump does.
 * - `denodpdk/eal`: lcores, threads, cycles, log, devices and EAL's options, for programs that do
 *   without `program`.
 * - `denodpdk/recovery`: finds what killed processes left behind, and gives it back.
 * - `denodpdk/supervise`: starts processes, watches them and replaces them, without DPDK.
 * - `denodpdk/traffic`: sends at a rate, judges what came back, searches for a device's throughput.
 *
 * @example Attach to a running primary and read a ring
 * ```ts
 * import { Eal, Ring } from "denodpdk";
 *
 * using _eal = Eal.attach({ filePrefix: "rte" });
 * using ring = Ring.lookup("PRI_2_SEC");
 * console.log(`${ring.name}: ${ring.count} of ${ring.capacity}`);
 * ```
 *
 * @module
 */

// rte_eal.h, and what goes wrong in it
export * from "./ffi/eal.ts";
export { DpdkError } from "./ffi/boundary/errors.ts";

// rte_ethdev.h
export {
  type FlowControl,
  Port,
  type PortLink,
  type PortOptions,
  type RssConfig,
} from "./ffi/ethdev/port.ts";
export type { PortInfo } from "./ffi/ethdev/ports.ts";
export { RxQueue } from "./ffi/ethdev/rx_queue.ts";
export { type Buffered, TxQueue, type TxQueueOptions } from "./ffi/ethdev/tx_queue.ts";
export { Exchange, type ExchangeOptions, type Verdict } from "./ffi/ethdev/exchange.ts";
export { RssHash, RxOffload, TxOffload } from "./ffi/ethdev/offload.ts";
export type {
  PortRates,
  PortStats,
  QueueCounters,
  QueueRates,
  QueueStats,
} from "./ffi/ethdev/stats.ts";

// rte_mbuf.h
export { Burst, type BurstOptions, DROP, KEEP } from "./ffi/mbuf/burst.ts";
export { type ChecksumVerdict, Packet, type PacketOffload } from "./ffi/mbuf/readable_packet.ts";
export { PacketMemory } from "./ffi/mbuf/packet_memory.ts";
export { createPktmbufPool, type PktmbufPoolOptions } from "./ffi/mbuf/pool.ts";

// rte_ring.h, rte_mempool.h, rte_memzone.h
export * from "./ffi/ring.ts";
export { Mempool, MempoolFlags, type MempoolInfo, type MempoolOptions } from "./ffi/mempool.ts";
export * from "./ffi/memzone.ts";
export { Objects } from "./ffi/objects.ts";

// programs of one file
export * as option from "./cmd/lib/option.ts";
export type { OptionSpec, OptionValues } from "./cmd/lib/option.ts";
export { program } from "./cmd/lib/program/program.ts";
export type {
  LcoreFunctions,
  LcoreHandles,
  LcorePairs,
  LcoreScope,
  ProgramContext,
  ProgramLcore,
  ProgramSpec,
} from "./cmd/lib/program/spec.ts";
