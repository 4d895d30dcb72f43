/** Addresses as text and as numbers, ranges and prefixes. */

import {
  AddressRange,
  formatIpv4,
  formatIpv6,
  formatMac,
  parseIpv4,
  parseIpv6,
  parseMac,
} from "../../../ffi/net/net.ts";
import { assertEquals, assertThrows } from "../../assert.ts";

const IPV6: Record<string, string> = {
  "::": "::",
  "::1": "::1",
  "1::": "1::",
  "2001:DB8:0:0:0:0:0:1": "2001:db8::1",
  "2001:0db8:0000:0001:0001:0001:0001:0001": "2001:db8:0:1:1:1:1:1",
  // RFC 5952, section 4.2.3: the longest run, and the first of two
  "2001:0:0:1:0:0:0:1": "2001:0:0:1::1",
  "2001:db8:0:0:1:0:0:1": "2001:db8::1:0:0:1",
  "::ffff:10.0.0.1": "::ffff:10.0.0.1",
  "::ffff:a00:1": "::ffff:10.0.0.1",
  "64:ff9b::192.0.2.33": "64:ff9b::c000:221",
  "1:2:3:4:5:6:7:8": "1:2:3:4:5:6:7:8",
  "1:2:3:4:5:6:1.2.3.4": "1:2:3:4:5:6:102:304",
  "0:0:0:0:0:0:0:0": "::",
  "1:2:3:4:5:6:7::": "1:2:3:4:5:6:7:0",
  "fe80::": "fe80::",
};

for (const [text, canonical] of Object.entries(IPV6)) {
  Deno.test(`IPv6 ${text} is ${canonical}`, () => {
    assertEquals(formatIpv6(parseIpv6(text)), canonical);
  });
}

const NO_IPV6 = [
  ...["", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::"],
  ...["1:2:3:4:5:6:7:8::", "::1%eth0", "1.2.3.4", "::1.2.3", "::1.2.3.4:5", "1.2.3.4::", " ::1"],
];
const NO_IPV4 = [
  "",
  "1.2.3",
  "1.2.3.4.5",
  "256.0.0.1",
  "01.2.3.4",
  "1.2.3.x",
  "1..2.3",
  " 1.2.3.4",
];
const NO_MAC = [
  "",
  "02:00:00:00:00",
  "02:00:00:00:00:00:01",
  "02:00:00-00:00:01",
  "0g:00:00:00:00:01",
];

Deno.test("text that is no address is refused with what was expected", () => {
  for (const text of NO_IPV6) {
    assertThrows(() => parseIpv6(text), RangeError, "expected an IP", text);
  }
  for (const text of NO_IPV4) assertThrows(() => parseIpv4(text), RangeError, "as 10.0.0.1", text);
  for (const text of NO_MAC) assertThrows(() => parseMac(text), RangeError, "a MAC address", text);
});

Deno.test("IPv4 and MAC addresses go there and back", () => {
  for (const text of ["0.0.0.0", "255.255.255.255", "128.0.0.1", "10.1.2.3"]) {
    assertEquals(formatIpv4(parseIpv4(text)), text);
  }
  for (const text of ["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "02:00:5e:10:00:0a"]) {
    assertEquals(formatMac(parseMac(text)), text);
  }
  assertEquals(parseIpv4("192.168.0.1"), 0xc0a80001);
  assertEquals(parseMac("2-0-0-0-0-1"), 0x020000000001);
});

const RANGES: [text: string, first: string, last: string, size: number, shown?: string][] = [
  ["10.0.0.0/8", "10.0.0.0", "10.255.255.255", 2 ** 24],
  ["10.1.2.3/8", "10.0.0.0", "10.255.255.255", 2 ** 24, "10.0.0.0/8"],
  ["0.0.0.0/0", "0.0.0.0", "255.255.255.255", 2 ** 32],
  ["10.0.0.7/32", "10.0.0.7", "10.0.0.7", 1, "10.0.0.7"],
  ["10.0.0.9", "10.0.0.9", "10.0.0.9", 1],
  ["10.0.0.1-10.0.0.9", "10.0.0.1", "10.0.0.9", 9],
  ["10.0.0.0-10.0.0.255", "10.0.0.0", "10.0.0.255", 256, "10.0.0.0/24"],
  ["2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", 2 ** 96],
  ["fe80::1-fe80::ff", "fe80::1", "fe80::ff", 255],
  ["02:00:00:00:00:00/24", "02:00:00:00:00:00", "02:00:00:ff:ff:ff", 2 ** 24],
  ["02-00-00-00-00-01", "02:00:00:00:00:01", "02:00:00:00:00:01", 1, "02:00:00:00:00:01"],
  [
    "02-00-00-00-00-01-02-00-00-00-00-03",
    ...["02:00:00:00:00:01", "02:00:00:00:00:03"] as const,
    3,
    "02:00:00:00:00:01-02:00:00:00:00:03",
  ],
];

for (const [text, first, last, size, shown = text] of RANGES) {
  Deno.test(`range ${text}`, () => {
    const range = AddressRange.parse(text);
    assertEquals([range.first, range.last, range.size, `${range}`], [first, last, size, shown]);
    assertEquals([range.has(first), range.has(last), range.at(0)], [true, true, first]);
    assertEquals(size > 256 || [...range].length === size, true);
  });
}

Deno.test("a range knows what lies outside, and its prefixes", () => {
  const range = AddressRange.parse("10.0.0.1-10.0.0.9");
  assertEquals([range.has("10.0.0.0"), range.has(0x0a00000a), range.has("10.0.0.5")], [
    false,
    false,
    true,
  ]);
  assertEquals(range.prefixes(), ["10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/30", "10.0.0.8/31"]);
  assertThrows(() => range.at(9), RangeError, "has no address 9");
  assertThrows(() => range.has("fe80::1"), RangeError);
  for (const text of ["10.0.0.0/33", "10.0.0.9-10.0.0.1", "10.0.0.0/x", "10.0.0.0/8/8", "x"]) {
    assertThrows(() => AddressRange.parse(text), RangeError, undefined, text);
  }
});
