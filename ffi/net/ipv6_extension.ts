/**
 * IPv6 extension headers: RFC 8200, section 4 (hop-by-hop options 4.3, routing 4.4, fragment 4.5,
 * destination options 4.6), and RFC 8754 (segment routing header); `rte_ip6.h`.
 * `ipv6.hopByHop`, `ipv6.destination`, `ipv6.routing` and `ipv6.fragment` build them.
 *
 * @module
 */

import type { Codec, Given, Place } from "./layer.ts";
import { bits, copyBytes, put16, put32, put8, putBytes } from "./fields.ts";
import { formatIpv6, ipv6Bytes } from "./address.ts";
import { afterProtocol, IP_PROTOCOL, ipProtocols } from "./numbers.ts";

/** An option of a hop-by-hop or destination options header: RFC 8200, section 4.2. */
export interface Ipv6Option {
  /** Type; 0 is one byte that fills (Pad1), 1 fills several (PadN). */
  type: number;
  /** Bytes behind type and length; none where left out. */
  data?: Uint8Array | undefined;
  /** Length as it is written, of the data alone; the true one where left out. */
  length?: number | undefined;
  /** Whether it has no length; Pad1 where left out. */
  bare?: boolean | undefined;
}

/** Fields of a hop-by-hop or destination options header. */
export interface Ipv6Options {
  /** Protocol of what follows. */
  nextHeader: number;
  /** Length in units of 8 bytes, the first 8 not counted. */
  headerLength: number;
  /** Options; a PadN fills them up to a multiple of 8 bytes. */
  options: readonly Ipv6Option[];
}

/** Fields of a routing header. */
export interface Ipv6Routing {
  /** Protocol of what follows. */
  nextHeader: number;
  /** Length in units of 8 bytes, the first 8 not counted. */
  headerLength: number;
  /** Routing type: 2 is Mobile IPv6 (RFC 6275), 4 segment routing (RFC 8754). */
  type: number;
  /** How many addresses have still to be visited. */
  segmentsLeft: number;
  /** The 4 bytes before the addresses, as a number: with type 4 last entry, flags and tag. */
  word: number;
  /** Addresses; the first is the last to be visited where the type is 4. */
  addresses: readonly string[];
  /** What comes behind the addresses: TLVs of segment routing. */
  rest: Uint8Array;
}

/** Fields of a fragment header. */
export interface Ipv6Fragment {
  /** Protocol of what follows the first fragment. */
  nextHeader: number;
  /** Reserved byte. */
  reserved: number;
  /** Where the fragment belongs, in units of 8 bytes. */
  fragmentOffset: number;
  /** Two reserved bits. */
  reserved2: number;
  /** Whether more fragments follow. */
  more: boolean;
  /** Identification. */
  id: number;
}

const isBare = ({ type, bare }: Ipv6Option) => bare ?? type === 0;

function optionBytes(options: readonly Ipv6Option[] = []): number {
  return options.reduce(
    (size, option) => size + (isBare(option) ? 1 : 2) + (option.data?.length ?? 0),
    0,
  );
}

const roundUp8 = (size: number) => Math.ceil(size / 8) * 8;

/** How an extension ends and goes on: bytes, or why they cannot be. */
function extensionSize(name: string, view: DataView, at: number, end: number): number | string {
  const size = 8 + 8 * view.getUint8(at + 1);
  return end - at < size ? `${name}: ${end - at} of ${size} bytes` : size;
}

function readIpv6Options(view: DataView, at: number, end: number): Ipv6Option[] {
  const options: Ipv6Option[] = [];
  while (at < end) {
    const type = view.getUint8(at);
    if (type === 0) {
      options.push({ type });
      at++;
      continue;
    }
    if (at + 1 === end) {
      options.push({ type, bare: true });
      break;
    }
    const length = view.getUint8(at + 1);
    const bad = at + 2 + length > end;
    const data = copyBytes(view, at + 2, bad ? end : at + 2 + length);
    options.push({ type, ...(data.length ? { data } : {}), ...(bad ? { length } : {}) });
    at += 2 + length;
  }
  return options;
}

const ipv6OptionsSize = ({ options }: Given<Ipv6Options>) => roundUp8(2 + optionBytes(options));

function writeIpv6Options(what: string, layer: Given<Ipv6Options>, place: Place): void {
  const { view, at, body, next } = place;
  const protocol = layer.nextHeader ?? ipProtocols.number(next) ?? IP_PROTOCOL.NONE;
  put8(view, at, `${what} nextHeader`, protocol);
  put8(view, at + 1, `${what} headerLength`, layer.headerLength ?? (body - at) / 8 - 1);
  let to = at + 2;
  for (const option of layer.options ?? []) {
    const { type, data = new Uint8Array(0), length } = option;
    put8(view, to++, `${what} option type`, type);
    if (!isBare(option)) put8(view, to++, `${what} option length`, length ?? data.length);
    putBytes(view, to, data);
    to += data.length;
  }
  // one zero byte is Pad1
  if (body - to > 1) {
    view.setUint8(to, 1);
    view.setUint8(to + 1, body - to - 2);
  }
}

function readIpv6OptionsHeader(what: string, view: DataView, at: number, end: number) {
  const size = extensionSize(what, view, at, end);
  if (typeof size === "string") return size;
  const nextHeader = view.getUint8(at);
  const options = readIpv6Options(view, at + 2, at + size);
  const fields = { nextHeader, headerLength: view.getUint8(at + 1), options };
  return { fields: { offset: at, size, ...fields }, after: afterProtocol(what, nextHeader) };
}

/** @internal */
export const hopByHopCodec: Codec<"hopByHop"> = {
  minimum: 8,
  size: ipv6OptionsSize,
  write: (layer, place) => writeIpv6Options("hopByHop", layer, place),
  read(view, at, end) {
    const found = readIpv6OptionsHeader("hopByHop", view, at, end);
    if (typeof found === "string") return found;
    return { layer: { name: "hopByHop", ...found.fields }, ...found.after };
  },
};

/** @internal */
export const destinationCodec: Codec<"destination"> = {
  minimum: 8,
  size: ipv6OptionsSize,
  write: (layer, place) => writeIpv6Options("destination", layer, place),
  read(view, at, end) {
    const found = readIpv6OptionsHeader("destination", view, at, end);
    if (typeof found === "string") return found;
    return { layer: { name: "destination", ...found.fields }, ...found.after };
  },
};

/** @internal */
export const routingCodec: Codec<"routing"> = {
  minimum: 8,
  size: ({ addresses = [], rest }) => roundUp8(8 + 16 * addresses.length + (rest?.length ?? 0)),
  write(layer, { view, at, body, next }) {
    const { addresses = [], rest = new Uint8Array(0), type = 4 } = layer;
    const last = Math.max(0, addresses.length - 1);
    const protocol = layer.nextHeader ?? ipProtocols.number(next) ?? IP_PROTOCOL.NONE;
    put8(view, at, "routing nextHeader", protocol);
    put8(view, at + 1, "routing headerLength", layer.headerLength ?? (body - at) / 8 - 1);
    put8(view, at + 2, "routing type", type);
    put8(view, at + 3, "routing segmentsLeft", layer.segmentsLeft ?? 0);
    put32(view, at + 4, "routing word", layer.word ?? (type === 4 ? last * 2 ** 24 : 0));
    addresses.forEach((address, i) => putBytes(view, at + 8 + 16 * i, ipv6Bytes(address)));
    putBytes(view, at + 8 + 16 * addresses.length, rest);
  },
  read(view, at, end) {
    const size = extensionSize("routing", view, at, end);
    if (typeof size === "string") return size;
    const nextHeader = view.getUint8(at);
    const type = view.getUint8(at + 2);
    // with segment routing the header says how many there are, and TLVs may follow
    const fit = (size - 8) >>> 4;
    const count = type === 4 ? Math.min(fit, view.getUint8(at + 4) + 1) : fit;
    const behind = at + 8 + 16 * count;
    const addresses = Array.from(
      { length: count },
      (_, i) => formatIpv6(copyBytes(view, at + 8 + 16 * i, at + 24 + 16 * i)),
    );
    return {
      layer: {
        name: "routing",
        offset: at,
        size,
        nextHeader,
        headerLength: view.getUint8(at + 1),
        type,
        segmentsLeft: view.getUint8(at + 3),
        word: view.getUint32(at + 4),
        addresses,
        rest: copyBytes(view, behind, at + size),
      },
      ...afterProtocol("routing", nextHeader),
    };
  },
};

/** @internal */
export const fragmentCodec: Codec<"fragment"> = {
  minimum: 8,
  size: () => 8,
  write(layer, { view, at, next }) {
    const protocol = layer.nextHeader ?? ipProtocols.number(next) ?? IP_PROTOCOL.NONE;
    put8(view, at, "fragment nextHeader", protocol);
    put8(view, at + 1, "fragment reserved", layer.reserved ?? 0);
    const offset = bits("fragment fragmentOffset", layer.fragmentOffset ?? 0, 13);
    const reserved = bits("fragment reserved2", layer.reserved2 ?? 0, 2);
    put16(view, at + 2, "fragment offset", (offset << 3) | (reserved << 1) | (layer.more ? 1 : 0));
    put32(view, at + 4, "fragment id", layer.id ?? 0);
  },
  read(view, at) {
    const nextHeader = view.getUint8(at);
    const word = view.getUint16(at + 2);
    const layer = {
      name: "fragment" as const,
      offset: at,
      size: 8,
      nextHeader,
      reserved: view.getUint8(at + 1),
      fragmentOffset: word >>> 3,
      reserved2: (word >>> 1) & 3,
      more: (word & 1) !== 0,
      id: view.getUint32(at + 4),
    };
    if (layer.fragmentOffset > 0) return { layer, why: "fragment: not the first one" };
    return { layer, ...afterProtocol("fragment", nextHeader) };
  },
};
