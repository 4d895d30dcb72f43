/** What this machine has and who uses it. */

import {
  cpuCount,
  cpuList,
  freeHugepages,
  hugepages,
  hugetlbfsMounts,
  meminfoKib,
  PAGE_KIB,
  processesOf,
  processName,
  runtimeFolders,
  runtimeRoot,
  totalHugepages,
} from "../../ffi/machine.ts";
import {
  assert,
  assertEquals,
  assertGreater,
  assertLessOrEqual,
  assertStrictEquals,
} from "../assert.ts";
import { ealArgs, otherPrefix, test } from "./eal.ts";
import { Peer } from "./peer.ts";

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

test("a runtime folder and the processes that live in it", async () => {
  const prefix = otherPrefix();
  const path = `${runtimeRoot()}/${prefix}`;
  await using primary = new Peer("init", ["{}", ...ealArgs("0@0", prefix)]);
  await primary.next();
  const named = { pid: primary.pid, name: "init" };
  assertEquals(runtimeFolders().find((folder) => folder.prefix === prefix), {
    prefix,
    path,
    processes: [named],
    alive: true,
  });
  // a primary shows by its lock, a secondary by its socket
  assertEquals(processesOf(path), []);
  assertEquals(processesOf(path, primary.pid), [named]);
  const args = ealArgs("2@0", prefix, "--proc-type=secondary");
  await using secondary = new Peer("init", ["{}", ...args]);
  await secondary.next();
  assertEquals(processesOf(path), [{ pid: secondary.pid, name: "init" }]);
  assertStrictEquals(processesOf(path, primary.pid).length, 2);

  // a socket of a dead process means nothing
  secondary.kill("SIGKILL");
  await secondary.end();
  assertEquals(processesOf(path), []);
  await primary.end();
  assertEquals(runtimeFolders().filter((folder) => folder.prefix === prefix), []);
  assertEquals(processesOf(path), []);
});
