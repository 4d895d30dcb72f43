/**
 * Reading a packet, header by header.
 *
 * @module
 */

import { CODECS } from "./codecs.ts";
import type { Layer, LayerName, ParsedLayer, Read, Under } from "./layer.ts";
import { underNext } from "./under.ts";

/** Where reading a packet stopped before its end, and why. */
export interface Stop {
  /** Where the first byte lies that no header describes. */
  readonly offset: number;
  /** Why reading stopped, such as `"tcp: 12 of 20 bytes"`. */
  readonly reason: string;
}

/** @internal A layer with what its checksum needs. */
export interface Step {
  layer: ParsedLayer;
  /** Behind the last byte of what it carries. */
  end: number;
  under: Under | undefined;
  /** Whether bytes that the headers announce are missing. */
  short: boolean;
}

/** @internal What a walk through a packet saw. */
export interface Walk {
  steps: Step[];
  stop: Stop | undefined;
}

function readLayer(
  name: LayerName,
  view: DataView,
  at: number,
  end: number,
): Read<LayerName> | string {
  const codec = CODECS[name];
  if (end - at < codec.minimum) return `${name}: ${end - at} of ${codec.minimum} bytes`;
  return codec.read(view, at, end);
}

function bytesLayer(name: "payload" | "padding", view: DataView, at: number, end: number): Step {
  const { layer } = CODECS[name].read(view, at, end) as Read<"payload" | "padding">;
  return { layer, end, under: undefined, short: false };
}

/**
 * @internal Reads a packet from its first byte on; the view must hold the packet and nothing else,
 * so that no codec can read outside.
 */
export function walk(view: DataView, first: LayerName): Walk {
  const steps: Step[] = [];
  /** Ends of what lies around the innermost one: padding is between them. */
  const ends: number[] = [];
  let [at, end] = [0, view.byteLength];
  let under: Under | undefined;
  let reason: string | undefined;
  let shortage: string | undefined;
  for (let name: LayerName | undefined = first; name !== undefined;) {
    const found: Read<LayerName> | string = readLayer(name, view, at, end);
    if (typeof found === "string") {
      reason = found;
      break;
    }
    const { layer } = found;
    const behind = at + layer.size;
    const inner = Math.max(behind, found.end ?? end);
    if (inner < end) ends.push(end);
    end = inner;
    shortage ??= found.short;
    steps.push({ layer, end, under, short: shortage !== undefined });
    under = underNext(layer as Layer, at, under);
    at = behind;
    reason = found.why;
    name = found.next;
  }
  const stop = reason === undefined
    ? shortage === undefined ? undefined : { offset: view.byteLength, reason: shortage }
    : { offset: at, reason };
  if (at < end) steps.push(bytesLayer("payload", view, at, end));
  for (const outer of ends.reverse()) {
    if (end < outer) steps.push(bytesLayer("padding", view, end, outer));
    end = outer;
  }
  return { steps, stop };
}
