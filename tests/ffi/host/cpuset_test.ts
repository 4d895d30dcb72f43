/** Lcores against the CPUs of a cpuset, which are given here: no process and no EAL. */

import { readEalOptions } from "../../../ffi/host/eal_options.ts";
import { checkCpuset, cpusetCpus } from "../../../ffi/host/cpuset.ts";
import { permits } from "../../../ffi/host/permits.ts";
import { DpdkError } from "../../../mod.ts";
import { threadAffinity } from "../../../ffi/eal_api.ts";
import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { EAL_22_11 } from "./eal_tables.ts";
import { test } from "../eal.ts";

/** Checks these options with a mask of CPUs in a cpuset. */
function check(args: string[], mask: number[], cpuset: number[]): void {
  checkCpuset(readEalOptions(args, EAL_22_11), new Set(mask), () => new Set(cpuset));
}

/** What is refused in a cpuset of CPU 0, and the line. */
const REFUSED: readonly (readonly [args: string[], line: string])[] = [
  [
    ["--lcores=0@0,1@1"],
    "--lcores: expected CPUs of this process's cpuset (0), got CPU 1 (for example --lcores=0@0,1@0)",
  ],
  [
    ["--lcores=0@1"],
    "--lcores: expected CPUs of this process's cpuset (0), got CPU 1 (for example --lcores=0@0)",
  ],
  [
    ["--lcores=(2-3)@(1,2)"],
    "--lcores: expected CPUs of this process's cpuset (0), got CPU 1-2 " +
    "(for example --lcores=2@0,3@0)",
  ],
  [
    ["-l", "0-1"],
    "-l: expected CPUs of this process's cpuset (0), got CPU 1 (for example --lcores=0@0,1@0)",
  ],
  [
    ["-c", "3"],
    "-c: expected CPUs of this process's cpuset (0), got CPU 1 (for example --lcores=0@0,1@0)",
  ],
  [
    ["-l", "0-1", "-S", "1"],
    "-l: expected CPUs of this process's cpuset (0), got CPU 1 (for example --lcores=0@0,1@0)",
  ],
];

for (const [args, line] of REFUSED) {
  test(`${args.join(" ")} is refused in a cpuset of CPU 0`, () => {
    assertEquals(assertThrows(() => check(args, [0], [0]), DpdkError).message, line);
  });
}

test("what EAL can bind to is allowed: one CPU of several, service cores without a thread", () => {
  for (const args of [["--lcores=0@(0,1),1@0"], ["-l", "0"], ["-l", "0", "-S", "1"], []]) {
    check(args, [0], [0]);
  }
});

test("a mask as of taskset is no limit, and without doubt the cpuset is not asked for", () => {
  check(["-l", "0-1"], [0], [0, 1]);
  checkCpuset(readEalOptions(["-l", "0-1"], EAL_22_11), new Set([0, 1]), () => {
    throw new Error("asked for");
  });
});

test("the kernel's answers: the mask of this thread lies within its cpuset", () => {
  const { cpus } = permits("/");
  assertEquals([...cpus], threadAffinity());
  const cpuset = cpusetCpus();
  for (const cpu of cpus) assert(cpuset.has(cpu), `CPU ${cpu}`);
});
