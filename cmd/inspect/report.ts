/**
 * What inspect shows of a primary.
 *
 * @module
 */

import {
  Mempool,
  type MempoolInfo,
  Memzone,
  type MemzoneInfo,
  Port,
  Ring,
  type RingInfo,
} from "../../mod.ts";
import type { MempoolAudit, MempoolLook } from "../../ffi/recovery/recovery.ts";
import { tableOf, type TableOptions } from "../lib/table.ts";
import type { NotAudited } from "./audit.ts";

/** A port at one instant. */
export interface PortInfo {
  /** Port id. */
  port: number;
  /** Device name, as `net_null0`. */
  name: string;
  /** Driver name, as `net_null`. */
  driver: string;
  /** MAC address, as `02:00:00:00:00:01`. */
  mac: string;
}

/** Everything of a primary that can be listed. */
export interface Report {
  /** The primary's rings, those of mempools included. */
  rings: RingInfo[];
  /** The primary's mempools. */
  mempools: MempoolInfo[];
  /** The primary's memzones. */
  memzones: MemzoneInfo[];
  /** The primary's ports, as far as this process has their drivers. */
  ports: PortInfo[];
  /** Where the elements of each pool are, where that was asked for. */
  audits?: (MempoolLook | NotAudited)[];
  /** The pool that was repaired, and what was found in it before. */
  repaired?: MempoolAudit & { pool: string };
}

/** Looks at the primary that this process is attached to. */
export function look(): Report {
  return {
    rings: Ring.list(),
    mempools: Mempool.list(),
    memzones: Memzone.list(),
    ports: Port.list().map(({ id, name, driver, mac }) => ({ port: id, name, driver, mac })),
  };
}

/** The report as JSON; addresses are hexadecimal strings. */
export function toJson(report: Report): string {
  return JSON.stringify(report);
}

function bytes(count: number): string {
  for (const [unit, size] of [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]] as const) {
    if (count >= size && count % size === 0) return `${count / size} ${unit}`;
  }
  return `${count} B`;
}

/** Counts by name, as `0:12 1:7`. */
const listed = (counts: Record<string | number, number>) =>
  Object.entries(counts).map(([name, count]) => `${name}:${count}`).join(" ") || "-";

function auditTable(audits: NonNullable<Report["audits"]>, options: TableOptions): string {
  return tableOf(
    ["audit", "size", "common", "caches", "rings", "elsewhere", "strange"],
    audits.map((pool) =>
      "error" in pool ? [pool.name, pool.size, "?", "?", "?", "?", pool.error] : [
        pool.name,
        pool.size,
        pool.torn ? `${pool.common} (torn)` : `${pool.common}`,
        listed(pool.caches),
        listed(pool.rings),
        pool.lost,
        pool.strangers,
      ]
    ),
    options,
  );
}

/** The report as tables. */
export function toTables(report: Report, options: TableOptions = {}): string {
  const { rings, mempools, memzones, ports, audits, repaired } = report;
  const parts = [
    tableOf(
      ["ring", "used", "size", "flags"],
      rings.map((
        { name, used, capacity, flags },
      ) => [name, used, capacity, `0x${flags.toString(16)}`]),
      options,
    ),
    tableOf(
      ["mempool", "size", "available", "in use", "element", "cache", "cached", "ops"],
      mempools.map((pool) => [
        pool.name,
        pool.size,
        pool.available,
        pool.inUse,
        `${pool.elementSize} B`,
        pool.cacheSize,
        listed(pool.cached),
        pool.ops,
      ]),
      options,
    ),
    tableOf(
      ["memzone", "address", "length", "pages", "node"],
      memzones.map((zone) => [
        zone.name,
        `0x${zone.address.toString(16)}`,
        bytes(zone.length),
        bytes(zone.pageSize),
        zone.socket < 0 ? "any" : zone.socket,
      ]),
      options,
    ),
    ports.length === 0 ? "no ports" : tableOf(
      ["port", "name", "driver", "MAC"],
      ports.map(({ port, name, driver, mac }) => [port, name, driver, mac]),
      options,
    ),
  ];
  if (audits) parts.push(auditTable(audits, options));
  if (repaired) {
    const { pool, lost, strangers } = repaired;
    parts.push(
      `${pool}: repaired; ${lost} lost elements are free again, ${strangers} were strange`,
    );
  }
  return parts.join("\n");
}
