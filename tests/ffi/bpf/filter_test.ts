/** Filters: what matches is what tcpdump says, over bytes and over bursts, compiled and interpreted. */

import {
  arp,
  Burst,
  createPktmbufPool,
  DpdkError,
  DROP,
  ether,
  Filter,
  frame,
  ipv4,
  ipv6,
  KEEP,
  LINK_TYPE,
  type Mempool,
  PcapReader,
  PcapWriter,
  tcp,
  udp,
  vlan,
} from "../../../mod.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "../../assert.ts";
import { packHandles, unpackHandles } from "../../../ffi/transfer.ts";
import { Random } from "../../../cmd/dev/soak/random.ts";
import { initTestEal, test } from "../eal.ts";
import { RandomFrames } from "../net/random_frames.ts";
import { EXPRESSIONS } from "./expressions.ts";

initTestEal("0@0");

const BURST = 64;
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
  // rte_bpf has a compiler for both architectures that this runs on
  assert(compiled.every(({ isJit }) => isJit));
  for (const filter of [...compiled, ...interpreted]) filter[Symbol.dispose]();
  assertStrictEquals(pool.inUseCount, 0);
});
