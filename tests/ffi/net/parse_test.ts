/** What is read of broken packets: as far as it goes, with a reason, and never more. */

import {
  arp,
  ether,
  fillChecksums,
  frame,
  type FramePart,
  geneve,
  gre,
  icmp,
  ipv4,
  ipv6,
  mpls,
  parse,
  type Parsed,
  tcp,
  udp,
  verify,
  vlan,
  vxlan,
} from "../../../ffi/net/net.ts";
import { portChecksums } from "../../../ffi/net/fill.ts";
import { assertEquals, assertGreater } from "../../assert.ts";
import { note } from "../../harness/note.ts";
import { RandomFrames } from "./random_frames.ts";
import { STACKS } from "./stacks.ts";

const SEED = Number(Deno.env.get("DENODPDK_TEST_SEED") ?? Date.now() % 2 ** 32);
note(`seed ${SEED}`);

const random = new RandomFrames(SEED);
const FRAMES = [
  ...STACKS.map(([ours]) => frame(...ours)),
  ...Array.from({ length: 300 }, () => random.next()),
];

/** Bytes that often mean something else. */
const WORST = [0x00, 0x01, 0x06, 0x0f, 0x3f, 0x40, 0x7f, 0x80, 0xfe, 0xff];

/** A frame with some bytes changed and, half of the time, without its end. */
function broken(): Uint8Array {
  const whole = FRAMES[random.below(FRAMES.length)] ?? new Uint8Array(0);
  // its buffer ends where it ends: a read behind it throws
  const length = random.below(2) ? whole.length : random.below(whole.length + 1);
  const bytes = new Uint8Array(whole.subarray(0, length));
  for (let n = random.below(8); n > 0 && length > 0; n--) {
    const at = random.below(Math.min(length, random.below(2) ? 64 : length));
    bytes[at] = random.below(2) ? WORST[random.below(WORST.length)] ?? 0 : random.below(256);
  }
  return bytes;
}

/** Layers follow each other without a gap, and end where the packet ends. */
function coversAll({ layers, bytes }: Parsed): boolean {
  let at = 0;
  return layers.every(({ offset, size }) => {
    const follows = offset === at;
    at += size;
    return follows && size >= 0;
  }) && at === bytes.length;
}

Deno.test("100,000 broken frames are read without a throw or a read outside", () => {
  let stopped = 0;
  for (let i = 0; i < 100_000; i++) {
    const bytes = broken();
    try {
      const packet = parse(bytes);
      if (packet.stop) stopped++;
      if (!coversAll(packet)) throw new Error("layers do not cover the packet");
      if (i % 20 > 0) continue;
      if (`${packet}` === "" || packet.dump() === "") throw new Error("no text");
      JSON.stringify(packet);
      // what was read says all that there is
      assertEquals(frame(...packet.layers).toHex(), bytes.toHex());
    } catch (cause) {
      throw new Error(`seed ${SEED}, frame ${i}: ${bytes.toHex()}`, { cause });
    }
  }
  assertGreater(stopped, 10_000);
});

Deno.test("checksums of 5,000 broken frames are filled without a throw, and are right then", () => {
  let filled = 0;
  for (let i = 0; i < 5_000; i++) {
    const bytes = broken();
    // a byte on each side that is not the packet's
    const memory = new Uint8Array(bytes.length + 2).fill(0x5a);
    const within = memory.subarray(1, -1);
    within.set(bytes);
    try {
      portChecksums(within);
      fillChecksums(within);
      assertEquals([memory[0], memory.at(-1)], [0x5a, 0x5a]);
      const { checksums } = verify(within);
      // a tunnel over IPv6 may be without one, which verify() does not let pass
      const wrong = checksums.filter(({ ok, found }) => !ok && found !== 0);
      assertEquals(wrong, []);
      filled += checksums.length;
      assertEquals(fillChecksums(Uint8Array.from(within)).toHex(), within.toHex());
    } catch (cause) {
      throw new Error(`seed ${SEED}, frame ${i}: ${bytes.toHex()}`, { cause });
    }
  }
  assertGreater(filled, 2_500);
});

const names = (packet: Parsed) => packet.layers.map(({ name }) => name).join(" ");

type Broken = [
  what: string,
  bytes: Uint8Array,
  layers: string,
  offset: number | undefined,
  reason?: string,
];

const built = (...parts: FramePart[]) => Uint8Array.from(frame(...parts));
const whole = built(ether(), ipv4(), tcp({ options: [tcp.mss(1)] }), "hello");

const BROKEN: Broken[] = [
  ["nothing", new Uint8Array(0), "", 0, "ether: 0 of 14 bytes"],
  ["a part of Ethernet", whole.slice(0, 13), "payload", 0, "ether: 13 of 14 bytes"],
  ["Ethernet alone", whole.slice(0, 14), "ether", 14, "ipv4: 0 of 20 bytes"],
  ["a part of IPv4", whole.slice(0, 33), "ether payload", 14, "ipv4: 19 of 20 bytes"],
  ["a part of TCP", whole.slice(0, 50), "ether ipv4 payload", 34, "tcp: 16 of 20 bytes"],
  ["a part of TCP's options", whole.slice(0, 56), "ether ipv4 payload", 34, "tcp: 22 of 24 bytes"],
  [
    "a part of the payload",
    whole.slice(0, 60),
    "ether ipv4 tcp payload",
    60,
    "ipv4: 46 of 49 bytes",
  ],
  ["all", whole, "ether ipv4 tcp payload", undefined],
  [
    "an unknown type",
    built(ether({ type: 0x88cc }), "x"),
    "ether payload",
    14,
    "ether: EtherType 0x88cc is not read",
  ],
  [
    "an 802.3 frame",
    built(ether({ type: 3 }), "abc12"),
    "ether payload padding",
    14,
    "ether: 802.3 frames are not read",
  ],
  [
    "an unknown protocol",
    built(ether(), ipv4({ protocol: 50 }), "x"),
    "ether ipv4 payload",
    34,
    "ipv4: IP protocol 50 is not read",
  ],
  [
    "version 5",
    built(ether(), ipv4({ version: 5 }), udp()),
    "ether payload",
    14,
    "ipv4: version 5",
  ],
  [
    "a short header",
    built(ether(), ipv4({ ihl: 4 }), udp()),
    "ether payload",
    14,
    "ipv4: a header of 16 bytes",
  ],
  [
    "a short total length",
    built(ether(), ipv4({ totalLength: 19 }), udp()),
    "ether ipv4 payload",
    34,
    "ipv4: total length 19",
  ],
  [
    "a later fragment",
    built(ether(), ipv4({ fragmentOffset: 9 }), udp()),
    "ether ipv4 payload",
    34,
    "ipv4: not the first fragment",
  ],
  [
    "a short UDP length",
    built(ether(), ipv4(), udp({ datagramLength: 7 })),
    "ether ipv4 udp",
    42,
    "udp: length 7",
  ],
  [
    "TCP's offset",
    built(ether(), ipv4(), tcp({ dataOffset: 4 })),
    "ether ipv4 payload",
    34,
    "tcp: a header of 16 bytes",
  ],
  [
    "IPv6 cut",
    built(ether(), ipv6(), udp(), "abc").slice(0, 63),
    "ether ipv6 udp payload",
    63,
    "ipv6: 9 of 11 bytes",
  ],
  [
    "ARP of another kind",
    built(ether(), arp({ hardwareSize: 8 })),
    "ether payload",
    14,
    "arp: addresses of 8 and 4 bytes are not read",
  ],
  [
    "GRE version 1",
    built(ether(), ipv4(), gre({ flags: 1 }), ipv4(), udp()),
    "ether ipv4 payload",
    34,
    "gre: version 1 is not read",
  ],
  [
    "no more headers",
    built(ether(), ipv6({ nextHeader: 59 }), "x"),
    "ether ipv6 payload",
    undefined,
  ],
  [
    "MPLS with a pseudowire",
    built(ether(), mpls(), "\0abc"),
    "ether mpls payload",
    18,
    "mpls: what it carries is no IP",
  ],
  [
    "a VXLAN tunnel cut inside",
    built(ether(), ipv4(), udp(), vxlan(), ether(), ipv4(), udp(), "abc").slice(0, 86),
    "ether ipv4 udp vxlan ether ipv4 payload",
    84,
    "udp: 2 of 8 bytes",
  ],
  [
    "Geneve with an option that leaves it",
    built(ether(), ipv4(), udp(), geneve({ options: [{ class: 1, type: 1 }] }), ipv4(), udp()).with(
      53,
      31,
    ),
    "ether ipv4 udp payload",
    42,
    "geneve: an option leaves the header",
  ],
  [
    "padding inside a tunnel and outside",
    built(ether(), ipv4(), udp(), vxlan(), ether(), arp(), new Uint8Array(18), ""),
    "ether ipv4 udp vxlan ether arp padding",
    undefined,
  ],
];

for (const [what, bytes, layers, offset, reason] of BROKEN) {
  Deno.test(`${what}: ${reason ?? "read to the end"}`, () => {
    const packet = parse(bytes);
    assertEquals(names(packet), layers);
    assertEquals(packet.stop, offset === undefined ? undefined : { offset, reason });
  });
}

Deno.test("the first of a kind has a name, those in tunnels a number", () => {
  const outer = [ether(), vlan({ id: 7 }), ipv4({ src: "10.0.0.1" }), udp(), vxlan({ vni: 5 })];
  const packet = parse(frame(...outer, ether(), ipv4({ src: "10.0.0.2" }), icmp({ id: 3 }), "ab"));
  assertEquals(packet.ipv4?.src, "10.0.0.1");
  assertEquals(packet.layer("ipv4", 1)?.src, "10.0.0.2");
  assertEquals(packet.layer("ipv4", 2), undefined);
  assertEquals([packet.vlan?.id, packet.vxlan?.vni, packet.icmp?.id], [7, 5, 3]);
  assertEquals([packet.tcp, packet.ipv6, packet.arp], [undefined, undefined, undefined]);
  assertEquals(packet.payload, Uint8Array.of(97, 98));
});

Deno.test("what was read stays when the packet goes", () => {
  const memory = frame(ether(), ipv4({ src: "10.0.0.1" }), udp(), "hello");
  const burst = { view: new DataView(memory.buffer), offsets: [0], lengths: [memory.length] };
  const packet = parse(burst, 0);
  const text = packet.dump();
  memory.fill(0);
  assertEquals(packet.dump(), text);
});
