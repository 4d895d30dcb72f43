/** Filters: what matches is what tcpdump says, over bytes and over bursts, compiled and interpreted. */

import { Burst, createPktmbufPool, DpdkError, DROP, KEEP, type Mempool } from "../../../mod.ts";
import { arp, ether, frame, ipv4, ipv6, tcp, udp, vlan } from "../../../ffi/net/net.ts";
import { Filter, LINK_TYPE, PcapReader, PcapWriter } from "../../../ffi/pcap/pcap.ts";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "../../assert.ts";
import { packHandles, unpackHandles } from "../../../ffi/transfer.ts";
import { Random } from "../../../ffi/traffic/random.ts";
import { initTestEal, test } from "../eal.ts";
import { RandomFrames } from "../net/random_frames.ts";
import { EXPRESSIONS } from "./expressions.ts";
import { RandomExpressions } from "./random_expressions.ts";

initTestEal("0@0");

const BURST = 64;
/** Frames that random expressions are tried on. */
const SAMPLE = 256;
const SEED = 20_26;

/** Frames that expressions are about, in front of random ones. */
function known(): Uint8Array[] {
  const macs = { dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01" };
  const from = (ttl: number) => ipv4({ src: "10.1.2.3", dst: "192.168.200.1", ttl });
  const dns = udp({ srcPort: 50_001, dstPort: 53 });
  const ip6 = ipv6({ src: "2001:db8::1", dst: "2001:db8:8000::2" });
  return [
    frame(ether(macs), from(1), dns, "query"),
    frame(ether(macs), from(40), dns, "query"),
    frame(ether(macs), vlan({ id: 100 }), from(64), dns, "query"),
    frame(ether(macs), vlan({ id: 100 }), vlan({ id: 7 }), from(64), dns, "query"),
    frame(ether(macs), ip6, dns, "query"),
    frame(ether(macs), vlan({ id: 9 }), ip6, dns, "query"),
    frame(ether(macs), from(64), tcp({ srcPort: 80, dstPort: 50_001, flags: tcp.SYN })),
    frame(ether(macs), from(64), tcp({ srcPort: 50_001, dstPort: 80 }), "GET / HTTP/1.0"),
    frame(ether(macs), from(64), tcp({ dstPort: 443, options: [tcp.mss(1460)] }), "GET /"),
    frame(ether({ ...macs, dst: "ff:ff:ff:ff:ff:ff" }), arp({ senderIp: "10.1.2.3" })),
    frame(ether({ ...macs, dst: "01:00:5e:01:02:03" }), ipv4({ dst: "224.1.2.3" }), dns),
    frame(ether({ ...macs, dst: "33:33:00:00:00:01" }), ipv6({ dst: "ff02::1" }), dns),
    // fragments: the first has ports, the others have none
    frame(ether(macs), ipv4({ src: "10.1.2.3", flags: ipv4.MF }), dns, "query"),
    frame(ether(macs), ipv4({ src: "10.1.2.3", fragmentOffset: 185, protocol: 17 }), "50530053"),
    frame(ether(macs), ip6, ipv6.fragment({ more: true, nextHeader: 17 }), dns, "query"),
    // the service type of an address of the same bytes divides by zero, and does not
    ...[0, 1, 3, 7].map((dscp) => frame(ether(macs), ipv4({ dscp, src: "10.1.2.3" }), dns)),
  ];
}

/** All that is filtered: whole frames, and some that end too early. */
const FRAMES = (() => {
  const frames = new RandomFrames(SEED);
  const random = new Random(SEED);
  const whole = [...known(), ...Array.from({ length: 2400 }, () => frames.next())];
  const cut = Array.from({ length: 600 }, () => {
    const bytes: Uint8Array = frames.next();
    return bytes.slice(0, 1 + Math.floor(random.below(Math.min(bytes.length, 70))));
  });
  return [...whole, ...known().map((bytes) => bytes.slice(0, 36)), ...cut];
})();

const PATH = Deno.makeTempFileSync({ prefix: "denodpdk-filter-", suffix: ".pcap" });
Deno.test.afterAll(() => Deno.removeSync(PATH));
{
  // a packet's number is its time
  using writer = PcapWriter.create(PATH, { format: "pcap" });
  FRAMES.forEach((bytes, i) => writer.write(bytes, { time: { seconds: i, nanoseconds: 0 } }));
}

/** The numbers of the frames that tcpdump takes. */
async function tcpdump(expression: string): Promise<number[]> {
  const args = ["-r", PATH, "-w", "-", expression];
  const { success, stdout, stderr } = await new Deno.Command("tcpdump", { args }).output();
  assert(success, new TextDecoder().decode(stderr));
  async function* whole() {
    yield stdout;
  }
  const numbers = [];
  for await (const { seconds } of PcapReader.from(whole())) numbers.push(seconds);
  return numbers;
}

/** What is among these numbers and should not be, or is missing: the first of each. */
function difference(found: readonly number[], expected: readonly number[]): string {
  const [has, should] = [new Set(found), new Set(expected)];
  const more = [...has.difference(should)].slice(0, 4).map((i) => `not ${i}`);
  return [...more, ...[...should.difference(has)].slice(0, 4)].join(", ");
}

/** Fills an empty burst with frames, every third one in several segments of random lengths. */
function fill(burst: Burst, pool: Mempool, frames: readonly Uint8Array[], random: Random): void {
  using tails = new Burst(1);
  assertStrictEquals(pool.getBulk(burst, frames.length), frames.length);
  for (const [i, bytes] of frames.entries()) {
    const packet = burst.packet(i);
    let at = i % 3 === 0 ? Math.floor(random.below(Math.min(bytes.length, 60))) : bytes.length;
    packet.write(bytes.subarray(0, at));
    while (at < bytes.length) {
      const end = Math.min(bytes.length, at + 1 + Math.floor(random.below(40)));
      assertStrictEquals(pool.getBulk(tails, 1), 1);
      tails.packet(0).write(bytes.subarray(at, end));
      packet.chain(tails.packet(0));
      at = end;
    }
  }
}

/** Calls `use` with all frames, a burst at a time; `first` is the number of the burst's first. */
function inBursts(pool: Mempool, use: (burst: Burst, first: number) => void): void {
  using burst = new Burst(BURST);
  const random = new Random(SEED);
  for (let first = 0; first < FRAMES.length; first += BURST) {
    fill(burst, pool, FRAMES.slice(first, first + BURST), random);
    use(burst, first);
    burst.clear();
  }
}

test("bytes and packets in bursts match as tcpdump has it, compiled and interpreted", async () => {
  using pool = createPktmbufPool("F", 2047);
  const expected = await Promise.all(EXPRESSIONS.map(tcpdump));
  assert(EXPRESSIONS.length >= 60);
  assert(expected.filter(({ length }) => length > 0).length > EXPRESSIONS.length * 2 / 3);
  const compiled = EXPRESSIONS.map((expression) => Filter.compile(expression));
  const interpreted = EXPRESSIONS.map((expression) => Filter.compile(expression, { jit: false }));
  const bytes = compiled.map((filter) =>
    FRAMES.flatMap((frame, i) => filter.matches(frame) ? [i] : [])
  );
  const [jit, slow] = [compiled, interpreted].map((filters) => filters.map((): number[] => []));
  const verdicts = new Uint8Array(BURST);
  inBursts(pool, (burst, first) => {
    for (const [filters, found] of [[compiled, jit], [interpreted, slow]] as const) {
      filters.forEach((filter, f) => {
        verdicts.fill(99);
        const matches = filter.decide(burst, verdicts, 1, 0);
        const numbers = [...verdicts.keys()].filter((i) => verdicts[i] === 1);
        assertStrictEquals(matches, numbers.length);
        assert(verdicts.subarray(burst.count).every((verdict) => verdict === 99));
        found?.[f]?.push(...numbers.map((i) => first + i));
      });
    }
  });
  const wrong = EXPRESSIONS.flatMap((expression, f) =>
    Object.entries({ bytes: bytes[f], jit: jit?.[f], interpreted: slow?.[f] })
      .map(([how, found = []]) => [`${how}: '${expression}'`, difference(found, expected[f] ?? [])])
      .filter(([, differs]) => differs !== "")
  );
  assertEquals(wrong, []);
  assert(interpreted.every(({ isJit }) => !isJit));
  // rte_bpf has a compiler for both architectures; code that is wrong is made anew
  assertEquals(EXPRESSIONS.filter((_, f) => !compiled[f]?.isJit), []);
  for (const filter of [...compiled, ...interpreted]) filter[Symbol.dispose]();
  assertStrictEquals(pool.inUseCount, 0);
});

/** Compiles an expression unless libpcap or rte_bpf refuses it, as a division that is always by zero. */
function compiledOrNot(expression: string, jit: boolean): Filter | undefined {
  try {
    const filter = Filter.compile(expression, { jit });
    return (filter.isJit, filter);
  } catch (error) {
    if (error instanceof DpdkError && error.code === "EINVAL") return undefined;
    throw error;
  }
}

test("random expressions match in bursts what libpcap itself has them match", () => {
  using pool = createPktmbufPool("F", 2047);
  using burst = new Burst(SAMPLE);
  const frames = FRAMES.filter((_, i) => i % Math.ceil(FRAMES.length / SAMPLE) === 0);
  fill(burst, pool, frames, new Random(SEED));
  const expressions = new RandomExpressions(SEED);
  const verdicts = new Uint8Array(SAMPLE);
  let [compared, matched, jits] = [0, 0, 0];
  for (let i = 0; i < 200; i++) {
    const expression = expressions.next();
    for (const jit of [true, false]) {
      using filter = compiledOrNot(expression, jit);
      if (!filter) continue;
      compared++;
      jits += Number(filter.isJit);
      matched += filter.decide(burst, verdicts, 1, 0);
      const found = frames.flatMap((_, f) => verdicts[f] === 1 ? [f] : []);
      const expected = frames.flatMap((frame, f) => filter.matches(frame) ? [f] : []);
      assertEquals(difference(found, expected), "", `jit ${jit}: ${expression}`);
    }
  }
  assert(compared > 300 && jits > 140 && matched > 5000, `${compared} ${jits} ${matched}`);
  burst.clear();
});

/** Eight frames, of which the first, the third and the last match `udp port 53`. */
const MIXED = (() => {
  const [dns, , , , , , http] = known();
  return [dns, http, dns, http, http, http, http, dns].map((bytes) => bytes!);
})();

test("verdicts deal a burst out, and what does not match can be dropped", () => {
  using pool = createPktmbufPool("F", 63);
  using filter = Filter.compile("udp port 53");
  using burst = new Burst(8);
  using dns = new Burst(8);
  const random = new Random(1);
  const verdicts = new Uint8Array(8);
  fill(burst, pool, MIXED, random);
  assertStrictEquals(filter.decide(burst, verdicts), 3);
  assertEquals([...verdicts], [0, 1, 0, 1, 1, 1, 1, 0].map((other) => other ? DROP : KEEP));
  assertStrictEquals(filter.decide(burst, verdicts, 0, KEEP), 3);
  assertStrictEquals(burst.split(verdicts, [dns]), 5);
  assert([...dns].every((packet) => filter.matches(packet)));
  assert(![...burst].some((packet) => filter.matches(packet)));
  assertStrictEquals(filter.keep(burst), 0);
  assertEquals([burst.count, pool.inUseCount], [0, pool.inUseCount]);
  assertStrictEquals(filter.keep(dns), 3);
  dns.clear();
  fill(burst, pool, MIXED, random);
  const [, second] = burst;
  assertStrictEquals(filter.keep(burst), 3);
  assertEquals([...burst].map((packet) => packet.bytes().length), Array(3).fill(MIXED[0]?.length));
  assertThrows(() => second?.bytes(), DpdkError);
  burst.clear();
  assertStrictEquals(pool.inUseCount, 0);
});

test("keep works where a burst has more packets than are looked at once", () => {
  using pool = createPktmbufPool("F", 511);
  for (const jit of [true, false]) {
    using filter = Filter.compile("udp port 53", { jit });
    using burst = new Burst(200);
    const frames = Array.from({ length: 200 }, (_, i) => MIXED[i % 8]!);
    fill(burst, pool, frames, new Random(2));
    assertStrictEquals(filter.keep(burst), 75);
    assert([...burst].every((packet) => filter.matches(packet)));
    burst.clear();
    assertEquals([filter.keep(burst), pool.inUseCount], [0, 0]);
  }
});

test("a packet without bytes matches what asks for none", () => {
  using pool = createPktmbufPool("F", 63);
  using burst = new Burst(1);
  pool.getBulk(burst);
  for (
    const [expression, expected] of [["", 1], ["less 10", 1], ["ip", 0], ["not ip", 0]] as const
  ) {
    using filter = Filter.compile(expression);
    assertStrictEquals(filter.decide(burst, new Uint8Array(1)), expected, expression);
    assertStrictEquals(filter.matches(new Uint8Array()), expected === 1, expression);
  }
  burst.clear();
});

/** What tcpdump says of an expression. */
async function complaint(expression: string): Promise<string> {
  const args = ["-y", "EN10MB", "-d", expression];
  const { stderr } = await new Deno.Command("tcpdump", { args }).output();
  return new TextDecoder().decode(stderr).replace("tcpdump: ", "").replace(/\s+/g, " ").trim();
}

test("a wrong expression is told in libpcap's words, in one line", async () => {
  const wrong = [
    "udp prt 53",
    "udp port",
    "(ip",
    "ip\nand\n(",
    "port 99999",
    "ether host 1:2:3",
    "net 10.0.0.1/8",
    "ip[0] / 0 = 1",
    "ip and arp",
    "(".repeat(4096),
  ];
  for (const expression of wrong) {
    const error = assertThrows(() => Filter.compile(expression), DpdkError);
    assertEquals([error.code, error.errno], ["EINVAL", 22]);
    assertStrictEquals(error.reason, await complaint(expression));
    assert(error.operation.startsWith('pcap_compile("'), error.operation);
    assert(!error.message.includes("\n") && error.message.length < 200, error.message);
  }
});

test("what libpcap compiles for the kernel only is refused", () => {
  for (const expression of ["inbound", "udp and outbound"]) {
    const { reason } = assertThrows(() => Filter.compile(expression), DpdkError);
    // libpcap 1.10.5 and newer refuse it themselves
    assert(/only the kernel knows|not a live capture/.test(reason), reason);
  }
  assertThrows(() => Filter.compile("ip broadcast"), DpdkError, "netmask not known");
});

test("what is no expression is refused before libpcap sees it", () => {
  assertThrows(() => Filter.compile("ip\0or udp"), RangeError, "without NUL");
  assertThrows(() => Filter.compile("host \ud800"), RangeError, "half characters");
  assertThrows(() => Filter.compile("ip or ".repeat(700) + "ip"), RangeError, "0 to 4096");
  assertThrows(() => Filter.compile("ip", { linkType: 105 }), RangeError, "IEEE 802.11");
});

test("what rte_bpf cannot run still filters bytes", () => {
  using pool = createPktmbufPool("F", 63);
  using burst = new Burst(8);
  const [dns, http] = MIXED;
  const long = Array.from({ length: 450 }, (_, i) => `::${i.toString(16)}`).join(" or ");
  for (
    const [expression, code, reason] of [
      ["ip protochain 17", "ELOOP", "rte_bpf takes no loops"],
      [`udp and not host ${long}`, "E2BIG", "rte_bpf takes at most 4096 instructions"],
    ] as const
  ) {
    using filter = Filter.compile(expression);
    assertEquals([filter.matches(dns!), filter.matches(http!)], [true, false]);
    for (
      const use of [
        () => filter.decide(burst, new Uint8Array(8)),
        () => filter.keep(burst),
        () => filter.isJit,
      ]
    ) {
      const error = assertThrows(use, DpdkError);
      assertStrictEquals(error.code, code);
      assert(error.reason.startsWith(reason), error.reason);
    }
  }
  assertStrictEquals(pool.inUseCount, 0);
});

test("numbers that are no verdict and too few verdicts are refused", () => {
  using pool = createPktmbufPool("F", 63);
  using burst = new Burst(8);
  using filter = Filter.compile("ip");
  fill(burst, pool, MIXED, new Random(1));
  const verdicts = new Uint8Array(8);
  for (const wrong of [-1, 256, 1.5, NaN, 2 ** 32]) {
    assertThrows(() => filter.decide(burst, verdicts, wrong, 0), RangeError, "match");
    assertThrows(() => filter.decide(burst, verdicts, 0, wrong), RangeError, "the others");
  }
  assertThrows(() => filter.decide(burst, new Uint8Array(7)), RangeError, "8 packets, 7 verdicts");
  assertEquals([...verdicts], Array(8).fill(0));
  burst.clear();
});

test("a filter that was disposed of is refused everywhere, and disposal is idempotent", () => {
  using pool = createPktmbufPool("F", 63);
  using burst = new Burst(8);
  fill(burst, pool, MIXED, new Random(1));
  for (const loaded of [false, true]) {
    const filter = Filter.compile("ip");
    if (loaded) filter.decide(burst, new Uint8Array(8));
    filter[Symbol.dispose]();
    filter[Symbol.dispose]();
    for (
      const use of [
        () => filter.decide(burst, new Uint8Array(8)),
        () => filter.keep(burst),
        () => filter.matches(MIXED[0]!),
        () => filter.isJit,
      ]
    ) assertThrows(use, DpdkError, "used after disposal");
  }
  using filter = Filter.compile("ip");
  burst.clear();
  burst[Symbol.dispose]();
  assertThrows(() => filter.decide(burst, new Uint8Array(8)), DpdkError, "disposal");
  assertThrows(() => filter.keep(burst), DpdkError, "disposal");
});

test("packets of capture files match by their length on the wire, and by their link type", () => {
  const path = Deno.makeTempFileSync({ prefix: "denodpdk-filter-", suffix: ".pcap" });
  try {
    const [dns] = MIXED;
    const raw = dns!.slice(14);
    {
      using writer = PcapWriter.create(path, {
        snapLength: 30,
        interfaces: [{ linkType: LINK_TYPE.RAW }],
      });
      writer.write(raw);
    }
    const [packet] = PcapReader.readSync(path);
    const match = (expression: string) => {
      using filter = Filter.compile(expression, { linkType: packet!.interface.linkType });
      return filter.matches(packet!);
    };
    assertStrictEquals(packet?.data.length, 30);
    assertEquals(
      ["udp port 53", `len = ${raw.length}`, "less 30", "ip6"].map(match),
      [true, true, false, false],
    );
  } finally {
    Deno.removeSync(path);
  }
});

test("a filter that is given to another thread is one of its own there", () => {
  using filter = Filter.compile("udp port 53", { jit: false });
  const there = unpackHandles(structuredClone(packHandles({ filter })));
  assert(typeof there === "object" && there !== null && "filter" in there);
  assert(there.filter instanceof Filter && there.filter !== filter);
  using other = there.filter;
  assertEquals([other.expression, other.isJit, other.matches(MIXED[0]!)], [
    "udp port 53",
    false,
    true,
  ]);
});
