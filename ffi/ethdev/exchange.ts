/**
 * Several bursts in one native call: it sends those with a decision, and receives new ones.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { type Hot, shim } from "../boundary/library.ts";
import { checkInteger, disposed, StableMemory } from "../boundary/native.ts";
import { inspected } from "../boundary/shown.ts";
import { Burst, type BurstOptions, DROP, KEEP } from "../mbuf/burst.ts";
import { LANE, readCount, TURN, writeLong } from "./layout.ts";
import { endWithPort } from "./ports.ts";
import { NOT_READY } from "./readiness.ts";
import type { RxQueue } from "./rx_queue.ts";
import type { Buffered, TxQueue } from "./tx_queue.ts";

/**
 * What becomes of a burst of an {@linkcode Exchange}: a {@linkcode TxQueue} sends it, `tx.buffered`
 * collects it at that queue, {@linkcode DROP} gives its packets back to their pools, and
 * {@linkcode KEEP} keeps it for another turn.
 */
export type Verdict = TxQueue | Buffered | typeof DROP | typeof KEEP;

/** Options of an {@linkcode Exchange}. */
export interface ExchangeOptions extends BurstOptions {
  /** The most packets that are received from a queue in a turn; 32 where left out. */
  size?: number;
  /**
   * What becomes of the bursts of each queue about which the loop decides nothing else, in the order
   * of the queues; {@linkcode KEEP} where left out.
   */
  to?: readonly Verdict[];
}

/** A verdict in the form that C takes. */
function slotOf(verdict: Verdict): number {
  if (typeof verdict !== "number") return verdict.slot;
  return verdict === DROP ? DROP : KEEP;
}

/** A constant of this module: V8 would read an imported one anew at each turn. */
const STOPPED = NOT_READY;

let ethTurn: Hot<"shim_eth_turn"> | undefined;
let ethTurnEnd: Hot<"shim_eth_turn_end"> | undefined;

/**
 * Receives from several queues and sends, in one native call a turn: for forwarding loops where
 * each call counts.
 *
 * There is a burst for each receive queue. Between two turns the loop looks at the packets
 * ({@linkcode Exchange.counts} says how many there are, {@linkcode Exchange.bursts} has them) and
 * says with {@linkcode Exchange.decide} what becomes of each burst, where that is not what
 * {@linkcode ExchangeOptions.to} says of all bursts of the queue. The next turn does so, and receives
 * the next burst in its place. A burst that is kept stays, and its queue receives nothing meanwhile.
 *
 * Disposal gives the packets that are left back to their pools. One thread at a time.
 *
 * @example Forward between two ports
 * ```ts
 * import { Exchange, type Port } from "denodpdk";
 *
 * function forward(ports: readonly Port[], running: () => boolean) {
 *   // what comes from the one leaves by the other
 *   const to = [ports[1]!.txQueue(0), ports[0]!.txQueue(0)];
 *   using exchange = new Exchange(ports.map((port) => port.rxQueue(0)), { to });
 *   while (running()) exchange.turn();
 *   exchange.flush();
 * }
 * ```
 *
 * @example Spread the bursts of a queue over two ports
 * ```ts
 * import { Exchange, type RxQueue, type TxQueue } from "denodpdk";
 *
 * function spread(rx: RxQueue, [a, b]: [TxQueue, TxQueue], running: () => boolean) {
 *   using exchange = new Exchange([rx]);
 *   for (let odd = false; running(); odd = !odd) {
 *     if (exchange.turn() > 0) exchange.decide(0, odd ? a : b);
 *   }
 *   exchange.flush();
 * }
 * ```
 */
export class Exchange implements Disposable {
  /** The burst of each receive queue. */
  readonly bursts: readonly Burst[];
  /**
   * The number of packets in each burst, in the same order as {@linkcode Exchange.bursts}; updated
   * by each turn.
   */
  readonly counts: ArrayLike<number>;
  /** By burst, what becomes of it. */
  readonly #verdicts: Float64Array;
  readonly #lanes: Uint32Array;
  /** The lanes again, of which each has the verdict about its next bursts. */
  readonly #standing: Float64Array;
  readonly #pointer: Deno.PointerObject;
  /** Memory that C has pointers to; it must live as long as the exchange. */
  readonly #held: readonly StableMemory[];
  readonly #forget: readonly (() => void)[];
  #alive = true;

  /**
   * An exchange that receives from these queues; burst `i` belongs to queue `i`. A queue that is
   * named twice has two bursts.
   *
   * @throws {RangeError} when there are no queues, or the size is out of range.
   * @throws {DpdkError} when one of the queues has ended; as {@linkcode Burst}.
   */
  constructor(from: readonly RxQueue[], { size = 32, to = [], ...options }: ExchangeOptions = {}) {
    const n = checkInteger("number of rx queues", from.length, 1, 0xffff);
    for (const rx of from) if (!rx.alive) disposed(rx.toString());
    const counts = new StableMemory(n * Uint32Array.BYTES_PER_ELEMENT);
    const verdicts = new StableMemory(n * Float64Array.BYTES_PER_ELEMENT);
    const lanes = new StableMemory(n * LANE.bytes);
    const turn = new StableMemory(TURN.bytes);
    this.counts = new Uint32Array(counts.buffer);
    this.#verdicts = new Float64Array(verdicts.buffer);
    this.#lanes = new Uint32Array(lanes.buffer);
    this.#standing = new Float64Array(lanes.buffer);
    this.bursts = from.map((_, i) =>
      new Burst(size, options, new Uint32Array(counts.buffer, i * Uint32Array.BYTES_PER_ELEMENT, 1))
    );
    from.forEach(({ port, queue }, i) => {
      const at = this.#lane(i);
      const burst = this.bursts[i]!;
      writeLong(this.#lanes, at + LANE.objs, Deno.UnsafePointer.value(burst.pointer));
      writeLong(this.#lanes, at + LANE.packets, Deno.UnsafePointer.value(burst.handle));
      this.#lanes[at + LANE.port] = port;
      this.#lanes[at + LANE.queue] = queue;
      this.#lanes[at + LANE.size] = burst.size;
    });
    const head = new BigUint64Array(turn.buffer);
    head[TURN.lanes] = lanes.address;
    head[TURN.counts] = counts.address;
    head[TURN.verdicts] = verdicts.address;
    new Uint32Array(turn.buffer)[TURN.n] = n;
    this.#pointer = turn.pointer;
    this.#held = [counts, verdicts, lanes, turn];
    const ports = [...new Set(from.map(({ port }) => port))];
    this.#forget = [
      ...ports.map((port) => endWithPort(port, "users", this, (exchange) => exchange.#end())),
      ...from.map((_, i) => this.#stand(i, to[i] ?? KEEP)),
    ];
  }

  /**
   * Says what becomes of the burst `index` that is in hand: in the next turn, and if it is
   * {@linkcode KEEP} until something else is said. An `index` without a burst is ignored.
   */
  decide(index: number, verdict: Verdict): void {
    this.#verdicts[index] = slotOf(verdict);
  }

  /**
   * Does what was decided about each burst, and receives the next one in its place.
   *
   * @returns how many packets are in all bursts then.
   * @throws {DpdkError} ENOTSUP when one of the ports is stopped; the burst that was to go there
   * stays.
   */
  turn(): number {
    if (!this.#alive) disposed("Exchange");
    const inHand = (ethTurn ??= shim().shim_eth_turn)(this.#pointer);
    return inHand !== STOPPED ? inHand : this.#notReady();
  }

  /**
   * Does what was decided about each burst, and receives nothing: before a pause, and after the
   * loop.
   *
   * @returns how many packets are left: those about which nothing was decided.
   * @throws {DpdkError} ENOTSUP when one of the ports is stopped; what was to go there stays in
   * hand.
   */
  flush(): number {
    if (!this.#alive) disposed("Exchange");
    const inHand = (ethTurnEnd ??= shim().shim_eth_turn_end)(this.#pointer);
    return inHand !== STOPPED ? inHand : this.#notReady();
  }

  /** Number of packets received from queue `index` so far, exact to 2^53. */
  received(index: number): number {
    return readCount(this.#lanes, this.#lane(index) + LANE.received);
  }

  /** For JSON: the burst of each receive queue. */
  toJSON(): { bursts: readonly Burst[] } {
    return { bursts: this.bursts };
  }

  /** What `console.log` shows: how many packets of each receive queue are in hand. */
  [inspected](): string {
    const counts = `${Array.from(this.counts).join(", ")} packets in hand`;
    return this.#alive ? `Exchange: ${counts}` : "Exchange (disposed)";
  }

  /** Gives the packets that are left back to their pools. Idempotent. */
  [Symbol.dispose](): void {
    for (const burst of this.bursts) burst[Symbol.dispose]();
    this.#end();
  }

  #end(): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const forget of this.#forget) forget();
  }

  /** Says what becomes of all bursts `index`; returns what forgets the verdict's queue. */
  #stand(index: number, verdict: Verdict): () => void {
    const at = index * LANE.bytes / Float64Array.BYTES_PER_ELEMENT + LANE.otherwise;
    this.#standing[at] = this.#verdicts[index] = slotOf(verdict);
    if (typeof verdict === "number") return () => {};
    return verdict.dependents.add(this, (exchange) => {
      const stood = exchange.#standing[at];
      exchange.#standing[at] = verdict.slot;
      // unless something else was decided of the burst in hand
      if (exchange.#verdicts[index] === stood) exchange.#verdicts[index] = verdict.slot;
    });
  }

  #lane(index: number): number {
    return index * LANE.bytes / Uint32Array.BYTES_PER_ELEMENT;
  }

  #notReady(): never {
    throw new DpdkError({
      operation: "Exchange",
      code: "ENOTSUP",
      reason: "one of its ports is not started",
      hint: "make a new Exchange once all are started",
    });
  }
}
