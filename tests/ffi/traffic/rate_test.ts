/** Rates, frame sizes and mixes as people write them. */

import { FrameSizes, lineRate, Rate, RFC2544_FRAME_SIZES } from "../../../ffi/traffic/traffic.ts";
import { spread } from "../../../ffi/traffic/spread.ts";
import { Random } from "../../../ffi/traffic/random.ts";
import { assert, assertEquals, assertThrows } from "../../assert.ts";

Deno.test("line rates that everybody knows", () => {
  assertEquals(Math.floor(lineRate(64, 10_000)), 14_880_952);
  assertEquals(Math.floor(lineRate(1518, 10_000)), 812_743);
  assertEquals(Math.floor(lineRate(64, 100_000)), 148_809_523);
  assertEquals(Math.round(lineRate(64, 1000)), 1_488_095);
});

const RATES: [text: string, shown: string, packets: number][] = [
  ["2Mpps", "2 Mpps", 2e6],
  ["2mpps", "2 Mpps", 2e6],
  ["1.5 kpps", "1.5 kpps", 1500],
  ["800pps", "800 pps", 800],
  [".5Gpps", "500 Mpps", 5e8],
  ["5Gbps", "5 Gbps of layer 2", 5e9 / 512],
  ["5GbpsL2", "5 Gbps of layer 2", 5e9 / 512],
  ["5gbpsl1", "5 Gbps of layer 1", 5e9 / 672],
  ["100bps", "100 bps of layer 2", 100 / 512],
  ["30%", "30 % of the link", 0.3 * 10e9 / 672],
  ["100%", "100 % of the link", 10e9 / 672],
  ["0.07%", "0.07 % of the link", 0.0007 * 10e9 / 672],
  ["10GbpsL1", "10 Gbps of layer 1", 10e9 / 672],
  ["max", "max", Infinity],
  [" MAX ", "max", Infinity],
];

for (const [text, shown, packets] of RATES) {
  Deno.test(`rate '${text}'`, () => {
    const rate = Rate.parse(text);
    assertEquals(`${rate}`, shown);
    const got = rate.packetsPerSecond(64, packets === 5e8 ? 1e6 : 10_000);
    assert(got === packets || Math.abs(got / packets - 1) < 1e-12, `${got}`);
  });
}

const WRONG = [
  "",
  "2",
  "2M",
  "pps",
  "-1pps",
  "0pps",
  "0%",
  "101%",
  "1k%",
  "1e6pps",
  "2Tpps",
  "1,5pps",
]
  .concat(["5GbpsL3", "5 Gb/s", "NaNpps", "Infinity", "2Mpps2", "1..5pps", "2  Mpps"]);

for (const text of WRONG) {
  Deno.test(`no rate: '${text}'`, () => {
    const message = `expected a rate as 2Mpps, 5Gbps, 5GbpsL1, 30% or max, got '${text}'`;
    assertThrows(() => Rate.parse(text), RangeError, message);
  });
}

Deno.test("a rate that the link cannot carry is refused, and so is a share of an unknown link", () => {
  assertThrows(
    () => Rate.parse("15Mpps").packetsPerSecond(64, 10_000),
    RangeError,
    "15 Mpps: a link of 10000 Mbit/s carries 14880952 frames of 64 bytes a second, 15000000 are",
  );
  assertEquals(Rate.parse("15Mpps").packetsPerSecond(64), 15e6);
  assertThrows(
    () => Rate.parse("30%").packetsPerSecond(64),
    RangeError,
    "30 % of the link: the speed of the link is unknown",
  );
  assertThrows(() => Rate.packets(0), RangeError, "above 0, got 0");
  assertEquals(Rate.packets(5).packetsPerSecond(1518), 5);
});

const SIZES: [text: string, shown: string, mean: number, pattern: number[]][] = [
  ["64", "64", 64, [64]],
  ["64,128", "64,128", 96, [64, 128]],
  ["64:2,1518:1", "64:2,1518", (128 + 1518) / 3, [64, 1518, 64]],
  ["64:4,1518:2", "64:4,1518:2", (128 + 1518) / 3, [64, 1518, 64]],
  ["9000", "9000", 9000, [9000]],
  ["imix:aag", "64,64,1518", (128 + 1518) / 3, [64, 64, 1518]],
];

for (const [text, shown, mean, pattern] of SIZES) {
  Deno.test(`frame sizes '${text}'`, () => {
    const sizes = FrameSizes.parse(text);
    assertEquals([`${sizes}`, sizes.mean, [...sizes.pattern]], [shown, mean, pattern]);
  });
}

Deno.test("IMIX is that of FD.io CSIT, 28 of 64, 16 of 570 and 4 of 1518 bytes", () => {
  const { pattern, mean } = FrameSizes.parse("IMIX");
  const count = (bytes: number) => pattern.filter((size) => size === bytes).length;
  assertEquals([count(64), count(570), count(1518), pattern.length], [7, 4, 1, 12]);
  assertEquals(mean, (28 * 64 + 16 * 570 + 4 * 1518) / 48);
  assertEquals(RFC2544_FRAME_SIZES.length, 7);
});

for (const text of ["", "63", "16001", "64,", "64:0", "64:x", "64-128", "imix:z", "imix:", "-64"]) {
  Deno.test(`no frame sizes: '${text}'`, () => {
    assertThrows(() => FrameSizes.parse(text), RangeError, "expected ");
  });
}

Deno.test("a spread has each choice as often as its weight says, evenly (seed 3)", () => {
  const random = new Random(3);
  for (let turn = 0; turn < 200; turn++) {
    const weights = Array.from(
      { length: 1 + Math.floor(random.below(6)) },
      () => 1 + Math.floor(random.below(40)),
    );
    const order = spread(weights);
    const sum = weights.reduce((a, b) => a + b, 0);
    const rounds = sum / order.length;
    for (const [i, weight] of weights.entries()) {
      let seen = 0;
      for (const [at, choice] of order.entries()) {
        if (choice === i) seen++;
        const due = (at + 1) * weight / sum;
        assert(Math.abs(seen - due) <= weights.length, `${weights}: choice ${i} at ${at}`);
      }
      assertEquals(seen * rounds, weight);
    }
  }
});

Deno.test("no weights: 0, parts, too many", () => {
  assertThrows(() => spread([1, 0]), RangeError, "weight of 1, 2, 3 ..., got 0");
  assertThrows(() => spread([0.5]), RangeError, "got 0.5");
  assertThrows(() => spread([65_536, 1]), RangeError, "65536 together at most, got 65537");
  assertEquals([...spread([70_000, 70_000])], [0, 1]);
  assertEquals([...spread([])], []);
});
