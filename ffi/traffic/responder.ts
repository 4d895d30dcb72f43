/**
 * Answering ARP, neighbour solicitations and echo requests, so that a device under test finds whom
 * it routes to.
 *
 * @module
 */

import type { TxQueue } from "../ethdev/tx_queue.ts";
import { Burst, KEEP } from "../mbuf/burst.ts";
import type { MacAddress } from "../net/address.ts";
import type { AddressRange } from "../net/address_range.ts";
import { Answers } from "./answers.ts";

/** Verdict for the burst of answers. */
const ANSWER = 0;

/** Options of a {@linkcode Responder}. */
export interface ResponderOptions {
  /** Where answers are sent. The responder does not dispose of it. */
  tx: TxQueue;
  /** The MAC address of all its addresses: that of the port, as a rule. */
  mac: MacAddress;
  /** The addresses that are its own, of IPv4 and IPv6. */
  addresses: readonly AddressRange[];
}

/**
 * Answers for addresses: ARP requests (RFC 826), neighbour solicitations (RFC 4861), and echo
 * requests of ICMP (RFC 792) and ICMPv6 (RFC 4443). The packet that asks becomes the answer, so no
 * pool is needed. VLAN tags stay. Fragments, and packets with IPv6 extension headers, are not
 * answered.
 *
 * Disposal frees what it holds, which is nothing between two calls.
 *
 * @example A loop that receives, and answers for a network
 * ```ts
 * import { Burst, type Port } from "denodpdk";
 * import { AddressRange } from "denodpdk/net";
 * import { Responder } from "denodpdk/traffic";
 *
 * function receive(port: Port, running: () => boolean) {
 *   const rx = port.rxQueue(0);
 *   using tx = port.txQueue(0);
 *   const addresses = [AddressRange.parse("10.0.1.0/24")];
 *   using responder = new Responder({ tx, mac: port.mac, addresses });
 *   using burst = new Burst(32);
 *   while (running()) {
 *     if (rx.receive(burst) === 0) continue;
 *     responder.answer(burst); // what asked is no longer in the burst
 *     burst.clear();
 *   }
 *   console.log(responder.answered);
 * }
 * ```
 */
export class Responder implements Disposable {
  readonly #tx: TxQueue;
  readonly #answers: Answers;
  /** Where answers are collected: a burst as large as the one that is looked at, and its verdicts. */
  #replies: readonly [Burst] | undefined;
  #verdicts = new Uint8Array(0);
  #answered = 0;

  /**
   * A responder that has answered nothing.
   *
   * @throws {RangeError} when the MAC address cannot be read, or a range is of MAC addresses.
   */
  constructor({ tx, mac, addresses }: ResponderOptions) {
    this.#tx = tx;
    this.#answers = new Answers(mac, addresses);
  }

  /** How many answers the port took. */
  get answered(): number {
    return this.#answered;
  }

  /**
   * Answers what asks, and takes it out of the burst; all else stays.
   *
   * @returns how many answers the port took; the others are freed.
   * @throws {DpdkError} ENOTSUP when the port is stopped.
   */
  answer(burst: Burst): number {
    const { view, offsets, lengths, count } = burst;
    let replies: readonly [Burst] | undefined;
    for (let i = 0; i < count; i++) {
      if (!this.#answers.answer(view, offsets[i]!, lengths[i]!)) continue;
      replies ??= this.#prepare(burst);
      this.#verdicts[i] = ANSWER;
    }
    if (!replies) return 0;
    burst.split(this.#verdicts, replies);
    const sent = this.#tx.send(replies[0]);
    this.#answered += sent;
    return sent;
  }

  #prepare({ size }: Burst): readonly [Burst] {
    if (this.#verdicts.length < size) {
      this[Symbol.dispose]();
      this.#replies = [new Burst(size)];
      this.#verdicts = new Uint8Array(size);
    }
    this.#verdicts.fill(KEEP);
    return this.#replies!;
  }

  /** Frees what it holds. */
  [Symbol.dispose](): void {
    this.#replies?.[0][Symbol.dispose]();
  }
}
