/**
 * Where the bytes of a packet come from: bytes, a packet that has them, a burst that holds it.
 *
 * @module
 */

/** A packet that gives its bytes: `Packet` of a burst, `CapturedPacket` of a capture file. */
export interface HasBytes {
  /** The bytes of the whole packet. */
  bytes(): Uint8Array;
}

/** Packets that lie in one memory, such as a `Burst`. */
export interface HasPackets {
  /** The memory. */
  readonly view: DataView;
  /** Where each packet begins in the memory, bytes. */
  readonly offsets: ArrayLike<number>;
  /** Bytes of each packet's first segment. */
  readonly lengths: ArrayLike<number>;
  /** The whole packet, where packets may have several segments. */
  packet?(index: number): HasBytes;
}

/** @internal The bytes of a packet. */
export function bytesOf(source: Uint8Array | HasBytes): Uint8Array {
  return source instanceof Uint8Array ? source : source.bytes();
}

/** @internal A view on the same bytes. */
export function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

/**
 * @internal A copy of the bytes of packet `index`: it stays when the packet goes.
 *
 * @throws {RangeError} when the burst has no such packet in its memory.
 */
export function burstBytes(burst: HasPackets, index: number): Uint8Array {
  if (burst.packet) return burst.packet(index).bytes();
  const { view, offsets, lengths } = burst;
  const [offset, length] = [offsets[index], lengths[index]];
  if (offset === undefined || length === undefined || offset + length > view.byteLength) {
    throw new RangeError(`the burst has no packet ${index} in its memory`);
  }
  return new Uint8Array(view.buffer, view.byteOffset + offset, length).slice();
}
