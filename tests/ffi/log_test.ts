/** DPDK's log, in processes of its own: what reaches stderr. */

import { ealTable } from "../../ffi/boundary/library.ts";
import { assert, assertMatch, assertStrictEquals } from "../assert.ts";
import { ealArgs, otherPrefix, test } from "./eal.ts";
import { ask, Peer, type Refused } from "./peer.ts";

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

/** The installed EAL has options for its log that 22.11 has not. */
const isNewer = ealTable()?.options.some(([, name]) => name === "log-timestamp") ?? false;

/** A test for those; an older EAL has nothing to show. */
function testNewer(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `since 24.11: ${name}`, fn, ignore: !isNewer, sanitizeResources: false });
}

testNewer("--log-timestamp and --log-color shape the lines of EAL and ours", async () => {
  const stderr = await logged("--log-timestamp", "--log-color=always");
  // the time comes first, in a colour of its own
  const line = (text: string) => RegExp(String.raw`^\S*\[ *\d+\.\d{6}\] \S*${text}`, "m");
  assert(stderr.includes("\x1b["), "no colours");
  assertMatch(stderr, line("EAL:"));
  assertMatch(stderr, line("APP:"));
});

testNewer("a failed start says why without timestamp and colours", async () => {
  const args = ealArgs("0@0", otherPrefix(), "--log-timestamp", "--log-color=always");
  const { error } = await ask<Refused>("init", ["{}", ...args, "--vdev=net_pcap0,rx_pcap=/no"]);
  assertMatch(error, /^--vdev=net_pcap0,rx_pcap=\/no: the device does not start: [^[\]]+$/);
});

test("--syslog logs to syslog, and on stderr as well", async () => {
  const stderr = await logged("--syslog=local0");
  // older ones repeat the lines on stderr as they are, newer ones as syslog has them
  assertMatch(stderr, isNewer ? /^\w+\[\d+\]: EAL: Detected/ : /^EAL: Detected/);
  assertMatch(stderr, isNewer ? /\n\w+\[\d+\]: APP: WARNING/ : /\nAPP: WARNING/);
});
