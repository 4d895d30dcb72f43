/**
 * IGMP message: RFC 2236, section 2 (version 2) and RFC 3376, section 4 (version 3).
 *
 * @module
 */

import type { Codec, Given, Layer } from "./layer.ts";
import { bits, copyBytes, put16, put8, putBytes, putIpv4 } from "./fields.ts";
import { formatIpv4 } from "./address.ts";
import { compute, sum } from "./checksum.ts";

/** One group of a version 3 report: RFC 3376, section 4.2.4. */
export interface IgmpRecord {
  /** Type, 1 to 6: 4 is "change to exclude", as in a join. */
  type: number;
  /** Multicast address. */
  group: string;
  /** Sources. */
  sources: readonly string[];
  /** Auxiliary data, a multiple of 4 bytes; none where left out. */
  auxiliary?: Uint8Array | undefined;
}

/** Fields of an IGMP message; what is not part of its type is undefined. */
export interface Igmp {
  /** Type: `igmp.QUERY`. */
  type: number;
  /** Maximum response time as it is coded, of queries; reserved in reports. */
  maxResponse: number;
  /** Checksum over the whole message. */
  checksum: number;
  /** Multicast address; not in version 3 reports. */
  group?: string | undefined;
  /** Four reserved bits, the S flag and the querier's robustness: byte 8 of a version 3 query. */
  robustness?: number | undefined;
  /** Querier's query interval as it is coded, of version 3 queries. */
  interval?: number | undefined;
  /** Sources, of version 3 queries; that they are given makes it one. */
  sources?: readonly string[] | undefined;
  /** Reserved bytes of a version 3 report. */
  reserved?: number | undefined;
  /** Groups of a version 3 report. */
  records?: readonly IgmpRecord[] | undefined;
}

/**
 * An IGMP message to build: RFC 2236 (version 2); RFC 3376 (version 3). The checksum is filled;
 * without a type it is a query, with records a report of version 3.
 */
export function igmp(fields: Given<Igmp> = {}): Layer<"igmp"> {
  return { ...fields, name: "igmp" };
}

/** The fields in a packet's bytes, for loops: RFC 2236. `at` is the first byte of the message. */
// deno-lint-ignore no-namespace -- a builder with the fields beside it: one name for one header
export namespace igmp {
  /** Bytes of a message of version 2. */
  export const SIZE = 8;
  /** Type: query. */
  export const QUERY = 0x11;
  /** Type: report of version 1. */
  export const REPORT_V1 = 0x12;
  /** Type: report of version 2. */
  export const REPORT_V2 = 0x16;
  /** Type: leave. */
  export const LEAVE = 0x17;
  /** Type: report of version 3. */
  export const REPORT_V3 = 0x22;

  /** Type. */
  export function type(view: DataView, at: number): number {
    return view.getUint8(at);
  }

  /** Multicast address; not in version 3 reports. */
  export function group(view: DataView, at: number): number {
    return view.getUint32(at + 4);
  }
}

const typeOf = ({ type, records }: Given<Igmp>) => type ?? (records ? igmp.REPORT_V3 : igmp.QUERY);

const recordSize = ({ sources, auxiliary }: IgmpRecord) =>
  8 + 4 * sources.length + (auxiliary?.length ?? 0);

function putAddresses(view: DataView, at: number, addresses: readonly string[]): void {
  addresses.forEach((address, i) => putIpv4(view, at + 4 * i, address));
}

function readAddresses(view: DataView, at: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => formatIpv4(view.getUint32(at + 4 * i)));
}

function readRecords(
  view: DataView,
  at: number,
  end: number,
  count: number,
): { records: IgmpRecord[]; behind: number } | undefined {
  const records: IgmpRecord[] = [];
  for (; count > 0; count--) {
    if (at + 8 > end) return undefined;
    const sources = view.getUint16(at + 2);
    const auxiliary = at + 8 + 4 * sources;
    const behind = auxiliary + 4 * view.getUint8(at + 1);
    if (behind > end) return undefined;
    records.push({
      type: view.getUint8(at),
      group: formatIpv4(view.getUint32(at + 4)),
      sources: readAddresses(view, at + 8, sources),
      ...(behind > auxiliary ? { auxiliary: copyBytes(view, auxiliary, behind) } : {}),
    });
    at = behind;
  }
  return { records, behind: at };
}

/** @internal */
export const igmpCodec: Codec<"igmp"> = {
  minimum: 8,
  size(layer) {
    const records = layer.records ?? [];
    if (typeOf(layer) === igmp.REPORT_V3) {
      return records.reduce((size, record) => size + recordSize(record), 8);
    }
    return layer.sources ? 12 + 4 * layer.sources.length : 8;
  },
  write(layer, { view, at }) {
    const type = typeOf(layer);
    put8(view, at, "igmp type", type);
    put8(view, at + 1, "igmp maxResponse", layer.maxResponse ?? 0);
    put16(view, at + 2, "igmp checksum", layer.checksum ?? 0);
    if (type !== igmp.REPORT_V3) {
      putIpv4(view, at + 4, layer.group ?? 0);
      if (!layer.sources) return;
      put8(view, at + 8, "igmp robustness", layer.robustness ?? 0);
      put8(view, at + 9, "igmp interval", layer.interval ?? 0);
      put16(view, at + 10, "igmp sources", layer.sources.length);
      putAddresses(view, at + 12, layer.sources);
      return;
    }
    const records = layer.records ?? [];
    put16(view, at + 4, "igmp reserved", layer.reserved ?? 0);
    put16(view, at + 6, "igmp records", records.length);
    let to = at + 8;
    for (const record of records) {
      const { sources, auxiliary = new Uint8Array(0) } = record;
      put8(view, to, "igmp record type", record.type);
      view.setUint8(to + 1, bits("igmp auxiliary data in 4 bytes", auxiliary.length / 4, 8));
      put16(view, to + 2, "igmp record sources", sources.length);
      putIpv4(view, to + 4, record.group);
      putAddresses(view, to + 8, sources);
      putBytes(view, to + 8 + 4 * sources.length, auxiliary);
      to += recordSize(record);
    }
  },
  read(view, at, end) {
    const type = igmp.type(view, at);
    const common = {
      name: "igmp" as const,
      offset: at,
      type,
      maxResponse: view.getUint8(at + 1),
      checksum: view.getUint16(at + 2),
    };
    if (type === igmp.REPORT_V3) {
      const found = readRecords(view, at + 8, end, view.getUint16(at + 6));
      if (!found) return `igmp: records in ${end - at} bytes`;
      const { records, behind } = found;
      return { layer: { ...common, size: behind - at, reserved: view.getUint16(at + 4), records } };
    }
    const group = formatIpv4(igmp.group(view, at));
    if (type !== igmp.QUERY || end - at < 12) return { layer: { ...common, size: 8, group } };
    const count = view.getUint16(at + 10);
    if (at + 12 + 4 * count > end) return `igmp: ${count} sources in ${end - at} bytes`;
    return {
      layer: {
        ...common,
        size: 12 + 4 * count,
        group,
        robustness: view.getUint8(at + 8),
        interval: view.getUint8(at + 9),
        sources: readAddresses(view, at + 12, count),
      },
    };
  },
  checksum(view, at, end, under) {
    if (under?.fragment) return undefined;
    return { at: at + 2, size: 2, value: compute(view, at + 4, end - at - 4, sum(view, at, 2)) };
  },
};
