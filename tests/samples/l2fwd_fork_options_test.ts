/** What l2fwd_fork refuses at its start: one clear line on stderr and status 1, each. */

import { assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { program, testPrefix } from "../harness.ts";

const TWO = ["--vdev=net_null0", "--vdev=net_null1"];

/** Arguments that are wrong, and what the message must name. */
const WRONG: { eal?: string[]; args?: string[]; names: string[] }[] = [
  { args: [], names: ["-p", "mask of ports"] },
  { args: ["-p", "3", "--floating"], names: ["--floating: ", "one of -p, -q, -T, -f"] },
  { args: ["slave"], names: ["slave", "master"] },
  { args: ["slave", "lcore=1", "ports=0>1", "master=1"], names: ["1"] },
  {
    eal: [...TWO, "--lcores=0@0,1@1"],
    args: ["-p", "3"],
    names: ["-l: ", "3 lcores", "2 for slaves of 2 ports", "got '2'"],
  },
  { eal: [...TWO, "--lcores=0@0"], args: ["-p", "3", "-q", "2"], names: ["-l: ", "1 for slaves"] },
  { eal: [...TWO, "--lcores=0@0,1@1"], args: ["-p", "c"], names: ["-p: ", "ports 0, 1", "'c'"] },
  { eal: ["--lcores=0@0,1@1"], args: ["-p", "1"], names: ["-p: ", "there are none", "net_null"] },
  { eal: ["--proc-type=secondary"], args: ["-p", "1"], names: ["--proc-type", "primary"] },
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
