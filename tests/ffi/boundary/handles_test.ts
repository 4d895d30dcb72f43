/**
 * Handles of one object share its life in a process, also between Workers. Each case is a process,
 * so that a segmentation fault is a failed test.
 */

import { assertEquals, assertMatch, assertStrictEquals } from "../../assert.ts";
import { ealArgs, otherPrefix } from "../eal.ts";
import { Peer } from "../peer.ts";

/** What the script says of a case, which must end well and without a word. */
async function outcome<T>(what: string, ...more: string[]): Promise<T> {
  const args = ealArgs("0@0,1@1", otherPrefix(), "--log-level=1", ...more);
  const flags = { DENO_V8_FLAGS: "--expose-gc" };
  await using peer = new Peer("handles", [what, ...args], flags);
  const said = await peer.next<T>();
  assertEquals(await peer.end(), { code: 0, stderr: "" });
  return said;
}

const gone = (what: string) => ({ error: `${what}: used after disposal`, code: "" });
const USED = JSON.stringify([60, 60, 1024, true]);

Deno.test("the creator goes: handles of the same thread throw, and views are empty", async () => {
  assertEquals(await outcome("same thread"), {
    exists: [false, false, false],
    uses: [
      gone("Ring R"),
      gone("Ring R"),
      gone("Mempool P"),
      gone("Mempool P"),
      gone("Memzone Z"),
    ],
    views: [0, null, 0],
  });
});

Deno.test("a looked-up handle goes: the object stays until its creator's goes", async () => {
  assertEquals(await outcome("the looked-up one first"), [
    [true, true, true],
    [false, false, false],
  ]);
});

Deno.test("the creator goes: a Worker's handles can be used until it disposes of them", async () => {
  assertEquals(await outcome("a Worker's, disposed of"), [
    [true, true, true],
    USED,
    [false, false, false],
  ]);
});

Deno.test("a Worker that disposes of nothing has nothing when its thread has ended", async () => {
  assertEquals(await outcome("a Worker's, of which only its end disposes"), [
    USED,
    [false, false, false],
  ]);
});

Deno.test("EAL does not end under a Worker", async () => {
  const [refused, used] = await outcome<[{ error: string; code: string }, string]>(
    "EAL under a Worker",
  );
  assertMatch(
    refused.error,
    /^rte_eal_cleanup: EBUSY: Workers still run as lcore 1 \(stop\(\) them and await `done` first\)$/,
  );
  assertStrictEquals(used, USED);
});

Deno.test("views outlive their handles, and are empty when the memory goes", async () => {
  assertEquals(await outcome("collected handles"), [
    [true, true],
    [0, 0],
    [false, false, false],
  ]);
});

Deno.test("memory that was transferred away is not freed under its new owner", async () => {
  const reason = "EBUSY: its memory was transferred to another thread, so it cannot be freed " +
    "(let a Worker look it up by its name instead)";
  assertEquals(await outcome("memory that was given away"), [
    [
      { error: `free memzone Z: ${reason}`, code: "EBUSY" },
      { error: `free mempool P: ${reason}`, code: "EBUSY" },
    ],
    [false, true, true],
  ]);
});

Deno.test("a pool that goes stops its port, by whatever handle it was set up", async () => {
  const [received, refused, there] = await outcome<[number, { error: string }, boolean]>(
    "a pool under a port",
    "--vdev=net_null0",
  );
  assertStrictEquals(received, 4);
  assertMatch(refused.error, /^burst on port 0: ENOTSUP: the port is not started /);
  assertStrictEquals(there, false);
});

Deno.test("EAL's arguments cannot hide anything behind a NUL", async () => {
  await using peer = new Peer("nul_argument", ealArgs("0@0", otherPrefix()));
  const said = [await peer.next(), await peer.next(), await peer.next()];
  const refused = "RangeError: expected a text without NUL or half characters, got ";
  assertEquals(said, [
    refused + String.raw`"--file-prefix=a\u0000b"`,
    refused + String.raw`"0\u0000-1"`,
    refused + String.raw`"\ud800"`,
  ]);
  assertEquals(await peer.end(), { code: 0, stderr: "" });
});
