/**
 * Flows as people write them on a command line.
 *
 * @module
 */

import { AddressRange } from "../net/address_range.ts";
import { frame } from "../net/frame.ts";
import type { Layer, LayerName } from "../net/layer.ts";
import { viewOf } from "../net/source.ts";
import { walk } from "../net/walk.ts";
import { Flow, type FlowOptions } from "./flow.ts";
import { type FieldPlace, type FieldSource, PLACES, type VaryingFields } from "./places.ts";
import { depthsOf } from "./template.ts";
import { counter, type FieldValue, list, random, range } from "./varying.ts";

/** Fields that can be given, and cannot differ from packet to packet. */
const FIXED: { readonly [N in LayerName]?: readonly string[] } = {
  ether: ["type"],
  vlan: ["tpid", "type"],
  mpls: ["trafficClass", "ttl"],
  ipv4: ["ecn", "flags", "fragmentOffset", "protocol", "checksum", "totalLength"],
  ipv6: ["nextHeader", "payloadLength"],
  udp: ["checksum", "datagramLength"],
  tcp: ["flags", "urgent", "checksum"],
  icmp: ["type", "code", "checksum"],
  icmp6: ["type", "code", "checksum"],
  gre: ["protocol", "key", "sequence"],
  vxlan: ["flags"],
  geneve: ["protocol", "flags"],
  gtpu: ["type", "flags"],
};

/** Short names of headers and fields. */
const ALIASES: Readonly<Record<string, string>> = {
  eth: "ether",
  ip: "ipv4",
  ip4: "ipv4",
  ip6: "ipv6",
  sport: "srcPort",
  dport: "dstPort",
};

/** What a header's text says. */
interface HeaderText {
  layer: Layer;
  varying: Record<string, FieldSource>;
}

function refuse(what: string, got: string): never {
  throw new RangeError(`expected ${what}, got '${got}'`);
}

/** Parts of a text between separators that are in no parentheses. */
function split(text: string, separator: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const letter of text) {
    if (letter === "(") depth++;
    if (letter === ")") depth--;
    if (letter === separator && depth === 0) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  if (depth !== 0) refuse("parentheses in pairs", text);
  return parts;
}

/** A number, or an address that is left as text. */
function valueOf(text: string, { form }: Pick<FieldPlace, "form">): FieldValue {
  if (form !== "number") return text;
  return /^(\d+|0x[\da-f]+)$/i.test(text) ? Number(text) : refuse("a number", text);
}

/** The first of the values from one to another, and how many there are. */
function spanOf(text: string, place: Pick<FieldPlace, "form">): [first: FieldValue, count: number] {
  if (place.form !== "number") {
    const { first, size } = AddressRange.parse(text);
    return [first, size];
  }
  const [first = "", last = first, ...more] = text.split("-");
  const [from, to] = [Number(valueOf(first, place)), Number(valueOf(last, place))];
  if (more.length > 0 || to < from) refuse("a range as 1-9", text);
  return [from, to - from + 1];
}

/** What a field's text says: a value, or values that differ. */
function sourceOf(text: string, place: FieldPlace): FieldSource {
  const [, kind, span = ""] = /^(random|counter):(.*)$/.exec(text) ?? [];
  if (kind === "counter") return counter(valueOf(span, place));
  if (kind === "random") {
    const [, values = "", seed = "1"] = /^(.*?)(?:@(\d+))?$/.exec(span) ?? [];
    return random(...spanOf(values, place), Number(seed));
  }
  if (text.includes("|")) return list(text.split("|").map((value) => valueOf(value, place)));
  const [first, count] = spanOf(text, place);
  return count > 1 ? range(first, count) : first;
}

/** Payload of some bytes, or of a text. */
function payloadOf(fields: readonly string[]): Layer {
  const [, key, value = ""] = /^(bytes|text|hex)=(.*)$/.exec(fields.join(",")) ?? [];
  if (key === "text") return { name: "payload", bytes: new TextEncoder().encode(value) };
  if (key === "bytes" && /^\d{1,5}$/.test(value)) {
    return { name: "payload", bytes: new Uint8Array(Number(value)) };
  }
  if (key === "hex" && /^([\da-f]{2})+$/i.test(value)) {
    const pairs = value.match(/../g) ?? [];
    return { name: "payload", bytes: Uint8Array.from(pairs, (pair) => parseInt(pair, 16)) };
  }
  refuse("payload(bytes=N), payload(text=TEXT) or payload(hex=BYTES)", fields.join(","));
}

function isHeader(name: string): name is LayerName {
  return name in FIXED;
}

function headerOf(text: string): HeaderText {
  const [, given = "", , inside = ""] = /^([a-z0-9]+)(\((.*)\))?$/i.exec(text.trim()) ?? [];
  const name = ALIASES[given.toLowerCase()] ?? given.toLowerCase();
  const fields = inside === "" ? [] : split(inside, ",");
  if (name === "payload") return { layer: payloadOf(fields), varying: {} };
  if (!isHeader(name)) refuse(`one of ${Object.keys(FIXED).join(", ")}, payload`, text);
  const [places, fixed] = [PLACES[name] ?? {}, FIXED[name] ?? []];
  const constant: Record<string, FieldValue> = {};
  const varying: Record<string, FieldSource> = {};
  for (const field of fields) {
    const [, short = "", value = ""] = /^\s*(\w+)=(.+?)\s*$/.exec(field) ?? [];
    const key = ALIASES[short] ?? short;
    const place = places[key];
    if (place) {
      const source = sourceOf(value, place);
      if (typeof source === "object") varying[key] = source;
      else constant[key] = source;
    } else if (fixed.includes(key)) {
      constant[key] = valueOf(value, { form: "number" });
    } else {
      refuse(`FIELD=VALUE with one of ${[...Object.keys(places), ...fixed].join(", ")}`, field);
    }
  }
  return { layer: { ...constant, name } as Layer, varying };
}

/**
 * The flow that a text says: headers, separated by `/`, each with its fields in parentheses.
 *
 * | text of a value       | values                                                   |
 * | --------------------- | -------------------------------------------------------- |
 * | `9`, `0x10`           | this number                                              |
 * | `10.0.0.1`            | this address; MAC and IPv6 addresses likewise            |
 * | `1-9`, `10.0.0.1-10.0.1.0`, `10.0.0.0/24` | one after the other, then again      |
 * | <code>1&#124;5&#124;7</code> | these, one after the other                        |
 * | `random:1-9`, `random:1-9@SEED` | random ones of these                           |
 * | `counter:5`           | 5, 6, 7 and so on                                        |
 *
 * Headers are `ether`, `vlan`, `mpls`, `ipv4` (`ip`), `ipv6` (`ip6`), `udp`, `tcp`, `icmp`, `icmp6`,
 * `gre`, `vxlan`, `geneve` and `gtpu`; `sport` and `dport` stand for `srcPort` and `dstPort`. Payload
 * is `payload(bytes=100)`, `payload(text=hello)` or `payload(hex=00ff)`. What is left out is filled,
 * as `frame` of `denodpdk/net` does.
 *
 * @throws {RangeError} for any other text, and as {@linkcode flow}.
 *
 * @example
 * ```ts
 * import { parse } from "denodpdk/net";
 * import { parseFlow } from "denodpdk/traffic";
 *
 * const packets = parseFlow("ether/ipv4(src=10.0.0.1-10.0.1.0)/udp(dport=9)", { sizes: "64" });
 * console.log(`${parse(packets.next())}`); // IP 10.0.0.1.0 > 0.0.0.0.9: UDP, length 18
 * ```
 */
export function parseFlow(text: string, options: FlowOptions = {}): Flow {
  const headers = split(text.trim(), "/").map(headerOf);
  const bytes = frame(...headers.map(({ layer }) => layer));
  const depths = depthsOf(walk(viewOf(bytes), "ether").steps);
  const levels: Record<string, Record<string, FieldSource>>[] = headers.map(() => ({}));
  for (const [i, { layer: { name }, varying }] of headers.entries()) {
    const level = levels[depths[i] ?? 0];
    if (!level || Object.keys(varying).length === 0) continue;
    // fields are named by the first header of a kind
    const isSecond = headers.some((other, j) =>
      j < i && other.layer.name === name && depths[j] === depths[i]
    );
    if (isSecond) refuse(`values that differ in the first ${name} alone`, text);
    level[name] = varying;
  }
  const fields = levels.reduceRight<VaryingFields>(
    (inner, level) => Object.keys(inner).length > 0 ? { ...level, inner } : level,
    {},
  );
  return new Flow(bytes, fields, options);
}
