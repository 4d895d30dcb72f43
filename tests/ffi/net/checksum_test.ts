/** Sums, incremental updates, CRC-32C. */

import { Random } from "../../../ffi/traffic/random.ts";
import { checksum, frame, ipv4, tcp, udp } from "../../../ffi/net/net.ts";
import { ether, ipv6, parse, verify } from "../../../ffi/net/net.ts";
import { assertEquals, fail } from "../../assert.ts";

const random = new Random(1);
const below = (limit: number) => Math.floor(random.below(limit));

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** RFC 1071 word by word. */
function slowly(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += (bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return ~sum & 0xffff;
}

Deno.test("RFC 1071's example", () => {
  const view = viewOf(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7));
  assertEquals(checksum.fold(checksum.sum(view, 0, 8)), 0xddf2);
  assertEquals(checksum.compute(view, 0, 8), 0x220d);
});

Deno.test("sums of spans of any length and place", () => {
  for (let i = 0; i < 2000; i++) {
    const bytes = Uint8Array.from({ length: below(100) }, () => random.pick([0, 255, below(256)]));
    const at = below(bytes.length);
    assertEquals(
      checksum.compute(viewOf(bytes), at, bytes.length - at) % 0xffff,
      slowly(bytes.subarray(at)) % 0xffff,
    );
  }
});

Deno.test("a sum over a mebibyte of ones does not lose its carries", () => {
  const bytes = new Uint8Array(1 << 20).fill(255);
  assertEquals(checksum.compute(viewOf(bytes), 0, bytes.length), 0);
  bytes[bytes.length - 1] = 254;
  assertEquals(checksum.compute(viewOf(bytes), 0, bytes.length), 1);
});

Deno.test("an incremental update is what computing anew would be (RFC 1624)", () => {
  const bytes = new Uint8Array(40);
  const view = viewOf(bytes);
  for (let i = 0; i < 5000; i++) {
    for (let at = 0; at < 40; at++) bytes[at] = random.pick([0, 255, below(256)]);
    bytes[0] = 0x45;
    const at = 2 * (1 + below(18));
    const before = checksum.compute(view, 0, 40);
    const [old16, old32] = [view.getUint16(at), view.getUint32(at)];
    const new16 = random.pick([0, 0xffff, below(0x10000)]);
    view.setUint16(at, new16);
    assertEquals(checksum.update16(before, old16, new16), checksum.compute(view, 0, 40));
    view.setUint32(at, old32);
    const new32 = random.pick([0, 0xffffffff, below(2 ** 32)]);
    view.setUint32(at, new32);
    assertEquals(checksum.update32(before, old32, new32), checksum.compute(view, 0, 40));
  }
});

Deno.test("RFC 1624's example, where equation 2 of RFC 1141 is wrong", () => {
  assertEquals(checksum.update16(0xdd2f, 0x5555, 0x3285), 0x0000);
});

Deno.test("CRC-32C of RFC 3720, appendix B.4, and of '123456789'", () => {
  assertEquals(checksum.crc32c(viewOf(new TextEncoder().encode("123456789")), 0, 9), 0xe3069283);
  assertEquals(checksum.crc32c(viewOf(new Uint8Array(32)), 0, 32), 0x8a9136aa);
  const first = checksum.crc32c(viewOf(new TextEncoder().encode("1234")), 0, 4);
  assertEquals(checksum.crc32c(viewOf(new TextEncoder().encode("56789")), 0, 5, first), 0xe3069283);
});

Deno.test("a router lowers the time to live and the checksum stays right", () => {
  for (let ttl = 1; ttl < 256; ttl++) {
    const bytes = frame(ipv4({ src: "10.0.0.1", dst: below(2 ** 32), ttl, id: below(65536) }));
    ipv4.decrementTtl(viewOf(bytes), 0);
    assertEquals(ipv4.ttl(viewOf(bytes), 0), ttl - 1);
    assertEquals(ipv4.checksumIsRight(viewOf(bytes), 0), true);
  }
  // every checksum, those at the carry included
  for (let id = 0; id < 65536; id++) {
    const bytes = new Uint8Array(20);
    const view = viewOf(bytes);
    bytes.set([0x45, 0, 0, 20, id >> 8, id, 0, 0, 9, 17]);
    ipv4.fillChecksum(view, 0);
    ipv4.decrementTtl(view, 0);
    const updated = ipv4.checksum(view, 0);
    ipv4.setChecksum(view, 0, 0);
    if (updated !== checksum.compute(view, 0, 20)) fail(`id ${id}: ${updated}`);
  }
});

Deno.test("translating an address updates both checksums", () => {
  const bytes = frame(
    ether(),
    ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }),
    tcp({ dstPort: 80 }),
    "x",
  );
  const view = viewOf(bytes);
  const [before, after] = [ipv4.src(view, 14), 0xc0a80101];
  ipv4.setSrc(view, 14, after);
  ipv4.setChecksum(view, 14, checksum.update32(ipv4.checksum(view, 14), before, after));
  tcp.setChecksum(view, 34, checksum.update32(tcp.checksum(view, 34), before, after));
  assertEquals(verify(bytes).ok, true);
  assertEquals(parse(bytes).ipv4?.src, "192.168.1.1");
});

Deno.test("what is wrong is told with its place and what it should be", () => {
  const bytes = frame(ether(), ipv4({ checksum: 1 }), udp({ checksum: 2 }), "x");
  const right = frame(ether(), ipv4(), udp(), "x");
  const { ok, checksums } = verify(bytes);
  assertEquals(ok, false);
  assertEquals(checksums.map(({ layer, offset, found, ok }) => [layer, offset, found, ok]), [
    ["ipv4", 14, 1, false],
    ["udp", 34, 2, false],
  ]);
  assertEquals(checksums.map(({ expected }) => expected), [
    ipv4.checksum(viewOf(right), 14),
    udp.checksum(viewOf(right), 34),
  ]);
});

Deno.test("what cannot be known is not judged", () => {
  const noSum = frame(ether(), ipv4(), udp({ checksum: 0 }));
  const noSum6 = frame(ether(), ipv6(), udp({ checksum: 0 }));
  const part = frame(ether(), ipv4({ flags: ipv4.MF }), udp({ checksum: 7 }));
  const cut = frame(ether(), ipv4(), udp(), "0123456789").slice(0, 44);
  const judged = (bytes: Uint8Array) => verify(bytes).checksums.map(({ layer, ok }) => [layer, ok]);
  assertEquals(judged(noSum), [["ipv4", true]]);
  assertEquals(judged(noSum6), [["udp", false]]);
  assertEquals(judged(part), [["ipv4", true]]);
  assertEquals(judged(cut), [["ipv4", true]]);
});

Deno.test("a UDP checksum that comes out as zero is sent as ones", () => {
  const of = (srcPort: number) => udp.checksum(viewOf(frame(ipv4(), udp({ srcPort }))), 20);
  assertEquals(of(of(0)), 0xffff);
});
