/** Small ELF files, for tests of what is appended to one. */

/** Bytes of the header. */
export const HEADER = 64;

/** Section headers: as many, of this size. */
const [SECTIONS, SECTION] = [3, 64];

/** A 64-bit ELF file with `content` before its section headers. */
export function elf(content: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(content);
  const file = new Uint8Array(HEADER + bytes.length + SECTIONS * SECTION);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.set(bytes, HEADER);
  const view = new DataView(file.buffer);
  view.setBigUint64(0x28, BigInt(HEADER + bytes.length), true);
  view.setUint16(0x3a, SECTION, true);
  view.setUint16(0x3c, SECTIONS, true);
  return file;
}
