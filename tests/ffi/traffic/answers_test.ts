/** What asks becomes the answer: frames that `frame` builds, which Scapy's tests check. */

import { Answers } from "../../../ffi/traffic/answers.ts";
import {
  AddressRange,
  arp,
  ether,
  frame,
  icmp,
  icmp6,
  ipv4,
  ipv6,
  udp,
  vlan,
} from "../../../ffi/net/net.ts";
import { assertEquals, assertThrows } from "../../assert.ts";

const OWN = "02:00:00:00:00:01";
const ASKER = "02:00:00:00:00:99";
const ADDRESSES = ["10.0.0.1", "10.0.1.0/24", "2001:db8::1"].map((text) =>
  AddressRange.parse(text)
);

/** What becomes of a frame; undefined where it is not answered, and then it must not change. */
function answerTo(asked: Uint8Array): Uint8Array | undefined {
  const bytes = Uint8Array.from(asked);
  const before = bytes.slice();
  // behind other bytes, as in a pool
  const memory = new Uint8Array(bytes.length + 7);
  memory.set(bytes, 7);
  const view = new DataView(memory.buffer);
  const answered = new Answers(OWN, ADDRESSES).answer(view, 7, bytes.length);
  const after = memory.subarray(7);
  if (answered) return after;
  assertEquals(after, before);
  return undefined;
}

const hex = (bytes: Uint8Array | undefined) => bytes?.toHex();
const there = (dst = OWN) => ether({ dst, src: ASKER });
const back = ether({ dst: ASKER, src: OWN });

Deno.test("ARP: a request for an own address becomes the reply, behind VLAN tags too", () => {
  const request = { senderMac: ASKER, senderIp: "10.0.1.200", targetIp: "10.0.1.7" };
  const reply = {
    operation: arp.REPLY,
    senderMac: OWN,
    senderIp: "10.0.1.7",
    targetMac: ASKER,
    targetIp: "10.0.1.200",
  };
  for (const tags of [[], [vlan({ id: 5 })], [vlan({ id: 5 }), vlan({ id: 6 })]]) {
    assertEquals(
      hex(answerTo(frame(there("ff:ff:ff:ff:ff:ff"), ...tags, arp(request)).size(60))),
      hex(frame(back, ...tags, arp(reply)).size(60)),
    );
  }
});

Deno.test("ARP: others' addresses, replies, own announcements and short messages stay", () => {
  const asks = (fields: object) =>
    answerTo(frame(there(), arp({ senderMac: ASKER, targetIp: "10.0.0.1", ...fields })).size(60));
  assertEquals(asks({ targetIp: "10.0.0.2" }), undefined);
  assertEquals(asks({ targetIp: "10.0.2.0" }), undefined);
  assertEquals(asks({ operation: arp.REPLY }), undefined);
  assertEquals(asks({ senderIp: "10.0.0.1" }), undefined);
  assertEquals(asks({ hardware: 6 }), undefined);
  const whole = frame(there(), vlan({ id: 1 }), arp({ targetIp: "10.0.0.1" }));
  assertEquals(answerTo(whole.subarray(0, whole.length - 1)), undefined);
});

Deno.test("echo: the reply has the payload, right checksums and hops of its own", () => {
  const [id, sequence] = [7, 513];
  const data = "0123456789abcdef";
  const asked = frame(
    there(),
    ipv4({ src: "192.0.2.9", dst: "10.0.0.1", ttl: 3, id: 9 }),
    icmp({ id, sequence }),
    data,
  );
  const expected = frame(
    back,
    ipv4({ src: "10.0.0.1", dst: "192.0.2.9", ttl: 64, id: 9 }),
    icmp({ type: icmp.ECHO_REPLY, id, sequence }),
    data,
  );
  assertEquals(hex(answerTo(asked)), hex(expected));
});

Deno.test("echo: fragments, other types, other protocols, others' addresses stay", () => {
  const to = (fields: object, layer = icmp({ id: 1 })) =>
    answerTo(frame(there(), ipv4({ dst: "10.0.0.1", ...fields }), layer));
  assertEquals(to({ flags: ipv4.MF }), undefined);
  assertEquals(to({ fragmentOffset: 8 }), undefined);
  assertEquals(to({ dst: "10.0.0.2" }), undefined);
  assertEquals(to({}, icmp({ type: icmp.ECHO_REPLY })), undefined);
  assertEquals(answerTo(frame(there(), ipv4({ dst: "10.0.0.1" }), udp({}))), undefined);
});

Deno.test("ICMPv6: echoes are answered, and solicitations with and without an address", () => {
  const ends = { src: "fe80::99", dst: "2001:db8::1" };
  const turned = { src: ends.dst, dst: ends.src };
  assertEquals(
    hex(answerTo(frame(there(), ipv6(ends), icmp6({ id: 1, sequence: 2 }), "hello"))),
    hex(
      frame(back, ipv6(turned), icmp6({ type: icmp6.ECHO_REPLY, id: 1, sequence: 2 }), "hello"),
    ),
  );
  const target = "2001:db8::1";
  const solicited = (options: ReturnType<typeof icmp6.sourceAddress>[], fields: object = {}) =>
    answerTo(frame(
      there(),
      ipv6({ src: "fe80::99", dst: "ff02::1:ff00:1", hopLimit: 255, ...fields }),
      icmp6({ type: icmp6.NEIGHBOUR_SOLICITATION, target, options }),
    ));
  const advertised = (options: ReturnType<typeof icmp6.sourceAddress>[]) =>
    frame(
      back,
      ipv6({ ...turned, hopLimit: 255 }),
      icmp6({
        type: icmp6.NEIGHBOUR_ADVERTISEMENT,
        word: icmp6.SOLICITED + icmp6.OVERRIDE,
        target,
        options,
      }),
    );
  assertEquals(
    hex(solicited([icmp6.sourceAddress(ASKER)])),
    hex(advertised([icmp6.targetAddress(OWN)])),
  );
  assertEquals(hex(solicited([])), hex(advertised([])));
  // duplicate address detection
  assertEquals(solicited([], { src: "::" }), undefined);
});

Deno.test("no bytes make it read or write outside the packet", () => {
  let seed = 19;
  const random = () => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fff_ffff) / 0x8000_0000;
  const answers = new Answers(OWN, ADDRESSES);
  const whole = [
    frame(there(), arp({ targetIp: "10.0.0.1" })),
    frame(there(), ipv4({ dst: "10.0.0.1" }), icmp({ id: 1 })),
    frame(there(), ipv6({ dst: "2001:db8::1" }), icmp6({ id: 1 })),
    frame(
      there(),
      ipv6({ src: "fe80::9", dst: "ff02::1" }),
      icmp6({ type: icmp6.NEIGHBOUR_SOLICITATION, target: "2001:db8::1" }),
    ),
  ];
  for (let round = 0; round < 20_000; round++) {
    const bytes = Uint8Array.from(whole[round % whole.length]!);
    for (let i = 0; i < 3; i++) bytes[Math.floor(random() * bytes.length)] = random() * 256;
    const length = Math.floor(random() * (bytes.length + 1));
    const guard = bytes.slice(length);
    answers.answer(new DataView(bytes.buffer), 0, length);
    assertEquals(bytes.subarray(length), guard);
  }
});

Deno.test("a wrong MAC address, and a range of them, are refused", () => {
  assertThrows(() => new Answers("02:00", []), RangeError);
  assertThrows(() => new Answers(OWN, [AddressRange.parse(OWN)]), RangeError, "IPv4 or IPv6");
});
