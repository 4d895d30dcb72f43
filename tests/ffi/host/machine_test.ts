/** What this machine has and who uses it. */

import {
  cpuCount,
  cpuList,
  freeHugepages,
  hugepages,
  hugetlbfsMounts,
  meminfoKib,
  PAGE_KIB,
  processName,
  totalHugepages,
} from "../../../ffi/host/machine.ts";
import { assert, assertGreater, assertLessOrEqual, assertStrictEquals } from "../../assert.ts";
import { test } from "../eal.ts";

test("hugepages: as the kernel counts them", () => {
  const total = totalHugepages();
  assertGreater(total ?? 0, 0, "the tests need hugepages: run `deno task setup`");
  assertLessOrEqual(freeHugepages(), total ?? 0);
  const small = hugepages().filter(({ pageKib }) => pageKib === PAGE_KIB);
  assertStrictEquals(small.reduce((sum, { total }) => sum + total, 0), total);
  assertStrictEquals(totalHugepages(12_345), undefined);
  assertStrictEquals(freeHugepages(12_345), 0);
});

test("hugetlbfs is mounted and writable", () => {
  assert(hugetlbfsMounts().some(({ pageKib, writable }) => pageKib === PAGE_KIB && writable));
});

test("numbers of /proc/meminfo", () => {
  assertGreater(meminfoKib("MemTotal"), 0);
  assertStrictEquals(meminfoKib("NoSuchThing"), 0);
});

test("lists of CPUs", () => {
  for (const [list, count] of [["", 0], ["0", 1], ["0-3", 4], ["0-3,8,10-11", 7]] as const) {
    assertStrictEquals(cpuCount(list), count, list);
  }
  assertGreater(cpuCount(cpuList()), 0);
});

test("a process without a name is a question mark", () => {
  assertStrictEquals(processName(0), "?");
});
