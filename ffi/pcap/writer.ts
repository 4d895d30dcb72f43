/**
 * Writing capture files, a packet at a time.
 *
 * @module
 */

import { gzipSync } from "node:zlib";
import { DpdkError } from "../boundary/errors.ts";
import { inspected } from "../boundary/shown.ts";
import { bytesOf, type HasBytes } from "../net/source.ts";
import { PACKET_MAX } from "./buffer.ts";
import type { CaptureTime } from "./captured.ts";
import { LINK_TYPE } from "./link_type.ts";
import { pcapHeader, pcapRecordSize, writePcapRecord } from "./pcap_format.ts";
import { OPTION } from "./pcapng_blocks.ts";
import {
  commentedBlock,
  interfaceBlock,
  packetBlockSize,
  sectionBlock,
  statisticsBlock,
  writePacketBlock,
} from "./pcapng_writer.ts";

/** An interface of a file to be written. */
export interface PcapWriterInterface {
  /** Name, such as `eth0`; only pcapng keeps it. */
  name?: string;
  /** Description; only pcapng keeps it. */
  description?: string;
  /** What the first header is, a value of `LINK_TYPE`; Ethernet where left out. */
  linkType?: number;
  /** Unit of the time stamps; nanoseconds where left out. */
  resolution?: "us" | "ns";
}

/** Options of a {@linkcode PcapWriter}. */
export interface PcapWriterOptions {
  /**
   * Format of the file; where left out, the name decides: pcap for `.pcap` and `.cap`, else pcapng.
   */
  format?: "pcap" | "pcapng";
  /** Whether to pack the file by gzip; where left out, true for a name that ends in `.gz`. */
  gzip?: boolean;
  /** The most bytes of a packet that are kept, up to 262144; all where left out. */
  snapLength?: number;
  /** The interfaces; one of Ethernet where left out. A pcap file has one. */
  interfaces?: readonly PcapWriterInterface[];
  /** Comment on the whole file; only pcapng keeps it. */
  comment?: string;
}

/** What is written about a packet beside its bytes. */
export interface PcapWriteOptions {
  /** When the packet was seen; now where left out. */
  time?: CaptureTime;
  /**
   * Bytes that the packet had on the wire, where only its beginning is written; the number of given
   * bytes where left out.
   */
  length?: number;
  /** Number of the interface on which the packet was seen, from 0 on; 0 where left out. */
  interface?: number;
  /** Comment; only pcapng keeps it. */
  comment?: string;
}

/** Something that bytes are written to, such as a `Deno.FsFile` or `Deno.stdout`. */
export interface ByteSink {
  /** Writes some of the bytes and returns how many. */
  writeSync(bytes: Uint8Array): number;
}

/** An interface with what was counted on it. */
interface Counted {
  linkType: number;
  resolution: number;
  received: number;
  dropped: number;
  first: CaptureTime | undefined;
  last: CaptureTime;
}

/** Bytes that are collected before they are written. */
const BUFFER = 262_144;

/** The wall clock, in microseconds. */
function now(): CaptureTime {
  const ms = performance.timeOrigin + performance.now();
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanoseconds: Math.floor((ms - seconds * 1000) * 1000) * 1000 };
}

/**
 * Writes a capture file that tcpdump and wireshark read: pcap or pcapng, plain or packed by gzip.
 * Packets are collected in a buffer. Disposal writes the rest and, in a pcapng file, the statistics
 * of each interface, and closes a file that {@linkcode PcapWriter.create} opened. A writer may be
 * used on an lcore: its calls wait for the file only.
 *
 * @example
 * ```ts
 * import { ether, frame, ipv4, udp } from "denodpdk/net";
 * import { PcapWriter } from "denodpdk/pcap";
 *
 * using writer = PcapWriter.create("out.pcapng", { interfaces: [{ name: "port 0" }] });
 * writer.write(frame(ether(), ipv4(), udp(), "hello"), { comment: "the first" });
 * ```
 */
export class PcapWriter implements Disposable {
  /** Format of the file. */
  readonly format: "pcap" | "pcapng";
  readonly #name: string;
  readonly #sink: ByteSink;
  readonly #file: Deno.FsFile | undefined;
  readonly #gzip: boolean;
  readonly #snapLength: number;
  readonly #interfaces: readonly Counted[];
  readonly #bytes = new Uint8Array(BUFFER);
  readonly #view = new DataView(this.#bytes.buffer);
  #used = 0;
  #closed = false;

  private constructor(
    name: string,
    sink: ByteSink,
    options: PcapWriterOptions,
    file?: Deno.FsFile,
  ) {
    const plain = name.replace(/\.gz$/, "");
    this.#name = name;
    this.#sink = sink;
    this.#file = file;
    this.#gzip = options.gzip ?? plain !== name;
    this.format = options.format ?? (/\.p?cap$/.test(plain) ? "pcap" : "pcapng");
    this.#snapLength = options.snapLength ?? PACKET_MAX;
    const interfaces = options.interfaces ?? [{}];
    this.#check(interfaces.length);
    this.#interfaces = interfaces.map(({ linkType = LINK_TYPE.ETHERNET, resolution }) => ({
      linkType,
      resolution: resolution === "us" ? 1e6 : 1e9,
      received: 0,
      dropped: 0,
      first: undefined,
      last: { seconds: 0, nanoseconds: 0 },
    }));
    this.#begin(options, interfaces);
  }

  #check(interfaces: number): void {
    const most = this.format === "pcap" ? 1 : 65_536;
    if (interfaces < 1 || interfaces > most) {
      throw new RangeError(`PcapWriter: a ${this.format} file has 1 to ${most} interfaces`);
    }
    const snap = this.#snapLength;
    if (!Number.isInteger(snap) || snap < 1 || snap > PACKET_MAX) {
      throw new RangeError(`PcapWriter: snapLength must be an integer from 1 to ${PACKET_MAX}`);
    }
  }

  /**
   * Creates a file, or empties it.
   *
   * @throws {DpdkError} when it cannot be created.
   * @throws {RangeError} for a pcap file with several interfaces, and a snap length out of range.
   */
  static create(path: string, options: PcapWriterOptions = {}): PcapWriter {
    let file: Deno.FsFile;
    try {
      file = Deno.openSync(path, { write: true, create: true, truncate: true });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw new DpdkError({ operation: `write ${path}`, reason: error.message });
    }
    try {
      return new PcapWriter(path, file, options, file);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /**
   * Writes to something that is open already, such as `Deno.stdout`; pcapng unless options say
   * otherwise. Disposal does not close it.
   */
  static to(sink: ByteSink, options: PcapWriterOptions = {}): PcapWriter {
    return new PcapWriter("capture", sink, options);
  }

  #begin(options: PcapWriterOptions, given: readonly PcapWriterInterface[]): void {
    const snap = this.#snapLength;
    const [first] = this.#interfaces;
    if (this.format === "pcap") {
      if (first) this.#append(pcapHeader(first.linkType, snap, first.resolution));
      return;
    }
    this.#append(
      sectionBlock([[OPTION.comment, options.comment], [OPTION.application, "denodpdk"]]),
    );
    this.#interfaces.forEach(({ linkType, resolution }, i) => {
      this.#append(interfaceBlock(linkType, snap, [
        [OPTION.interfaceName, given[i]?.name],
        [OPTION.interfaceDescription, given[i]?.description],
        [OPTION.resolution, Uint8Array.of(resolution === 1e9 ? 9 : 6)],
      ]));
    });
  }

  /**
   * Writes a packet; bytes behind the snap length are left out.
   *
   * @throws {RangeError} when the file has no such interface.
   * @throws {DpdkError} when the file cannot be written, or is closed.
   */
  write(packet: Uint8Array | HasBytes, options: PcapWriteOptions = {}): void {
    if (this.#closed) throw this.#error("the file is closed");
    const on = this.#interface(options.interface ?? 0);
    const bytes = bytesOf(packet);
    const data = bytes.length > this.#snapLength ? bytes.subarray(0, this.#snapLength) : bytes;
    const length = options.length ?? bytes.length;
    const time = options.time ?? now();
    on.received++;
    on.first ??= time;
    on.last = time;
    const pcap = this.format === "pcap";
    const size = pcap ? pcapRecordSize(data.length) : packetBlockSize(data.length);
    if (options.comment !== undefined && !pcap) {
      const view = new DataView(new ArrayBuffer(size));
      writePacketBlock(view, 0, data, length, time, on.resolution, options.interface ?? 0);
      this.#append(commentedBlock(new Uint8Array(view.buffer), options.comment));
      return;
    }
    // one packet of any size fits in an empty buffer
    if (this.#used + size > BUFFER) this.flush();
    if (size > BUFFER) return this.#writeLarge(data, length, time, on, options.interface ?? 0);
    const at = this.#used;
    if (pcap) writePcapRecord(this.#view, at, data, length, time, on.resolution);
    else {
      writePacketBlock(this.#view, at, data, length, time, on.resolution, options.interface ?? 0);
    }
    this.#used += size;
  }

  #writeLarge(
    data: Uint8Array,
    length: number,
    time: CaptureTime,
    on: Counted,
    index: number,
  ): void {
    const pcap = this.format === "pcap";
    const size = pcap ? pcapRecordSize(data.length) : packetBlockSize(data.length);
    const view = new DataView(new ArrayBuffer(size));
    if (pcap) writePcapRecord(view, 0, data, length, time, on.resolution);
    else writePacketBlock(view, 0, data, length, time, on.resolution, index);
    this.#out(new Uint8Array(view.buffer));
  }

  #interface(index: number): Counted {
    const on = this.#interfaces[index];
    if (on) return on;
    throw new RangeError(`PcapWriter: the file has no interface ${index}`);
  }

  /**
   * @internal Writes whole records of the first interface that were made elsewhere, and behind all
   * that was written before.
   *
   * @param counts of all packets of the file until now.
   */
  writeRecords(
    records: Uint8Array,
    counts: { received: number; dropped: number; first: CaptureTime; last: CaptureTime },
  ): void {
    if (this.#closed) throw this.#error("the file is closed");
    Object.assign(this.#interface(0), counts);
    this.flush();
    // what packs takes no shared memory
    this.#out(this.#gzip ? records.slice() : records);
  }

  /**
   * Counts packets that could not be captured; the number is written at the end of a pcapng file.
   */
  countDropped(count: number, index = 0): void {
    this.#interface(index).dropped += count;
  }

  #append(bytes: Uint8Array): void {
    if (this.#used + bytes.length > BUFFER) this.flush();
    if (bytes.length > BUFFER) return this.#out(bytes);
    this.#bytes.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /**
   * Writes the packets that were collected in the buffer.
   *
   * @throws {DpdkError} when the file cannot be written.
   */
  flush(): void {
    const { length } = this.#bytes.subarray(0, this.#used);
    this.#used = 0;
    if (length > 0) this.#out(this.#bytes.subarray(0, length));
  }

  #out(bytes: Uint8Array): void {
    // members of a gzip file follow each other: RFC 1952, section 2.2
    let rest: Uint8Array = this.#gzip ? gzipSync(bytes) : bytes;
    try {
      while (rest.length > 0) rest = rest.subarray(this.#sink.writeSync(rest));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw this.#error(error.message);
    }
  }

  #error(reason: string): DpdkError {
    return new DpdkError({ operation: `write ${this.#name}`, reason });
  }

  /** What `console.log` shows. */
  [inspected](): string {
    const packets = this.#interfaces.reduce((sum, { received }) => sum + received, 0);
    const text = `PcapWriter ${this.#name}: ${this.format}, ${packets} packets`;
    return this.#closed ? `${text} (disposed)` : text;
  }

  /**
   * Writes the rest and the statistics, and closes a file that {@linkcode PcapWriter.create}
   * opened. Idempotent.
   */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.format === "pcapng") {
        this.#interfaces.forEach(({ resolution, first, last, received, dropped }, i) => {
          this.#append(statisticsBlock(i, resolution, first, last, received + dropped, dropped));
        });
      }
      this.flush();
    } finally {
      this.#file?.close();
    }
  }
}
