/** What a process hands on to those that it starts: descriptors of EAL's among them. */

import { Mempool } from "../../../mod.ts";
import { assertEquals, assertGreater } from "../../assert.ts";
import { ealArgs, filesOf, initTestEal, PREFIX, test } from "../eal.ts";
import { Peer } from "../peer.ts";
import { runToEndSync } from "../../../cmd/lib/command.ts";

const _eal = initTestEal("0@0");

/** Whether a process has an flock() on a file. */
function isLocked(path: string): boolean {
  const { code } = runToEndSync("flock", ["-n", "-x", path, "true"]);
  return code === 1;
}

test("a secondary that it started lets go no lock on its hugepages when it ends", async () => {
  // pages that EAL takes now, whose descriptors a child inherits
  using _pool = Mempool.create("inherited", 20_000, 256);
  const { hugepages } = filesOf(PREFIX);
  assertGreater(hugepages.length, 2);
  assertEquals(hugepages.filter((page) => !isLocked(page)), []);
  await using peer = new Peer("init", ["{}", ...ealArgs("1@0", PREFIX, "--proc-type=secondary")]);
  await peer.next();
  const { code, stderr } = await peer.end();
  assertEquals(code, 0, stderr);
  assertEquals(hugepages.filter((page) => !isLocked(page)), []);
  assertEquals(filesOf(PREFIX).hugepages, hugepages);
});
