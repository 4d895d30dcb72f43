/**
 * The bytes of a capture file as they come: plain, or packed by gzip (RFC 1952), as wireshark reads
 * both.
 *
 * @module
 */

import { constants, createGunzip } from "node:zlib";

/** Bytes of a file at a time. */
const CHUNK = 65_536;
/** Bytes that are unpacked at a time: a thousand times as many can come out. */
const PIECE = 8192;

/** @internal Whether bytes begin as gzip does. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/**
 * @internal Chunks of an open file.
 *
 * @param own memory that every chunk is read into; where left out, each chunk has memory of its own,
 * so that packets can be views on it.
 */
export async function* fileChunks(
  file: Deno.FsFile,
  own?: Uint8Array,
): AsyncGenerator<Uint8Array> {
  for (;;) {
    const chunk = own ?? new Uint8Array(CHUNK);
    const count = await file.read(chunk);
    if (count === null) return;
    yield chunk.subarray(0, count);
  }
}

/** Unpacks; a file that ends too early ends here too, and what it held is read. */
async function* unpacked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  const ready: Uint8Array[] = [];
  let failure: Error | undefined;
  gunzip.on("data", (bytes: Uint8Array) => ready.push(bytes));
  gunzip.on("error", (error: Error) => failure ??= error);
  const closed = new Promise<void>((resolve) => gunzip.on("close", resolve));
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length && !failure; at += PIECE) {
        const piece = chunk.subarray(at, at + PIECE);
        await new Promise<void>((resolve) => gunzip.write(piece, () => resolve()));
        yield* ready.splice(0);
      }
      if (failure) break;
    }
    if (!failure) gunzip.end();
    await closed;
    yield* ready.splice(0);
  } finally {
    gunzip.destroy();
  }
  if (failure) throw failure;
}

/** @internal The chunks, unpacked if they begin as gzip does. */
export async function* plainChunks(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < 2) {
    const { value, done } = await iterator.next();
    if (done) break;
    const longer = new Uint8Array(head.length + value.length);
    longer.set(head);
    longer.set(value, head.length);
    head = longer;
  }
  const all = (async function* () {
    yield head;
    yield* { [Symbol.asyncIterator]: () => iterator };
  })();
  yield* isGzip(head) ? unpacked(all) : all;
}
