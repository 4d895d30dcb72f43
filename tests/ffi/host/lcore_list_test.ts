/** The notations of `-l`, `-c` and `--lcores`, good and bad. */

import { formatRanges, parseLcoreOption } from "../../../ffi/host/lcore_list.ts";
import { DpdkError } from "../../../mod.ts";
import { assertEquals, assertMatch, assertStrictEquals, assertThrows } from "../../assert.ts";

/** As of Debian's DPDK on x86-64; it has 256 on arm64. */
const IDS = { limit: 128 };

/** Lcores with their CPUs, as `0@0 1@0,1`. */
function shown(option: string, text: string): string {
  return [...parseLcoreOption(option, text, IDS)]
    .sort(([a], [b]) => a - b)
    .map(([id, cpus]) => `${id}@${cpus.join(",")}`)
    .join(" ");
}

const GOOD: [option: string, text: string, lcores: string][] = [
  ["-l", "0", "0@0"],
  ["-l", "0-1,3", "0@0 1@1 3@3"],
  ["-l", "3,1", "1@1 3@3"],
  ["-S", "2-3", "2@2 3@3"],
  ["-s", "0xc", "2@2 3@3"],
  ["-l", "1,1,0-1", "0@0 1@1"],
  ["-l", " 0 - 1 , 3 ", "0@0 1@1 3@3"],
  ["-l", "007", "7@7"],
  ["-l", "127", "127@127"],
  ["-c", "1", "0@0"],
  ["-c", "0x3", "0@0 1@1"],
  ["-c", "0XA", "1@1 3@3"],
  ["-c", "f0", "4@4 5@5 6@6 7@7"],
  ["-c", "0x100000000000000000", "68@68"],
  ["--lcores", "2", "2@2"],
  ["--lcores", "0-2", "0@0 1@1 2@2"],
  ["--lcores", "2-0", "0@0 1@1 2@2"],
  ["--lcores", "0,3", "0@0 3@3"],
  ["--lcores", "2@0,3@1", "2@0 3@1"],
  ["--lcores", "2@(0,1)", "2@0,1"],
  ["--lcores", "2@0-1", "2@0,1"],
  ["--lcores", "(2,3)@0", "2@0 3@0"],
  ["--lcores", "(0-3)@(0,1)", "0@0,1 1@0,1 2@0,1 3@0,1"],
  ["--lcores", "0-3@(0-1)", "0@0,1 1@0,1 2@0,1 3@0,1"],
  ["--lcores", "(0,2)", "0@0,2 2@0,2"],
  [
    "--lcores",
    "1,2@(5-7),(3-5)@(0,2),(0,6),7-8", // the example of EAL's own help
    "0@0,6 1@1 2@5,6,7 3@0,2 4@0,2 5@0,2 6@0,6 7@7 8@8",
  ],
  ["--lcores", " ( 2 , 3 )@0", "2@0 3@0"],
  ["--lcores", "127@0", "127@0"],
];

for (const [option, text, lcores] of GOOD) {
  Deno.test(`${option} '${text}'`, () => assertStrictEquals(shown(option, text), lcores));
}

const BAD: [option: string, text: string, expected: RegExp][] = [
  ...["", " ", ",", "0,", ",0", "0,,1", "a", "1-", "-1", "0-1-2", "1.5", "0x1", "12345", "0;1"]
    .map((text): [string, string, RegExp] => ["-l", text, /a list of CPUs such as 0-1,3/]),
  ["-l", "2-0", /a list of CPUs such as 0-1,3, low to high/],
  ["-l", "0,3-1", /low to high/],
  ["-S", "3-2", /a list of service cores such as 2-3, low to high/],
  ["-S", "x", /a list of service cores such as 2-3/],
  ["-s", "0", /a hexadecimal mask of service cores/],
  ["-l", "128", /lcores from 0 to 127/],
  ["-l", "0-9999", /lcores from 0 to 127/],
  ...["", "0", "0x0", "0x", "xyz", "-1", "1 2", "0xfg"]
    .map((
      text,
    ): [string, string, RegExp] => ["-c", text, /a hexadecimal mask of CPUs such as 0x3/]),
  ["-c", `1${"0".repeat(32)}`, /lcores from 0 to 127/],
  ...[
    "",
    "0,",
    ",0",
    "2@",
    "@0",
    "2@@0",
    "2@0@1",
    "(2@0",
    "2)@0",
    "()",
    "()@0",
    "2@()",
    "a@0",
    "2@a",
    "(0,1",
    "2@0,,3@1",
    "1-@0",
    "2@0 3@1",
    "2@0;3@1",
  ]
    .map((text): [string, string, RegExp] => ["--lcores", text, /lcores at CPUs such as 2@0,3@1/]),
  ["--lcores", "128@0", /lcores from 0 to 127/],
  ["--lcores", "(0-128)@0", /lcores from 0 to 127/],
];

for (const [option, text, expected] of BAD) {
  Deno.test(`${option} '${text}' is refused`, () => {
    const { message } = assertThrows(() => parseLcoreOption(option, text, IDS), DpdkError);
    assertMatch(message, /^[^\n]+$/);
    assertMatch(message, expected);
    assertStrictEquals(message.slice(0, option.length + 2), `${option}: `);
    assertStrictEquals(message.endsWith(`, got '${text}'`), true, message);
  });
}

Deno.test("lcore ids are counted from a base, in the order of the CPUs", () => {
  const cpus = parseLcoreOption("-l", "200-201,4", { limit: 128, base: 8 });
  assertEquals([...cpus], [[8, [4]], [9, [200]], [10, [201]]]);
  for (const [text, base] of [["0-1", 127], ["0-200", 0]] as const) {
    const { message } = assertThrows(
      () => parseLcoreOption("-l", text, { limit: 128, base }),
      DpdkError,
    );
    assertStrictEquals(message, `-l: expected lcores from 0 to 127, got '${text}'`);
  }
});

Deno.test("a DPDK for 256 lcores takes 255, and no limit takes all", () => {
  assertEquals([...parseLcoreOption("-l", "255", { limit: 256 }).keys()], [255]);
  assertThrows(() => parseLcoreOption("-l", "256", { limit: 256 }), DpdkError, "0 to 255");
  assertEquals([...parseLcoreOption("-l", "1000").keys()], [1000]);
});

Deno.test("numbers as EAL writes them", () => {
  assertStrictEquals(formatRanges([]), "");
  assertStrictEquals(formatRanges([5]), "5");
  assertStrictEquals(formatRanges([5, 0, 2, 1]), "0-2,5");
  assertStrictEquals(formatRanges(new Set([0, 1, 3, 4, 6])), "0-1,3-4,6");
});

Deno.test("what formatRanges writes, -l reads", () => {
  const all = Array.from({ length: IDS.limit }, (_, id) => id);
  for (const list of [all, all.filter((id) => id % 3 !== 0), [IDS.limit - 1]]) {
    assertEquals([...parseLcoreOption("-l", formatRanges(list), IDS).keys()], list);
  }
});
