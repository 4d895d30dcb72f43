/**
 * Random filter expressions that a seed repeats: libpcap compiles most of them.
 *
 * @module
 */

import { Random } from "../../../ffi/traffic/random.ts";
import { EXPRESSIONS } from "./expressions.ts";

/** Those that can stand in any place: a tag or a tunnel would shift what follows. */
const PARTS = EXPRESSIONS.filter((one) => one !== "" && !/vlan|mpls|geneve|pppoe/.test(one));

/** Makes expressions. */
export class RandomExpressions {
  readonly #random: Random;

  /** Expressions that this seed repeats. */
  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /** An expression of some depth. */
  next(depth = 2): string {
    if (depth === 0) return this.#chance(2) ? this.#relation() : `(${this.#pick(...PARTS)})`;
    return this.#pick(
      () => `(${this.next(depth - 1)} and ${this.next(depth - 1)})`,
      () => `(${this.next(depth - 1)} or ${this.next(depth - 1)})`,
      () => `not (${this.next(depth - 1)})`,
      () => `(vlan and ${this.next(depth - 1)})`,
      () => this.next(0),
    )();
  }

  #below = (limit: number) => Math.floor(this.#random.below(limit));
  #chance = (one: number) => this.#below(one) === 0;
  #pick = <T>(...choices: T[]) => this.#random.pick(choices);

  #relation(): string {
    const operator = this.#pick("=", "!=", "<", ">", "<=", ">=");
    return `${this.#value(3)} ${operator} ${this.#value(1)}`;
  }

  #number(): string {
    return this.#pick(
      () => `${this.#below(this.#pick(16, 256, 65_536))}`,
      () => `0x${this.#below(2 ** 32).toString(16)}`,
      () => this.#pick("0xffffffff", "0x80000000", "0x7fffffff", "1", "0"),
    )();
  }

  #value(depth: number): string {
    if (depth === 0 || this.#chance(4)) {
      return this.#pick(() => this.#number(), () => "len", () => this.#load(0))();
    }
    const [a, b] = [this.#value(depth - 1), this.#value(depth - 1)];
    return this.#pick(
      () => `(${a} ${this.#pick("+", "-", "*", "&", "|", "^", "/", "%")} ${b})`,
      () => `(${a} ${this.#pick("<<", ">>")} ${this.#pick(`${this.#below(32)}`, this.#load(0))})`,
      () => `(-${a})`,
      () => this.#load(depth - 1),
    )();
  }

  #load(depth: number): string {
    const header = this.#pick("ether", "ether", "ip", "udp", "tcp", "ip6", "icmp", "link", "arp");
    const at = depth > 0 ? this.#value(depth) : `${this.#below(60)}`;
    return `${header}[${at}${this.#pick("", ":1", ":2", ":4")}]`;
  }
}
