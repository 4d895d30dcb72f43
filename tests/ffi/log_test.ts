/** DPDK's log, in processes of its own: what reaches stderr. */

import { assertMatch, assertStrictEquals } from "../assert.ts";
import { ealArgs, otherPrefix, test } from "./eal.ts";
import { Peer } from "./peer.ts";

/** Stderr of a process that logs one line a level, after EAL's own. */
async function logged(...args: string[]): Promise<string> {
  await using peer = new Peer("logger", ealArgs("0@0", otherPrefix(), ...args));
  assertStrictEquals(await peer.next<string>(), "done");
  const { code, stderr } = await peer.end();
  assertStrictEquals(code, 0);
  return stderr;
}

const LEVELS = ["EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG"];

/** The lines of these levels, as they must stand in stderr. */
function lines(count: number): string {
  return LEVELS.slice(0, count).map((level) => `APP: ${level}: größe 100%s\n`).join("");
}

test("levels up to INFO are shown, as the line was given", async () => {
  const stderr = await logged();
  assertMatch(stderr, /^EAL: Detected CPU lcores/);
  assertStrictEquals(stderr.slice(stderr.indexOf("APP:")), lines(7));
});

test("--log-level=user1:N shows the graver ones", async () => {
  for (const [level, count] of [["error", 4], ["8", 8], ["1", 1]] as const) {
    const stderr = await logged(`--log-level=user1:${level}`);
    assertStrictEquals(stderr.slice(stderr.indexOf("APP:")), lines(count));
  }
});

test("--log-level=4 silences EAL and what is less grave", async () => {
  assertStrictEquals(await logged("--log-level=4"), lines(4));
});
