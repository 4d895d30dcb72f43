/**
 * Capture files, format of libpcap 2.4: what net_pcap reads and writes. Of npm's packages none that
 * is kept up writes them: `pcap-parser` (2013) reads only, `pcap` compiles against libpcap.
 *
 * @module
 */

const MAGIC = 0xa1b2_c3d4;
/** With nanoseconds in its time stamps, as net_pcap writes it. */
const MAGIC_NANOSECONDS = 0xa1b2_3c4d;
const FILE_HEADER = 24;
const PACKET_HEADER = 16;
const SNAPLEN = 65_535;
const ETHERNET = 1;

/** Writes packets to a capture file. */
export function writePcap(path: string, packets: readonly Uint8Array[]): void {
  const size = packets.reduce((sum, { length }) => sum + PACKET_HEADER + length, FILE_HEADER);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, SNAPLEN, true);
  view.setUint32(20, ETHERNET, true);
  let at = FILE_HEADER;
  packets.forEach((packet, i) => {
    view.setUint32(at, i, true); // seconds
    view.setUint32(at + 8, packet.length, true);
    view.setUint32(at + 12, packet.length, true);
    bytes.set(packet, at + PACKET_HEADER);
    at += PACKET_HEADER + packet.length;
  });
  Deno.writeFileSync(path, bytes);
}

/**
 * The packets of a capture file.
 *
 * @throws {Error} for a file of another format, one that ends early, and a packet that was cut.
 */
export function readPcap(path: string): Uint8Array[] {
  const bytes = Deno.readFileSync(path);
  const view = new DataView(bytes.buffer);
  const magic = bytes.length < FILE_HEADER ? 0 : view.getUint32(0, true);
  if (magic !== MAGIC && magic !== MAGIC_NANOSECONDS) {
    throw new Error(`${path} is no capture file of this machine's byte order`);
  }
  const packets: Uint8Array[] = [];
  for (let at = FILE_HEADER; at < bytes.length;) {
    const [captured, length] = [view.getUint32(at + 8, true), view.getUint32(at + 12, true)];
    const end = at + PACKET_HEADER + captured;
    if (captured !== length) throw new Error(`${path}: packet ${packets.length} was cut`);
    if (end > bytes.length) throw new Error(`${path} ends in packet ${packets.length}`);
    packets.push(bytes.subarray(at + PACKET_HEADER, end));
    at = end;
  }
  return packets;
}
