/** How much room EAL needs in its runtime folder, against what it takes. */

import { readEalOptions } from "../../../ffi/host/eal_options.ts";
import { permits } from "../../../ffi/host/permits.ts";
import { checkRoom, primaryNeed } from "../../../ffi/host/room.ts";
import { DpdkError } from "../../../mod.ts";
import { runtimeFolder } from "../../../ffi/host/runtime.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "../../assert.ts";
import { EAL_22_11 } from "./eal_tables.ts";
import { ealArgs, otherPrefix, PREFIX, test } from "../eal.ts";
import { Peer } from "../peer.ts";

/** Bytes that the files of EAL's in a folder take. */
function taken(folder: string): number {
  return [...Deno.readDirSync(folder)].filter(({ name }) => /^(config|fbarray|hugepage)/.test(name))
    .map(({ name }) => Deno.lstatSync(`${folder}/${name}`).blocks ?? 0)
    .reduce((sum, blocks) => sum + blocks * 512, 0);
}

const page = 4096;

for (
  const [kind, more] of [["hugepages", []], ["no hugepages", ["--no-huge", "-m", "32"]]] as const
) {
  test(`what a primary with ${kind} takes is what was derived for it`, async () => {
    const args = ealArgs("0@0", otherPrefix(), ...more);
    await using peer = new Peer("init", [JSON.stringify({ drivers: false }), ...args]);
    const begun = await peer.next<{ runtimeFolder: string }>();
    const need = primaryNeed(readEalOptions(args, EAL_22_11));
    const bytes = taken(begun.runtimeFolder);
    // the heaps, of no public type, are estimated
    assert(bytes <= need && need - bytes <= 2 * page, `${bytes} taken, ${need} derived`);
    await peer.end();
  });
}

test("a folder without room is refused for either role, one with enough is not", () => {
  const options = readEalOptions(ealArgs("0@0", PREFIX), EAL_22_11);
  const known = permits(runtimeFolder(PREFIX));
  assert(known.bytes >= known.mostBytes, "this machine has room");
  checkRoom(options, "primary", known);
  const full = { ...known, bytes: 64 * 1024 };
  const { message } = assertThrows(() => checkRoom(options, "primary", full), DpdkError);
  assertMatch(message, /^\/\S+: expected \d+ KiB free for EAL's files, got 64 KiB \(.*RUNTIME_DIR/);
  // no primary, no lists of its to copy
  checkRoom(options, "secondary", full);
  assertMatch(
    assertThrows(() => checkRoom(options, "secondary", { ...known, inodes: 3 }), DpdkError)
      .message,
    /expected room for 8 files of EAL's, got 3/,
  );
  assertEquals(checkRoom({ ...options, noShconf: true }, "primary", full), undefined);
});
