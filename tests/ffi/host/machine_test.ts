/** What this machine has and who uses it. */

import {
  cpuCount,
  cpuList,
  freeHugepages,
  hugepages,
  hugetlbfsMounts,
  meminfoKib,
  pageKib,
  pageText,
  processName,
  totalHugepages,
  usualPageKib,
} from "../../../ffi/host/machine.ts";
import { assert, assertGreater, assertLessOrEqual, assertStrictEquals } from "../../assert.ts";
import { test } from "../eal.ts";

test("hugepages: as the kernel counts them", () => {
  const total = totalHugepages();
  assertGreater(total ?? 0, 0, "the tests need hugepages: run `deno task setup`");
  assertLessOrEqual(freeHugepages(), total ?? 0);
  const small = hugepages().filter((count) => count.pageKib === pageKib());
  assertStrictEquals(small.reduce((sum, { total }) => sum + total, 0), total);
  assertStrictEquals(totalHugepages(12_345), undefined);
  assertStrictEquals(freeHugepages(12_345), 0);
});

test("hugetlbfs is mounted and writable", () => {
  assert(hugetlbfsMounts().some((mount) => mount.pageKib === pageKib() && mount.writable));
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

test("hugepages are those of 2 MiB, or what a kernel without them takes", () => {
  assertStrictEquals(usualPageKib([1_048_576, 2048], 2048), 2048);
  // x86-64 with default_hugepagesz=1G; arm64 with pages of 4 KiB
  assertStrictEquals(usualPageKib([2048, 1_048_576], 1_048_576), 2048);
  assertStrictEquals(usualPageKib([64, 2048, 32_768, 1_048_576], 2048), 2048);
  // arm64 with pages of 64 KiB
  assertStrictEquals(usualPageKib([524_288, 16_777_216], 524_288), 524_288);
  // a container that hides them
  assertStrictEquals(usualPageKib([], 2048), 2048);
  assertStrictEquals(usualPageKib([], 0), 2048);
  assertStrictEquals([2048, 524_288, 1_048_576].map(pageText).join(), "2 MiB,512 MiB,1 GiB");
});
