/**
 * The modules that the Worker of an lcore needs in a program with ports, without those of the main
 * thread: each Worker loads its modules anew, 0.2 ms each.
 *
 * @module
 */

export * from "./worker.ts";
export { Counters } from "./boundary/counters.ts";
export { DpdkError } from "./boundary/errors.ts";
export { Exchange } from "./ethdev/exchange.ts";
export { Port } from "./ethdev/port.ts";
export type { RxQueue } from "./ethdev/rx_queue.ts";
export type { TxQueue } from "./ethdev/tx_queue.ts";
export { Burst, DROP, KEEP } from "./mbuf/burst.ts";
export { Memzone } from "./memzone.ts";
