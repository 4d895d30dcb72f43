/**
 * Filters: pcap-filter expressions, for bursts and for single packets. `rte_bpf.h` and libpcap.
 *
 * @module
 */

import { SHIM_DROP, SHIM_KEEP, UINT8_MAX } from "../boundary/constants.ts";
import { DpdkError } from "../boundary/errors.ts";
import { type Hot, shim } from "../boundary/library.ts";
import {
  checkInteger,
  cString,
  disposed,
  errnoTexts,
  requireEal,
  textIn,
  toPointer,
} from "../boundary/native.ts";
import { inspected } from "../boundary/shown.ts";
import type { Burst } from "../mbuf/burst.ts";
import { bytesOf, type HasBytes } from "../net/source.ts";
import { firstLayer, LINK_TYPE, linkTypeName } from "../pcap/link_type.ts";
import { findHandlesBy, handedOver } from "../transfer.ts";

/** Options of a {@linkcode Filter}. */
export interface FilterOptions {
  /** The kind of the packets' first header, a value of `LINK_TYPE`; Ethernet where left out. */
  linkType?: number;
  /** Whether bursts are filtered by machine code where DPDK can make it; true where left out. */
  jit?: boolean;
}

/** A packet that gives its bytes, and says how many it had on the wire. */
export interface Filterable extends HasBytes {
  /** Bytes on the wire, which `len`, `less` and `greater` in an expression mean. */
  readonly length: number;
}

/** The most characters of an expression, since libpcap's time grows with more than their square. */
const TEXT_MAX = 4096;

/** Characters of an expression that an error shows. */
const SHOWN = 60;

/** Bytes of libpcap's errors: `PCAP_ERRBUF_SIZE`. */
const ERROR_BYTES = 256;

/** Why rte_bpf refuses a program, by the name of the errno. */
const REASONS: Readonly<Record<string, string>> = {
  E2BIG: "rte_bpf takes at most 4096 instructions, and the expression compiles to more",
  EINVAL: "rte_bpf refuses the program that the expression compiles to",
  ELOOP: "rte_bpf takes no loops, and the expression has one (protochain)",
  ENOTSUP: "filters over bursts are unavailable: this DPDK was built without libpcap",
};

let bpfMatch: Hot<"shim_bpf_match"> | undefined;
let bpfDecide: Hot<"shim_bpf_decide"> | undefined;
let bpfKeep: Hot<"shim_bpf_keep"> | undefined;

function shown(expression: string): string {
  const { length } = expression;
  return JSON.stringify(length > SHOWN ? `${expression.slice(0, SHOWN)}...` : expression);
}

/**
 * A filter for packets: an expression as tcpdump takes it (`man pcap-filter`), compiled by libpcap
 * with `pcap_compile`.
 *
 * A {@linkcode Burst} is filtered in C by `rte_bpf`, one call for all packets, in machine code on
 * x86-64 and arm64. {@linkcode Filter.decide} writes a verdict on each packet for
 * {@linkcode Burst.split}; {@linkcode Filter.keep} frees the packets that do not match. All
 * segments of a packet are looked at. {@linkcode Filter.matches} asks about one packet, of a
 * capture file too; libpcap itself runs the filter there, and no EAL is needed.
 *
 * Where the expression reads behind a packet's end, the packet does not match, as with libpcap.
 * Names in the expression are looked up when it is compiled: hosts by DNS, ports in
 * `/etc/services`.
 *
 * It can be given to a Worker, which gets one of its own of the same expression.
 *
 * @example DNS to one side, the rest to the other
 * ```ts
 * import { Burst, KEEP, type RxQueue, type TxQueue } from "denodpdk";
 * import { Filter } from "denodpdk/pcap";
 *
 * function forward(rx: RxQueue, toDns: TxQueue, toRest: TxQueue, running: () => boolean) {
 *   using filter = Filter.compile("udp port 53 and net 10.0.0.0/8");
 *   using burst = new Burst(32);
 *   using dns = new Burst(32);
 *   const verdicts = new Uint8Array(burst.size);
 *   const sides = [dns];
 *   while (running()) {
 *     if (rx.receive(burst) === 0) continue;
 *     filter.decide(burst, verdicts, 0, KEEP);
 *     burst.split(verdicts, sides);
 *     toDns.send(dns);
 *     toRest.send(burst);
 *   }
 * }
 * ```
 */
export class Filter implements Disposable {
  /** The expression, as it was given. */
  readonly expression: string;
  /** The kind of the packets' first header: a value of `LINK_TYPE`. */
  readonly linkType: number;
  readonly #wantsJit: boolean;
  /** `struct shim_filter`. */
  #handle: Deno.PointerObject | null;
  /** Whether it is machine code; undefined before it is loaded for bursts. */
  #jit: boolean | undefined;

  private constructor(expression: string, options: Required<FilterOptions>, handle: bigint) {
    this.expression = expression;
    this.linkType = options.linkType;
    this.#wantsJit = options.jit;
    this.#handle = toPointer(handle);
  }

  /**
   * Compiles an expression: `pcap_compile`. An empty expression matches every packet.
   *
   * @param expression an expression as in `man pcap-filter`, at most 4096 characters. libpcap takes
   * seconds for some hundred hosts or ports.
   * @returns the filter, which the caller disposes of.
   * @throws {RangeError} when the expression has a NUL or is too long, or the link type is none that
   * is read.
   * @throws {DpdkError} EINVAL, with libpcap's own words, when the expression is wrong; ENOTSUP where
   * there is no libpcap.
   *
   * @example A wrong expression
   * ```ts
   * import { DpdkError } from "denodpdk";
   * import { Filter } from "denodpdk/pcap";
   *
   * try {
   *   Filter.compile("udp prt 53");
   * } catch (error) {
   *   if (error instanceof DpdkError) console.error(error.reason); // syntax error
   * }
   * ```
   */
  static compile(
    expression: string,
    { linkType = LINK_TYPE.ETHERNET, jit = true }: FilterOptions = {},
  ): Filter {
    checkInteger("length of a filter's expression", expression.length, 0, TEXT_MAX);
    if (firstLayer(linkType) === undefined) {
      throw new RangeError(`Filter: cannot read packets of link type ${linkTypeName(linkType)}`);
    }
    const [words, out] = [new Uint8Array(ERROR_BYTES), new BigUint64Array(1)];
    const text = cString(expression);
    const result = shim().shim_bpf_compile(text, linkType, words, words.length, out);
    if (result === 0) return new Filter(expression, { linkType, jit }, out[0]!);
    const { code, reason } = errnoTexts(-result);
    const told = textIn(words).replace(/\s+/g, " ").trim() || reason;
    throw new DpdkError({
      operation: `pcap_compile(${shown(expression)})`,
      errno: -result,
      code,
      ...(code === "ENOTSUP"
        ? { reason: `filters are unavailable: ${told}`, hint: "install libpcap" }
        : { reason: told }),
    });
  }

  /**
   * Whether bursts are filtered by machine code (`rte_bpf_get_jit`) or by DPDK's interpreter. It is the
   * interpreter where DPDK makes no machine code, or only code that jumps to a wrong place, as it can
   * on x86-64. Prepares the filter for bursts at the first call.
   *
   * @throws {DpdkError} as {@linkcode Filter.decide}.
   */
  get isJit(): boolean {
    return this.#jit ?? this.#load();
  }

  /**
   * Whether a packet matches: `pcap_offline_filter`.
   *
   * @param source a `Packet`, a `Frame`, a `CapturedPacket`, or bytes.
   * @throws {DpdkError} after disposal.
   */
  matches(source: Uint8Array | Filterable): boolean {
    // Deno's types leave shared memory out, Deno takes it
    const bytes = bytesOf(source) as Uint8Array<ArrayBuffer>;
    const match = bpfMatch ??= shim().shim_bpf_match;
    return match(this.#handle ?? disposed("Filter"), bytes, bytes.length, source.length) !== 0;
  }

  /**
   * Writes a verdict on each packet of a burst: `verdicts[i]` becomes `match` when packet `i`
   * matches, and `other` when it does not. Both are verdicts of {@linkcode Burst.split}: `DROP`,
   * `KEEP`, or the number of a burst.
   *
   * The first call on a burst prepares the filter: `rte_bpf_convert`, `rte_bpf_load`.
   *
   * @param verdicts At least as many as there are packets.
   * @returns how many packets match.
   * @throws {RangeError} when there are too few verdicts, or `match` or `other` is none.
   * @throws {DpdkError} E2BIG or ELOOP when `rte_bpf` takes no such program; ENOTSUP when this DPDK
   * cannot convert one; after disposal.
   */
  decide(
    burst: Burst,
    verdicts: Uint8Array<ArrayBuffer>,
    match: number = SHIM_KEEP,
    other: number = SHIM_DROP,
  ): number {
    if (this.#jit === undefined) this.#load();
    if (verdicts.length < burst.count) {
      throw new RangeError(`Filter.decide: ${burst.count} packets, ${verdicts.length} verdicts`);
    }
    if (match >>> 0 !== match || other >>> 0 !== other || (match | other) >>> 0 > UINT8_MAX) {
      checkInteger("verdict on packets that match", match, 0, UINT8_MAX);
      checkInteger("verdict on the others", other, 0, UINT8_MAX);
    }
    const decide = bpfDecide ??= shim().shim_bpf_decide;
    return decide(this.#handle ?? disposed("Filter"), burst.handle, verdicts, match, other);
  }

  /**
   * Frees the packets of a burst that do not match; the others move up.
   *
   * @returns how many packets are left.
   * @throws {DpdkError} as {@linkcode Filter.decide}.
   */
  keep(burst: Burst): number {
    if (this.#jit === undefined) this.#load();
    const keep = bpfKeep ??= shim().shim_bpf_keep;
    return keep(this.#handle ?? disposed("Filter"), burst.handle);
  }

  /** @internal */
  [handedOver](): { kind: string; by: Required<FilterOptions> & { expression: string } } {
    const { expression, linkType } = this;
    return { kind: "Filter", by: { expression, linkType, jit: this.#wantsJit } };
  }

  /** What `console.log` shows. */
  [inspected](): string {
    return `Filter ${shown(this.expression)}${this.#handle === null ? " (disposed)" : ""}`;
  }

  /** Frees the filter: `rte_bpf_destroy`, `pcap_freecode`. Idempotent. */
  [Symbol.dispose](): void {
    if (this.#handle === null) return;
    shim().shim_bpf_free(this.#handle);
    this.#handle = null;
    this.#jit = undefined;
  }

  /** Prepares the filter for bursts. Returns whether it is machine code. */
  #load(): boolean {
    const operation = `rte_bpf_load(${shown(this.expression)})`;
    if (this.#handle === null) disposed("Filter");
    requireEal(operation);
    const result = shim().shim_bpf_load(this.#handle, Number(this.#wantsJit));
    if (result >= 0) return this.#jit = result > 0;
    const { code, reason } = errnoTexts(-result);
    throw new DpdkError({ operation, errno: -result, code, reason: REASONS[code] ?? reason });
  }
}

findHandlesBy(
  "Filter",
  ({ expression, ...options }: Required<FilterOptions> & { expression: string }) =>
    Filter.compile(expression, options),
);
