/**
 * Memory zones: `rte_memzone.h`.
 *
 * @module
 */

import {
  RTE_MEMZONE_16GB,
  RTE_MEMZONE_16MB,
  RTE_MEMZONE_1GB,
  RTE_MEMZONE_256KB,
  RTE_MEMZONE_256MB,
  RTE_MEMZONE_2MB,
  RTE_MEMZONE_4GB,
  RTE_MEMZONE_512MB,
  RTE_MEMZONE_IOVA_CONTIG,
  RTE_MEMZONE_SIZE_HINT_ONLY,
  struct_shim_memzone_info,
  UINT32_MAX,
} from "./boundary/constants.ts";
import { givenAway, holdObject, mapMemory, type Release, unmapMemory } from "./boundary/handles.ts";
import { shim } from "./boundary/library.ts";
import { limitHint, limits } from "./boundary/bounds.ts";
import { hexText, inspected, type Json, jsonOf, shown, withJson } from "./boundary/shown.ts";
import {
  checkInteger,
  checkSocket,
  cString,
  disposed,
  listSnapshots,
  type Members,
  readStruct,
  toPointer,
  unwrap,
  unwrapPointer,
} from "./boundary/native.ts";

/** `RTE_MEMZONE_*`: which pages a zone may use, and how. */
export const MemzoneFlags = {
  /** `RTE_MEMZONE_2MB`: pages of 2 MiB. */
  PAGES_2MB: RTE_MEMZONE_2MB,
  /** `RTE_MEMZONE_1GB`: pages of 1 GiB. */
  PAGES_1GB: RTE_MEMZONE_1GB,
  /** `RTE_MEMZONE_16MB`: pages of 16 MiB. */
  PAGES_16MB: RTE_MEMZONE_16MB,
  /** `RTE_MEMZONE_16GB`: pages of 16 GiB. */
  PAGES_16GB: RTE_MEMZONE_16GB,
  /** `RTE_MEMZONE_256KB`: pages of 256 KiB. */
  PAGES_256KB: RTE_MEMZONE_256KB,
  /** `RTE_MEMZONE_256MB`: pages of 256 MiB. */
  PAGES_256MB: RTE_MEMZONE_256MB,
  /** `RTE_MEMZONE_512MB`: pages of 512 MiB. */
  PAGES_512MB: RTE_MEMZONE_512MB,
  /** `RTE_MEMZONE_4GB`: pages of 4 GiB. */
  PAGES_4GB: RTE_MEMZONE_4GB,
  /** `RTE_MEMZONE_SIZE_HINT_ONLY`: take another page size where the wanted one is used up. */
  SIZE_HINT_ONLY: RTE_MEMZONE_SIZE_HINT_ONLY,
  /** `RTE_MEMZONE_IOVA_CONTIG`: contiguous for devices. */
  IOVA_CONTIG: RTE_MEMZONE_IOVA_CONTIG,
} as const;

/** Options of {@linkcode Memzone.reserve}. */
export interface MemzoneOptions {
  /** NUMA node of the memory; any (-1) where left out. */
  socket?: number;
  /** {@linkcode MemzoneFlags}, or-ed together; 0 where left out. */
  flags?: number;
  /** Alignment of the start in bytes, a power of two; a cache line where left out. */
  align?: number;
}

/**
 * A zone at one instant. `JSON.stringify` writes the addresses as hexadecimal text,
 * `"0x1003fbd40"`.
 */
export interface MemzoneInfo {
  /** Name of the zone. */
  name: string;
  /** Address of the zone, the same in every process. */
  address: bigint;
  /** Bytes. */
  length: number;
  /** Address by which devices reach the zone. */
  iova: bigint;
  /** Bytes of the hugepages that the zone lies on. */
  pageSize: number;
  /** NUMA node, -1 for any. */
  socket: number;
  /** {@linkcode MemzoneFlags}. */
  flags: number;
}

function toInfo(zone: Members<typeof struct_shim_memzone_info>): MemzoneInfo {
  return withJson({
    name: zone.name,
    address: zone.address,
    length: Number(zone.length),
    iova: zone.iova,
    pageSize: Number(zone.page_size),
    socket: zone.socket,
    flags: zone.flags,
  });
}

function infoOf(zone: Deno.PointerObject): MemzoneInfo {
  return toInfo(
    readStruct(struct_shim_memzone_info, (memory) => shim().shim_memzone_info(zone, memory)),
  );
}

/**
 * A named piece of shared memory, `struct rte_memzone`, as an `ArrayBuffer` on the memory itself.
 *
 * Disposal frees a zone that this handle reserved, and only forgets one that it looked up. Other
 * handles of the thread end when the reserving one is disposed of. Where Workers have handles too,
 * the zone is freed with the last of them. Other processes are not counted, as in C: they must not
 * use a zone that was freed.
 *
 * After disposal {@linkcode Memzone.buffer} throws {@linkcode DpdkError}, and views of the buffer
 * that were made before have length 0. Do not transfer the buffer to another thread: the zone could
 * not be freed any more.
 *
 * @example
 * ```ts
 * import { Memzone } from "denodpdk";
 *
 * using zone = Memzone.reserve("COUNTERS", 4096);
 * const counters = new Uint32Array(zone.buffer);
 * Atomics.add(counters, 0, 1);
 * ```
 */
export class Memzone implements Disposable {
  #zone: Deno.PointerObject | null;
  #buffer: ArrayBuffer | undefined;
  readonly #owned: boolean;
  readonly #release: Release;
  readonly #address: bigint;
  /** Name of the zone, by which every process finds it. */
  readonly name: string;
  /** Bytes. */
  readonly length: number;
  /** NUMA node, -1 for any. */
  readonly socket: number;

  private constructor(zone: Deno.PointerObject, owned: boolean) {
    this.#zone = zone;
    this.#owned = owned;
    ({
      name: this.name,
      length: this.length,
      socket: this.socket,
      address: this.#address,
    } = infoOf(zone));
    this.#release = holdObject(this, zone, (zone) => void zone.#end(false));
  }

  /**
   * Reserves a zone: `rte_memzone_reserve_aligned`. Works in secondaries too. Disposal frees the
   * zone. Its memory is zero when it comes fresh from the kernel, and has old contents otherwise.
   *
   * @param name up to 31 bytes, unique among the zones of this primary.
   * @param length bytes; 0 takes the largest free piece of memory.
   * @throws {DpdkError} EEXIST, EINVAL (alignment no power of two), ENAMETOOLONG, ENOMEM, ENOSPC.
   * @throws {RangeError} when a number is no integer in range.
   */
  static reserve(name: string, length: number, options: MemzoneOptions = {}): Memzone {
    checkInteger("memzone length", length, 0, Number.MAX_SAFE_INTEGER);
    const flags = checkInteger("memzone flags", options.flags ?? 0, 0, UINT32_MAX);
    const { cache_line, memzone_name } = limits();
    const align = checkInteger("memzone alignment", options.align ?? cache_line, 0, UINT32_MAX);
    const socket = checkSocket(options.socket);
    const zone = unwrapPointer(
      `rte_memzone_reserve(${name})`,
      (out) =>
        shim().shim_memzone_reserve(cString(name), BigInt(length), socket, flags, align, out),
      (code) =>
        limitHint({
          name: memzone_name,
          bytes: length,
          sizes: `align is a power of two, got ${align}; length is ${length}`,
        })(code),
    );
    return new Memzone(zone, true);
  }

  /**
   * Finds a zone that any process of this primary reserved: `rte_memzone_lookup`. Disposal forgets
   * the zone and frees nothing.
   *
   * @throws {DpdkError} ENOENT when there is no zone of that name.
   */
  static lookup(name: string): Memzone {
    const zone = unwrapPointer(
      `rte_memzone_lookup(${name})`,
      (out) => shim().shim_memzone_lookup(cString(name), out),
    );
    return new Memzone(zone, false);
  }

  /**
   * Bytes of a cache line, `RTE_CACHE_LINE_SIZE`: how zones are aligned, and structures in them
   * that are `__rte_cache_aligned` in C. 64 on x86-64, 128 on Debian's arm64.
   */
  static get cacheLine(): number {
    return limits().cache_line;
  }

  /** All zones of the running primary as they are now: `rte_memzone_walk`. */
  static list(): MemzoneInfo[] {
    return listSnapshots("list of memzones", {
      layout: struct_shim_memzone_info,
      read: (infos, len) => shim().shim_memzone_list(infos, len),
      info: toInfo,
    });
  }

  /**
   * The zone's memory, {@linkcode Memzone.length} bytes, no copy; the same `ArrayBuffer` each time.
   */
  get buffer(): ArrayBuffer {
    if (!this.#zone) disposed(`Memzone ${this.name}`);
    return this.#buffer ??= mapMemory(toPointer(this.#address), this.length, this);
  }

  /** The zone as it is now. */
  info(): MemzoneInfo {
    return infoOf(this.#zone ?? disposed(`Memzone ${this.name}`));
  }

  /** For `JSON.stringify`: what {@linkcode Memzone.info} returns. */
  toJSON(): Json<MemzoneInfo> {
    return jsonOf(this.info());
  }

  /** What `console.log` shows. */
  [inspected](): string {
    return shown(`Memzone ${this.name}`, () => {
      const { length, address } = this.info();
      return `${length} bytes at ${hexText(address)}`;
    });
  }

  /** Forgets the pointer and detaches the views of the memory. Returns whether no view is left. */
  #end(free: boolean): boolean {
    const intact = this.#buffer === undefined || unmapMemory(this.#buffer);
    this.#zone = null;
    this.#buffer = undefined;
    unwrap(`rte_memzone_free(${this.name})`, this.#release(free && intact));
    return intact;
  }

  /**
   * Frees a zone that this handle reserved (`rte_memzone_free`), forgets one that it looked up.
   * Idempotent.
   *
   * @throws {DpdkError} EBUSY when the buffer was transferred to another thread; the zone is not
   * freed.
   */
  [Symbol.dispose](): void {
    if (!this.#zone) return;
    if (!this.#end(this.#owned) && this.#owned) throw givenAway(`memzone ${this.name}`);
  }
}
