/**
 * What a capture file holds: packets, and the interfaces they were seen on.
 *
 * @module
 */

import { inspected } from "../boundary/shown.ts";
import { parse, type Parsed } from "../net/parse.ts";
import { firstLayer } from "./link_type.ts";

/** A moment: seconds since 1970, UTC, and the nanoseconds to be added. */
export interface CaptureTime {
  /** Whole seconds since 1970-01-01 00:00 UTC. */
  readonly seconds: number;
  /** Nanoseconds, 0 to 999,999,999. */
  readonly nanoseconds: number;
}

/** What the capturing program counted on an interface: pcapng's interface statistics block. */
export interface CaptureStatistics {
  /** Packets that the interface received. */
  received?: number;
  /** Packets that it dropped for lack of room. */
  dropped?: number;
}

/** An interface of a capture file; a pcap file has one. */
export interface CaptureInterface {
  /** Its number in its section of the file, from 0 on. */
  readonly index: number;
  /** What the first header is: a value of `LINK_TYPE`. */
  readonly linkType: number;
  /** The most bytes of a packet that were kept; 0 is all. */
  readonly snapLength: number;
  /** Name, as `eth0`. */
  readonly name?: string;
  /** Description. */
  readonly description?: string;
  /** Comment. */
  readonly comment?: string;
  /** Units of its time stamps in a second: 1,000,000 are microseconds. */
  readonly resolution: number;
  /** What the capturing program counted; undefined until the end of the file was read. */
  statistics?: CaptureStatistics;
}

/** A packet of a capture file. */
export class CapturedPacket implements CaptureTime {
  /** The bytes of the packet that were kept; an array of its own, that nothing overwrites. */
  readonly data: Uint8Array;
  /** Bytes that the packet had on the wire: `data.length` unless it was cut. */
  readonly length: number;
  /** Whole seconds since 1970-01-01 00:00 UTC; 0 where the file does not tell a time. */
  readonly seconds: number;
  /** Nanoseconds to be added, 0 to 999,999,999. */
  readonly nanoseconds: number;
  /** The interface on which the packet was seen. */
  readonly interface: CaptureInterface;
  /** The packet's comment in a pcapng file; undefined where there is none. */
  readonly comment: string | undefined;

  /** @internal */
  constructor(
    data: Uint8Array,
    length: number,
    time: CaptureTime,
    on: CaptureInterface,
    comment?: string,
  ) {
    this.data = data;
    this.length = length;
    this.seconds = time.seconds;
    this.nanoseconds = time.nanoseconds;
    this.interface = on;
    this.comment = comment;
  }

  /** The bytes that were kept, so that `frame` and `parse` take the packet. */
  bytes(): Uint8Array {
    return this.data;
  }

  /**
   * Reads the packet into layers, from the kind of header on that the link type names: `parse` of
   * `denodpdk/net`.
   */
  parse(): Parsed {
    return parse(this.data, { first: firstLayer(this.interface.linkType) ?? "payload" });
  }

  /** One line: time and packet, as `tcpdump -n -tt` prints it. */
  toString(): string {
    return `${this.#time()} ${this.parse()}`;
  }

  #time(): string {
    return `${this.seconds}.${String(this.nanoseconds).padStart(9, "0")}`;
  }

  /** For JSON: the time as text, what the file tells of it, and its layers. */
  toJSON(): unknown {
    const { length, comment, interface: { index, name } } = this;
    const time = this.#time();
    const { layers, stop } = this.parse().toJSON();
    return { time, interface: name ?? index, length, comment, layers, stop };
  }

  /** What `console.log` shows: the line. */
  [inspected](): string {
    return this.toString();
  }
}
