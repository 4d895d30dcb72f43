/** What l2fwd_fork refuses at its start: one clear line on stderr and status 1, each. */

import { assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { program, testPrefix } from "../harness.ts";

const TWO = ["--vdev=net_null0", "--vdev=net_null1"];

/** Arguments that are wrong, and what the message must name. */
const WRONG: { eal?: string[]; args?: string[]; names: string[] }[] = [
  { args: [], names: ["-p", "mask of ports"] },
  { args: ["-p"], names: ["-p", "nothing"] },
  { args: ["-p", "0"], names: ["-p", "'0'"] },
  { args: ["-p", "xyz"], names: ["-p", "'xyz'"] },
  { args: ["-p", "-3"], names: ["-p", "'-3'"] },
  { args: ["-p", "123456789"], names: ["-p", "'123456789'"] },
  { args: ["-p", "3", "-q", "0"], names: ["-q", "from 1 to 15", "'0'"] },
  { args: ["-p", "3", "-q", "16"], names: ["-q", "'16'"] },
  { args: ["-p", "3", "-qx"], names: ["-q", "'x'"] },
  { args: ["-p", "3", "-T", "86401"], names: ["-T", "86400", "'86401'"] },
  { args: ["-p", "3", "-T", "-1"], names: ["-T", "'-1'"] },
  { args: ["-p", "3", "-T", ".5"], names: ["-T", "'.5'"] },
  { args: ["-p", "3", "-T", "1e3"], names: ["-T", "'1e3'"] },
  { args: ["-p", "3", "-q", "1.5"], names: ["-q", "'1.5'"] },
  { args: ["-p", ""], names: ["-p", "hexadecimal"] },
  { args: ["-p", "3", "-q", ""], names: ["-q", "''"] },
  { args: ["-p", "3", "-T", "9999999999"], names: ["-T", "86400"] },
  { args: ["-p", "3", "-p", "3"], names: ["-p", "more than once"] },
  { args: ["-p", "3", "-x"], names: ["-x", "-p PORTMASK"] },
  { args: ["-p", "3", "--floating"], names: ["--floating"] },
  { args: ["-p", "3", "stray"], names: ["stray"] },
  { args: ["slave"], names: ["slave", "master"] },
  { args: ["slave", "lcore=1", "ports=0>1", "master=1"], names: ["1"] },
  {
    eal: [...TWO, "--lcores=0@0,1@1"],
    args: ["-p", "3"],
    names: ["lcores", "2 slaves", "3 lcores"],
  },
  { eal: [...TWO, "--lcores=0@0"], args: ["-p", "3", "-q", "2"], names: ["lcores", "1 slaves"] },
  { eal: [...TWO, "--lcores=0@0,1@1"], args: ["-p", "5"], names: ["-p", "no port 2"] },
  { eal: ["--lcores=0@0,1@1"], args: ["-p", "1"], names: ["-p", "no ports", "net_null"] },
  { eal: ["--proc-type=secondary"], args: ["-p", "1"], names: ["--proc-type", "primary"] },
  { eal: ["--in-memory"], args: ["-p", "1"], names: ["--in-memory", "slaves"] },
  { eal: ["--no-huge"], args: ["-p", "1"], names: ["--no-huge", "slaves"] },
  { eal: ["--frobnicate"], args: ["-p", "1"], names: ["--frobnicate"] },
];

for (const { eal = [], args = [], names } of WRONG) {
  Deno.test(`refused: ${[...eal, "--", ...args].join(" ")}`, async () => {
    await using prefix = testPrefix();
    const process = prefix.spawn("l2fwd_fork", program("l2fwd_fork"), [
      ...prefix.eal({ extra: ["--log-level=1", ...eal] }),
      "--",
      ...args,
    ]);
    await process.closeStdin();
    const { code, signal } = await process.ended();
    assertEquals({ code, signal, stdout: process.stdout }, { code: 1, signal: null, stdout: "" });
    const line = process.stderr.replace(/^(EAL|TELEMETRY): .*\n/gm, "");
    assertMatch(line, /^l2fwd_fork: [^\n]{10,}\n$/, `not one line: ${process.stderr}`);
    for (const name of names) assertStringIncludes(line, name);
    assertEquals(prefix.files(), []);
  });
}

Deno.test("--help prints the README, before -- and after it", async () => {
  await using prefix = testPrefix();
  for (const args of [["--help"], ["--", "-h"]]) {
    const process = prefix.spawn("l2fwd_fork", program("l2fwd_fork"), args);
    await process.closeStdin();
    assertEquals((await process.ended()).code, 0);
    for (const option of ["-p PORTMASK", "-q NQ", "-T PERIOD", "-f "]) {
      assertStringIncludes(process.stdout, option);
    }
    assertEquals(process.stderr, "");
  }
});
