/** Flows: the values of their fields, their sizes, and checksums that stay right. */

import {
  ether,
  formatIpv4,
  frame,
  gre,
  ipv4,
  ipv6,
  parse,
  sctp,
  tcp,
  udp,
  verify,
  vlan,
  vxlan,
} from "../../../ffi/net/net.ts";
import { Random } from "../../../ffi/traffic/random.ts";
import { PLACES } from "../../../ffi/traffic/places.ts";
import { depthsOf } from "../../../ffi/traffic/template.ts";
import {
  counter,
  flow,
  type FlowOptions,
  list,
  random,
  range,
  Receiver,
  type Varying,
  type VaryingFields,
} from "../../../ffi/traffic/traffic.ts";
import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { STACKS } from "../net/stacks.ts";

const LINK = ether({ dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01" });
const UDP = frame(LINK, ipv4({ src: "10.0.0.9", dst: "192.0.2.1" }), udp({ dstPort: 9 }), "hello");

/** The values of a field in the first packets of a flow. */
function values<Value>(
  fields: VaryingFields,
  read: (packet: ReturnType<typeof parse>) => Value,
  count = 8,
  bytes = UDP,
): Value[] {
  const packets = flow(bytes, fields);
  return Array.from({ length: count }, () => read(parse(packets.next())));
}

Deno.test("flow: a range begins again behind its last value", () => {
  assertEquals(
    values({ ipv4: { src: range("10.0.0.254", 3) } }, ({ ipv4 }) => ipv4?.src, 5),
    ["10.0.0.254", "10.0.0.255", "10.0.1.0", "10.0.0.254", "10.0.0.255"],
  );
  assertEquals(
    values({ udp: { srcPort: range(10, 3, { step: 5, every: 2 }) } }, ({ udp }) => udp?.srcPort),
    [10, 10, 15, 15, 20, 20, 10, 10],
  );
  assertEquals(
    values({ ether: { src: range("02:00:ff:ff:ff:ff", 2) } }, ({ ether }) => ether?.src, 3),
    ["02:00:ff:ff:ff:ff", "02:01:00:00:00:00", "02:00:ff:ff:ff:ff"],
  );
  const top = range("255.255.255.254", 2);
  assertEquals(
    values({ ipv4: { dst: top } }, ({ ipv4 }) => ipv4?.dst, 3),
    ["255.255.255.254", "255.255.255.255", "255.255.255.254"],
  );
});

Deno.test("flow: a list, a counter, a constant", () => {
  assertEquals(
    values({ ipv4: { dst: list(["1.2.3.4", "9.9.9.9"]) } }, ({ ipv4 }) => ipv4?.dst, 3),
    ["1.2.3.4", "9.9.9.9", "1.2.3.4"],
  );
  assertEquals(
    values({ ipv4: { ttl: list([1, 64], { every: 3 }) } }, ({ ipv4 }) => ipv4?.ttl),
    [1, 1, 1, 64, 64, 64, 1, 1],
  );
  assertEquals(
    values({ ipv4: { id: counter(65_534) } }, ({ ipv4 }) => ipv4?.id, 4),
    [65_534, 65_535, 0, 1],
  );
  assertEquals(
    values({ ipv4: { ttl: counter(250, { step: 4, every: 2 }) } }, ({ ipv4 }) => ipv4?.ttl),
    [250, 250, 254, 254, 2, 2, 6, 6],
  );
  assertEquals(
    values({ ether: { dst: counter("ff:ff:ff:ff:ff:ff") } }, ({ ether }) => ether?.dst, 2),
    ["ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00"],
  );
  assertEquals(values({ udp: { dstPort: 7 } }, ({ udp }) => udp?.dstPort, 2), [7, 7]);
  assertEquals(
    values({ ipv4: { src: "8.8.8.8" } }, ({ ipv4 }) => ipv4?.src, 2),
    ["8.8.8.8", "8.8.8.8"],
  );
});

Deno.test("flow: random values are those of the seed, spread evenly, and come again", () => {
  const ports = values({ udp: { srcPort: random(1000, 100, 7) } }, ({ udp }) => udp!.srcPort, 5000);
  const numbers = new Random(7);
  assertEquals(ports, ports.map(() => 1000 + Math.floor(numbers.below(100))));
  const counts = Array.from({ length: 100 }, (_, i) => ports.filter((p) => p === 1000 + i).length);
  // 50 of each, more or less: chi-squared of 99 degrees of freedom, p = 0.001
  assert(counts.reduce((sum, count) => sum + (count - 50) ** 2 / 50, 0) < 149);
  const addresses = values({ ipv4: { src: random(0, 2 ** 32) } }, ({ ipv4 }) => ipv4!.src, 100);
  const all = new Random(1);
  assertEquals(addresses, addresses.map(() => formatIpv4(Math.floor(all.below(2 ** 32)))));
});

Deno.test("flow: fields of one word, bits of a word, both ends of a tunnel", () => {
  const bytes = frame(
    LINK,
    vlan({ id: 5, priority: 3, dei: true }),
    ipv6({ src: "2001:db8::1", dst: "fe80::a" }),
    udp({ srcPort: 1024, checksum: undefined }),
    vxlan({ vni: 42 }),
    LINK,
    ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }),
    udp({ srcPort: 1, dstPort: 2 }),
    "payload",
  );
  const packets = flow(bytes, {
    vlan: { id: range(4094, 2), priority: list([0, 7]) },
    ipv6: {
      src: range("2001:db9::ffff", 2),
      flowLabel: counter(0xfffff),
      trafficClass: counter(7),
      hopLimit: 9,
    },
    vxlan: { vni: range(0xfffffe, 2) },
    inner: {
      ipv4: { src: range("10.9.0.1", 2) },
      udp: { dstPort: counter(80) },
      ether: { src: 5 },
    },
  });
  const seen = Array.from({ length: 3 }, () => parse(packets.next()));
  assertEquals(seen.map((packet) => verify(packet.bytes).ok), [true, true, true]);
  assertEquals(
    seen.map((
      { vlan, ipv6, vxlan },
    ) => [vlan?.id, vlan?.priority, vlan?.dei, ipv6?.src, vxlan?.vni]),
    [
      [4094, 0, true, "2001:db9::ffff", 0xfffffe],
      [4095, 7, true, "2001:db9::1:0", 0xffffff],
      [4094, 0, true, "2001:db9::ffff", 0xfffffe],
    ],
  );
  assertEquals(
    seen.map(({ ipv6 }) => [ipv6?.flowLabel, ipv6?.trafficClass, ipv6?.hopLimit]),
    [[0xfffff, 7, 9], [0, 8, 9], [1, 9, 9]],
  );
  const inner = seen.map(({ layers }) =>
    layers.slice(5).map((layer) => "src" in layer && layer.src)
  );
  assertEquals(inner[1]!.filter(Boolean), ["00:00:00:00:00:05", "10.9.0.2"]);
});

/** Memory with packets in it, 2048 bytes each. */
function memoryOf(count: number, fill: (bytes: Uint8Array) => void) {
  const bytes = new Uint8Array(2048 * count);
  const offsets = Uint32Array.from({ length: count }, (_, i) => 2048 * i + 128);
  for (const at of offsets) fill(bytes.subarray(at, at + 1900));
  return { bytes, view: new DataView(bytes.buffer), offsets };
}

/** Some values of any kind for a field of so many bits. */
function anyValues(numbers: Random, bits: number): Varying {
  const below = (limit: number) => Math.floor(numbers.below(limit));
  const first = below(2 ** bits);
  const count = 1 + below(Math.min(300, 2 ** bits - first));
  return numbers.pick([
    range(first, count, { every: 1 + below(3) }),
    list([first, below(2 ** bits), below(2 ** bits)], { every: 1 + below(3) }),
    random(first, count, below(2 ** 32)),
    counter(first, { step: 1 + below(1000), every: 1 + below(3) }),
  ]);
}

const SEED = 11;

Deno.test(`flow: any fields of any headers, in any sizes (seed ${SEED})`, () => {
  const numbers = new Random(SEED);
  let tried = 0;
  for (const [parts] of STACKS) {
    const bytes = frame(...parts);
    const whole = parse(bytes);
    const depths = depthsOf(whole.layers.map((layer) => ({ layer })));
    const levels = whole.layers.map((): Record<string, Record<string, Varying>> => ({}));
    for (const [i, { name }] of whole.layers.entries()) {
      for (const [field, { bits, form }] of Object.entries(PLACES[name] ?? {})) {
        // those of text; and to another port of UDP goes no tunnel
        if (form === "ipv6" || field === "dstPort" || numbers.below(1) < 0.5) continue;
        (levels[depths[i]!]![name] ??= {})[field] = anyValues(numbers, bits);
      }
    }
    const fields = levels.reduceRight<VaryingFields>(
      (inner, level) => Object.keys(inner).length > 0 ? { ...level, inner } : level,
      {},
    );
    const options: FlowOptions = numbers.below(1) < 0.5
      ? {}
      : { sizes: `${bytes.length + 4 + 60}:2,1518,${bytes.length + 4 + 61}` };
    const [written, updated] = [flow(bytes, fields, options), flow(bytes, fields, options)];
    const { template } = written;
    const garbage = memoryOf(40, (memory) => memory.fill(0xa5));
    const kept = memoryOf(40, (memory) => memory.set(template));
    for (const [from, to] of [[0, 7], [7, 8], [8, 40]]) {
      const lengths = Array.from({ length: to! - from! }, (_, i) => written.lengthOf(i));
      written.write(garbage, from, to);
      updated.update(kept, from, to);
      for (const [i, length] of lengths.entries()) {
        const at = garbage.offsets[from! + i]!;
        const packet = garbage.bytes.slice(at, at + length);
        assertEquals(packet, kept.bytes.slice(at, at + length), `${whole}`);
        assertEquals(garbage.bytes[at + length], 0xa5);
        const sums = verify(packet).checksums.map(({ ok }) => ok);
        assertEquals(sums, verify(template).checksums.map(({ ok }) => ok), `${whole}`);
        tried++;
      }
    }
  }
  assert(tried > 1000, `${tried} packets`);
});

Deno.test("flow: sizes change the lengths in all headers, the payload and the checksums", () => {
  const bytes = frame(
    LINK,
    ipv4({ src: "10.0.0.1" }),
    gre({ hasChecksum: true }),
    ipv6({ src: "2001:db8::1" }),
    tcp({ dstPort: 80 }),
    "0123456789",
  );
  const packets = flow(bytes, { ipv4: { src: range("10.0.0.1", 2) } }, { sizes: "256,1518,128" });
  for (const length of [252, 1514, 124, 252]) {
    const packet = parse(packets.next());
    assertEquals([packet.bytes.length, packet.stop], [length, undefined]);
    assert(verify(packet.bytes).ok, `${packet}`);
    assertEquals(packet.ipv4?.totalLength, length - 14);
    const payload = packet.layers.at(-1);
    assert(payload?.name === "payload" && payload.bytes.length === length - 102);
    assertEquals(new TextDecoder().decode(payload.bytes.subarray(0, 10)), "0123456789");
  }
  assertEquals(packets.meanFrame, (256 + 1518 + 128) / 3);
});

Deno.test("flow: payload that is too long is cut, padding goes, headers must fit", () => {
  const long = frame(LINK, ipv4(), udp(), new Uint8Array(1000).fill(7));
  const cut = parse(flow(long, {}, { sizes: "64" }).next());
  assertEquals([cut.bytes.length, cut.udp?.datagramLength, verify(cut.bytes).ok], [60, 26, true]);
  const padded = parse(flow(UDP.size(60), {}, { sizes: "128" }).next());
  assertEquals([padded.ipv4?.totalLength, verify(padded.bytes).ok], [110, true]);
  const large = frame(LINK, ipv6(), tcp());
  assertThrows(() => flow(large, {}, { sizes: "64" }), RangeError, "headers have 74 bytes");
  // as it is
  assertEquals(flow(UDP).next(), UDP.slice());
  assertEquals(flow(UDP.size(60)).next(), UDP.size(60).slice());
});

Deno.test("flow: a checksum that is wrong or missing stays so", () => {
  const wrong = frame(LINK, ipv4({ checksum: 0x1234 }), udp({ checksum: 0 }), "hello");
  const packets = flow(wrong, { ipv4: { src: range("10.0.0.1", 9) }, udp: { srcPort: counter() } });
  for (let i = 0; i < 3; i++) {
    const { ipv4, udp } = parse(packets.next());
    assertEquals([ipv4?.checksum, udp?.checksum], [0x1234, 0]);
  }
});

Deno.test("flow: a UDP checksum of 0 is written as 0xffff", () => {
  const packets = flow(UDP, { udp: { srcPort: counter() } });
  const sums = Array.from({ length: 65_536 }, () => parse(packets.next()).udp?.checksum);
  assert(!sums.includes(0) && sums.includes(0xffff));
});

Deno.test("flow: it begins again when it is told to", () => {
  const packets = flow(UDP, { ipv4: { src: random(0, 1000) } }, { sizes: "64,128" });
  const first = Array.from({ length: 5 }, () => packets.next());
  packets.reset();
  assertEquals(Array.from({ length: 5 }, () => packets.next()), first);
});

const WRONG: [name: string, make: () => unknown, message: string][] = [
  ["a header that is not there", () => flow(UDP, { tcp: { srcPort: 1 } }), "the frame has no tcp"],
  ["no inner header", () => flow(UDP, { inner: { ipv4: { ttl: 1 } } }), "has no inner ipv4"],
  ["too many values", () => flow(UDP, { ipv4: { ttl: range(250, 7) } }), "250 and 6 more"],
  ["a large value", () => flow(UDP, { udp: { srcPort: 65_536 } }), "of 16 bits, got '65536'"],
  ["a part", () => flow(UDP, { udp: { srcPort: 0.5 } }), "udp.srcPort: expected values of 16 bits"],
  ["text", () => flow(UDP, { udp: { srcPort: "dns" } }), "of 16 bits, got 'dns'"],
  ["no address", () => flow(UDP, { ipv4: { src: "10.0.0" } }), "IPv4 address"],
  ["no values", () => list([]), "expected a value, got none"],
  ["a count of 0", () => range(1, 0), "range count: expected an integer from 1"],
  ["a step of 0", () => counter(1, { step: 0 }), "counter step: expected"],
  ["a weight of 0", () => flow(UDP, {}, { weight: 0 }), "weight of 1, 2, 3 ..., got 0"],
  [
    "a field that SCTP's checksum covers",
    () =>
      flow(frame(LINK, ipv4(), udp({ dstPort: 4789 }), vxlan(), LINK, ipv6(), sctp()), {
        inner: { ether: { src: counter() } },
      }) && flow(frame(LINK, ipv4(), sctp()), { sctp: { srcPort: 1 } } as VaryingFields),
    "no field of sctp can differ",
  ],
];

for (const [name, make, message] of WRONG) {
  Deno.test(`flow: ${name} is refused`, () => {
    assertThrows(make, RangeError, message);
  });
}

/** A burst of the packets that a flow gives, one after the other in memory. */
function burstOf(packets: readonly Uint8Array[]) {
  const bytes = new Uint8Array(2048 * packets.length);
  packets.forEach((packet, i) => bytes.set(packet, 2048 * i));
  return {
    view: new DataView(bytes.buffer),
    offsets: Uint32Array.from(packets, (_, i) => 2048 * i),
    lengths: Uint32Array.from(packets, ({ length }) => length),
    count: packets.length,
  };
}

Deno.test("probes: stream, number and time come to the receiver, and checksums are right", () => {
  const begin = 2 ** 50 + 12_345;
  const flows = [
    flow(UDP, { ipv4: { src: range("10.0.0.1", 9) } }, { sizes: "64", stream: 7 }),
    flow(UDP, {}, { sizes: "imix", stream: 65_535 }),
  ];
  const packets = Array.from({ length: 300 }, (_, i) => flows[i % 2]!.next(begin + 1000 * i));
  for (const packet of packets) assert(verify(packet).ok);
  const receiver = new Receiver({ steadyClock: true });
  const kept = packets.filter((_, i) => i % 10 !== 3);
  receiver.observe(burstOf([...kept, UDP]), begin + 300_000);
  assertEquals([receiver.packets, receiver.probes], [271, 270]);
  assertEquals(receiver.bytes, kept.reduce((sum, { length }) => sum + length, UDP.length));
  assertEquals([...receiver.streams.keys()], [7, 65_535]);
  const [seven, last] = [receiver.streams.get(7)!, receiver.streams.get(65_535)!];
  const { lost, received, latency } = seven.report({ sent: 150 });
  assertEquals([lost, received, latency.min, latency.max], [0, 150, 2000, 300_000]);
  assertEquals(last.report({ sent: 150 }).lost, 30);
});

Deno.test("probes: what is updated is what is written, where the template is kept", () => {
  const make = () => flow(UDP, { udp: { srcPort: counter(5) } }, { sizes: "128", stream: 1 });
  const [written, updated] = [make(), make()];
  assert(written.keepsTemplate && !flow(UDP, {}, { sizes: "64,128", stream: 1 }).keepsTemplate);
  const garbage = memoryOf(40, (memory) => memory.fill(0xa5));
  const kept = memoryOf(40, (memory) => memory.set(written.template));
  for (let turn = 1; turn < 4; turn++) {
    written.write(garbage, 0, 40, turn * 1e10);
    updated.update(kept, 0, 40, turn * 1e10);
    for (const at of garbage.offsets) {
      const packet = garbage.bytes.slice(at, at + 124);
      assertEquals(packet, kept.bytes.slice(at, at + 124));
      assert(verify(packet).ok);
    }
  }
});

Deno.test("probes: no room, no stream, sizes even and odd are refused", () => {
  const make = (options: FlowOptions) => () => flow(UDP, {}, options);
  assertThrows(make({ sizes: "64", stream: -1 }), RangeError, "from 0 to 65535, got -1");
  assertThrows(make({ stream: 1 }), RangeError, "have no room for the 16 bytes of a probe");
  assertThrows(make({ sizes: "64,65", stream: 1 }), RangeError, "all even or all odd");
  assertThrows(() => new Receiver({ steadyClock: true, window: 3 }), RangeError, "got 3");
});
