/**
 * A packet in full: its layers with all fields, and its bytes.
 *
 * @module
 */

import type { ParsedLayer } from "./layer.ts";
import { hex } from "./numbers.ts";
import type { Parsed } from "./parse.ts";

/** @internal A value as plain data: bytes as hexadecimal text. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.toHex();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

/** Fields that people read in hexadecimal. */
const HEXADECIMAL: Readonly<Record<string, number>> = { checksum: 4, type: 4, protocol: 4 };

function fieldText(layer: string, key: string, value: unknown): string {
  const digits = HEXADECIMAL[key];
  const named = key === "checksum" || layer === "ether" || layer === "vlan" || layer === "gre" ||
    layer === "geneve";
  if (digits !== undefined && named && typeof value === "number") return hex(value, digits);
  if (typeof value === "object") return JSON.stringify(plain(value));
  return String(value);
}

/** One layer: where it is, and all its fields. */
function layerText(layer: ParsedLayer): string {
  const { name, offset, size, ...fields } = layer;
  const shown = Object.entries(fields).filter(([key, value]) =>
    key !== "bytes" && value !== undefined && !(Array.isArray(value) && value.length === 0)
  );
  const text = shown.map(([key, value]) => `${key} ${fieldText(name, key, value)}`).join(", ");
  return `${String(offset).padStart(5)} ${String(size).padStart(5)}  ${name.padEnd(11)} ${text}`
    .trimEnd();
}

/** @internal The layers of a packet, a line each, and why reading stopped. */
export function layersText({ layers, stop }: Parsed): string {
  const lines = layers.map(layerText);
  if (stop) lines.push(`${String(stop.offset).padStart(5)}        stopped: ${stop.reason}`);
  return lines.join("\n");
}

/**
 * Bytes as a hex dump, 16 a line, in the form that `text2pcap` and wireshark import.
 *
 * @example
 * ```ts
 * import { hexdump } from "denodpdk/net";
 *
 * console.log(hexdump(new TextEncoder().encode("hello"))); // 000000  68 65 6c 6c 6f ...  hello
 * ```
 */
export function hexdump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const digits = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = row.map((byte) => byte > 31 && byte < 127 ? String.fromCharCode(byte) : ".");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${digits.padEnd(47)}  ${text.join("")}`);
  }
  return lines.join("\n");
}

/**
 * @internal Layers and bytes of a packet.
 *
 * @param notes lines between the packet in one line and its layers.
 */
export function dump(packet: Parsed, notes: readonly string[] = []): string {
  return [`${packet}`, ...notes, layersText(packet), hexdump(packet.bytes)].join("\n");
}

/**
 * @internal What `console.log` shows of a packet.
 *
 * @param notes lines between the packet in one line and its layers.
 */
export function inspect(packet: Parsed, notes: readonly string[] = []): string {
  const first = `Packet of ${packet.bytes.length} bytes: ${packet}`;
  return [first, ...notes, layersText(packet)].join("\n");
}
