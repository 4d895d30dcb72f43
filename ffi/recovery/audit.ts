/**
 * Finds where each element of a mempool is, and gives lost elements back.
 *
 * @module
 */

import { limits } from "../boundary/bounds.ts";
import {
  struct_shim_audit,
  struct_shim_mempool_look,
  struct_shim_ring_info,
} from "../boundary/constants.ts";
import { shim } from "../boundary/library.ts";
import {
  addressOf,
  cString,
  listSnapshots,
  nameAt,
  nameRoom,
  readText,
  requireEal,
  structAt,
  toPointer,
  unwrap,
} from "../boundary/native.ts";
import type { Objects } from "../objects.ts";

/** Options of `Mempool.audit`. */
export interface AuditOptions {
  /** Names of the rings that may hold elements; all rings of the primary where left out. */
  rings?: readonly string[];
  /**
   * Tables in which processes record the elements that they hold: arrays of addresses of any
   * length, such as a view of a memzone. An entry whose element is found elsewhere is out of date,
   * and does not count.
   */
  recorded?: readonly (Objects | BigUint64Array)[];
  /**
   * Whether to mend what killed processes left, or a function that decides so from the counts.
   * Mending makes rings work again in which an update was cut short, empties the caches of all
   * lcores into the common pool, and frees lost elements. Recorded elements stay where they are.
   * False where left out.
   */
  repair?: boolean | ((found: MempoolAudit) => boolean);
  /**
   * With `repair`: whether lost elements are not freed, because a device may hold them. False where
   * left out.
   */
  keepLost?: boolean;
}

/** Where the elements of a pool are: the counts of `Mempool.audit`. */
export interface MempoolAudit {
  /** Elements in the common pool. */
  common: number;
  /** Elements in the caches of lcores. */
  cached: number;
  /** Elements in the cache of each lcore, by lcore id; lcores with empty caches are left out. */
  caches: Record<number, number>;
  /** Elements in rings, those of devices included. */
  queued: number;
  /** Elements in each ring, by its name; rings without elements are left out. */
  rings: Record<string, number>;
  /** Elements that are nowhere but in a table of what a process holds. */
  recorded: number;
  /**
   * Elements in none of these places: a process or a device holds them, or a killed process held
   * them.
   */
  lost: number;
  /**
   * Pointers that are no element of the pool although only its elements can be there, or that are
   * there twice.
   */
  strangers: number;
}

/** A pool and where its elements are: the counts of `Mempool.look`. */
export interface MempoolLook extends MempoolAudit {
  /** Name of the pool. */
  name: string;
  /** Number of elements in the pool. */
  size: number;
  /** Whether a process is in the middle of an update of the pool's ring, or was killed there. */
  torn: boolean;
}

/** @internal The reason that an error gives for ENOTSUP. */
export const NOT_A_RING = "its elements are not in a ring";

/** What shim_mempool_audit() counts before caches and rings. */
const COUNTS = struct_shim_audit.bytes / Uint32Array.BYTES_PER_ELEMENT;

/** Rings that are not freed before disposal, even when another part of this process frees them. */
interface HeldRings extends Disposable {
  rings: BigUint64Array<ArrayBuffer>;
}

function holdRings(names: readonly string[] | undefined): BigUint64Array<ArrayBuffer> {
  if (names === undefined) {
    const rings = BigUint64Array.from(listSnapshots("list of rings", {
      layout: struct_shim_ring_info,
      read: (infos, len) => shim().shim_ring_list(infos, len),
      info: ({ address }) => address,
    }));
    for (const ring of rings) shim().shim_ring_hold(toPointer(ring));
    return rings;
  }
  const out = new BigUint64Array(1);
  const lookup = (name: string) =>
    shim().shim_ring_lookup(cString(name), out) === 0 ? out.slice() : [];
  return BigUint64Array.from(names.flatMap((name) => [...lookup(name)]));
}

function ringAddresses(names: readonly string[] | undefined): HeldRings {
  const rings = holdRings(names);
  return {
    rings,
    [Symbol.dispose]() {
      for (const ring of rings) shim().shim_handle_drop(toPointer(ring), 0);
    },
  };
}

/** Address and length of each table, in pairs. */
function tablePairs(tables: AuditOptions["recorded"] = []): BigUint64Array<ArrayBuffer> {
  return BigUint64Array.from(
    tables.map((table) => "addresses" in table ? table.addresses : table)
      .filter(({ length }) => length > 0)
      .flatMap(({ buffer, byteOffset, length }) => [
        addressOf(buffer) + BigInt(byteOffset),
        BigInt(length),
      ]),
  );
}

/** The counts that are not 0, each under its name. */
function named(counts: Uint32Array, nameOf: (index: number) => string | number) {
  const names: Record<string | number, number> = {};
  counts.forEach((count, i) => {
    if (count > 0) names[nameOf(i)] = count;
  });
  return names;
}

const sum = (counts: Uint32Array) => counts.reduce((total, count) => total + count, 0);

/** What the shim counted, by the names of the rings. */
function toAudit(
  counts: Uint32Array<ArrayBuffer>,
  ringName: (index: number) => string,
): MempoolAudit {
  const { lcores } = limits();
  const { common, recorded, lost, strangers } = structAt(struct_shim_audit, counts.buffer);
  const caches = counts.subarray(COUNTS, COUNTS + lcores);
  const queues = counts.subarray(COUNTS + lcores);
  return {
    common,
    cached: sum(caches),
    caches: named(caches, (lcore) => lcore),
    queued: sum(queues),
    rings: named(queues, ringName),
    recorded,
    lost,
    strangers,
  };
}

/** @internal `Mempool.look`. */
export function look(name: string): MempoolLook {
  const operation = `look at mempool ${name}`;
  requireEal(operation);
  for (let room = 64;; room *= 2) {
    const counts = new Uint32Array(COUNTS + limits().lcores + room);
    const pool = new Uint8Array(struct_shim_mempool_look.bytes);
    const names = nameRoom(room);
    const rings = unwrap(
      operation,
      shim().shim_mempool_look(cString(name), counts, pool, names, room),
      (code) => code === "ENOTSUP" ? NOT_A_RING : undefined,
    );
    if (rings > room) continue;
    const { size, torn } = structAt(struct_shim_mempool_look, pool.buffer);
    const found = toAudit(counts, (ring) => nameAt(names, ring));
    return { name, size, torn: torn !== 0, ...found };
  }
}

/** @internal `Mempool.audit` of a pool that is alive. */
export function audit(
  operation: string,
  poolOf: () => Deno.PointerObject,
  { rings: names, recorded: tables, repair = false, keepLost = false }: AuditOptions,
): MempoolAudit {
  using held = ringAddresses(names);
  const { rings } = held;
  const pool = poolOf();
  const pairs = tablePairs(tables);
  const { lcores } = limits();
  const counts = new Uint32Array(COUNTS + lcores + rings.length);
  const spare = new BigUint64Array(shim().shim_mempool_size(pool));
  const spares = unwrap(
    operation,
    shim().shim_mempool_audit(pool, rings, rings.length, pairs, pairs.length / 2, counts, spare),
    NOT_A_RING,
  );
  const found = toAudit(
    counts,
    (i) => readText((text, len) => shim().shim_ring_name(toPointer(rings[i]), text, len)),
  );
  if (typeof repair === "function" ? repair(found) : repair) {
    // elements of the caches come first
    const free = keepLost ? found.cached : spares;
    // the pool may have been disposed of while `repair` looked
    unwrap(operation, shim().shim_mempool_restore(poolOf(), rings, rings.length, spare, free));
  }
  return found;
}
