/** The functions over (view, offset): they read what `parse` reads and write nothing else. */

import {
  arp,
  ether,
  formatIpv4,
  formatMac,
  frame,
  geneve,
  gre,
  gtpu,
  icmp,
  icmp6,
  igmp,
  ipv4,
  ipv6,
  mpls,
  padding,
  parse,
  parseMac,
  sctp,
  tcp,
  udp,
  vlan,
  vxlan,
} from "../../../ffi/net/net.ts";
import { assert, assertEquals, assertGreater, assertThrows } from "../../assert.ts";
import { STACKS } from "./stacks.ts";

type Read = (view: DataView, at: number) => unknown;
type Write = (view: DataView, at: number, value: number) => void;

const HEADERS = {
  ...{ arp, ether, geneve, gre, gtpu, icmp, icmp6, igmp, ipv4, ipv6 },
  ...{ mpls, sctp, tcp, udp, vlan, vxlan },
};

/** The function of a header by its name. */
function find<F>(header: object, name: string, parameters: number): F | undefined {
  const found: unknown = Reflect.get(header, name);
  return typeof found === "function" && found.length === parameters ? found as F : undefined;
}

function shown(read: unknown, expected: unknown): unknown {
  if (typeof expected !== "string" || typeof read === "string") return read;
  return expected.includes(":") ? formatMac(Number(read)) : formatIpv4(Number(read));
}

const PACKETS = STACKS.map(([ours]) => parse(frame(...ours)));

Deno.test("every function that has a field's name reads that field", () => {
  const seen = new Set<string>();
  for (const { bytes, layers } of PACKETS) {
    const view = new DataView(bytes.buffer);
    for (const layer of layers) {
      const header: object | undefined = Reflect.get(HEADERS, layer.name);
      if (!header) continue;
      for (const [field, value] of Object.entries(layer)) {
        const read = find<Read>(header, field, 2);
        if (!read || field === "name" || value === undefined) continue;
        assertEquals(
          shown(read(view, layer.offset), value),
          value,
          `${layer.name}.${field}`,
        );
        seen.add(`${layer.name}.${field}`);
      }
    }
  }
  assertGreater(seen.size, 55);
});

Deno.test("every setter writes its field and no other bit", () => {
  const seen = new Set<string>();
  for (const { bytes, layers } of PACKETS) {
    const view = new DataView(bytes.buffer);
    const before = bytes.toHex();
    for (const { name, offset } of layers) {
      const header: object | undefined = Reflect.get(HEADERS, name);
      for (const setter of Object.keys(header ?? {})) {
        if (!header || !setter.startsWith("set")) continue;
        const set = find<Write>(header, setter, 3);
        const field = (setter[3] ?? "").toLowerCase() + setter.slice(4);
        const read = find<Read>(header, field, 2);
        if (!set || !read) continue;
        const value = Number(read(view, offset));
        set(view, offset, value ^ 0x5a);
        assertEquals(Number(read(view, offset)) & 0xff, (value ^ 0x5a) & 0xff, `${name}.${setter}`);
        set(view, offset, value);
        assertEquals(bytes.toHex(), before, `${name}.${setter}`);
        seen.add(`${name}.${setter}`);
      }
    }
  }
  assertGreater(seen.size, 35);
});

const MAC1 = parseMac("02:00:00:00:00:01");

Deno.test("MAC addresses of 48 bits are written and swapped as they are", () => {
  const bytes = frame(ether({ dst: "ff:ff:ff:ff:ff:fe", src: MAC1 }));
  const view = new DataView(bytes.buffer);
  ether.swap(view, 0);
  assertEquals(bytes.toHex(), "020000000001fffffffffffe88b5");
  ether.setDst(view, 0, 0xfedcba987654);
  assertEquals(formatMac(ether.dst(view, 0)), "fe:dc:ba:98:76:54");
  assertEquals(ether.src(view, 0), 0xfffffffffffe);
});

Deno.test("the header's size counts tags and options, and stops in a frame of tags", () => {
  const tagged = frame(ether(), vlan(), vlan(), ipv4({ options: [{ kind: 1 }] }), tcp());
  const view = new DataView(tagged.buffer);
  const size = ether.headerSize(view, 0);
  assertEquals([size, ether.innerType(view, 0, size)], [22, ether.IPV4]);
  assertEquals(ipv4.headerSize(view, size), 24);
  assertEquals(tcp.headerSize(view, size + 24), 20);
  const tags = new Uint8Array(4096);
  for (let at = 12; at < 4096; at += 4) tags.set([0x81, 0], at);
  assert(ether.headerSize(new DataView(tags.buffer), 0) <= 62);
});

Deno.test("words of an IPv6 address", () => {
  const bytes = frame(ipv6({ src: "2001:db8::1", dst: "fe80::a:b" }));
  const view = new DataView(bytes.buffer);
  assertEquals([0, 1, 2, 3].map((word) => ipv6.srcWord(view, 0, word)), [0x20010db8, 0, 0, 1]);
  ipv6.setDstWord(view, 0, 3, 0xfffffffe);
  ipv6.setSrcWord(view, 0, 0, 1);
  assertEquals([ipv6.src(view, 0), ipv6.dst(view, 0)], ["0:1::1", "fe80::ffff:fffe"]);
});

Deno.test("a value that does not fit its field is refused by name", () => {
  const wrong: [() => unknown, string][] = [
    [() => frame(ipv4({ ttl: 256 })), "ipv4 ttl must be an integer from 0 to 255, got 256"],
    [() => frame(ipv4({ dscp: 1.5 })), "ipv4 dscp"],
    [() => frame(vlan({ id: 4096 })), "vlan id"],
    [() => frame(vxlan({ vni: 2 ** 24 })), "vxlan vni"],
    [() => frame(mpls({ label: -1 })), "mpls label"],
    [() => frame(udp({ srcPort: NaN })), "udp srcPort"],
    [() => frame(tcp({ sequence: 2 ** 32 })), "tcp sequence"],
    [() => frame(ipv4(), new Uint8Array(65536)), "ipv4 totalLength"],
    [() => frame(ether({ dst: "02:00" })), "expected a MAC address"],
    [() => frame(ipv4({ src: -1 })), "expected an IPv4 address"],
    [() => frame(ipv6({ src: 1 })), "expected an IPv6 address"],
    [() => frame(ipv4({ options: Array(41).fill({ kind: 1 }) })), "ipv4 header length"],
    [() => frame(ether()).size(13), "Frame.size"],
  ];
  for (const [build, message] of wrong) assertThrows(build, RangeError, message);
});

Deno.test("a frame is bytes, and filling changes no length in it", () => {
  const bytes = frame(ether(), ipv4(), udp(), "hello");
  assertEquals([bytes.length, bytes.size(60).length], [47, 60]);
  assertEquals(bytes.size(60).slice(0, 47).toHex(), bytes.toHex());
  assertEquals(bytes.subarray(1) instanceof Uint8Array, true);
  assertEquals(parse(bytes.size(60)).ipv4?.totalLength, 33);
  assertEquals(parse(bytes.size(60)).layer("padding")?.size, 13);
  assertEquals(parse(frame(ether(), ipv4(), udp(), "hello", padding(13))).bytes, bytes.size(60));
});

Deno.test("another packet can be the payload, and a burst can be read", () => {
  const quoted = { bytes: () => frame(ipv4(), udp()) };
  const bytes = frame(ether(), ipv4(), icmp({ type: icmp.UNREACHABLE, code: 3 }), quoted);
  assertEquals(parse(parse(bytes).payload, { first: "ip" }).layers.map(({ name }) => name), [
    "ipv4",
    "udp",
  ]);
  const memory = new Uint8Array(300);
  memory.set(bytes, 100);
  const burst = {
    view: new DataView(memory.buffer),
    offsets: Uint32Array.of(100, 290),
    lengths: Uint32Array.of(bytes.length, 20),
  };
  assertEquals(parse(burst, 0).bytes, Uint8Array.from(bytes));
  assertThrows(() => parse(burst, 1), RangeError, "no packet 1");
  assertThrows(() => parse(burst, 2), RangeError, "no packet 2");
});
