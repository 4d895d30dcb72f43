/**
 * `deno task demo`: lets a primary and a secondary of simple_mp talk. See README.md, which is also
 * its `--help`.
 *
 * @module
 */

import { cpuList, parseLcoreOption, removeRuntimeFiles } from "../../ffi/machine.ts";
import { readOptions } from "../lib/options.ts";
import { task } from "../lib/task.ts";
import { onSignal, run } from "../lib/run.ts";
import { setUp } from "../lib/setup/setup.ts";
import { say } from "../lib/stdout.ts";
import { Peer, type Role, SCRIPT } from "./peer.ts";
import { sideBySide } from "./transcripts.ts";

const NAME = "demo";
const README = new URL("./README.md", import.meta.url);

/** How long the exchange may take, in milliseconds; it takes 1,000. */
const LIMIT = 12_000;

/** Who sends what, in this order. */
const MESSAGES: readonly (readonly [Role, string])[] = [
  ["primary", "hello, secondary"],
  ["secondary", "hello, primary"],
  ["primary", "Grüße, κόσμε, мир ✓"],
  ["secondary", "žluťoučký kůň"],
  ["primary", "a ring for each way"],
  ["secondary", "one pool for both"],
];

/** EAL arguments: two lcores for each process on this machine's first two CPUs, or its only one. */
function ealArgs(role: Role): string[] {
  const [one = 0, two = one] = parseLcoreOption("-l", cpuList()).keys();
  const lcores = role === "primary" ? `0@${one},1@${two}` : `2@${one},3@${two}`;
  return [`--lcores=${lcores}`, "--no-pci", `--proc-type=${role}`];
}

/** Each message is sent when the one before it has arrived. */
async function exchange(peers: Record<Role, Peer>): Promise<void> {
  await peers.secondary.ready();
  for (const [from, message] of MESSAGES) {
    await peers[from].type(`send ${message}`);
    await peers[from === "primary" ? "secondary" : "primary"].receives(message);
  }
  await peers.secondary.quit();
  await peers.primary.quit();
}

/** Runs the whole demo; both processes have ended when it returns or throws. */
async function talk(filePrefix: string, signal: AbortSignal): Promise<void> {
  const show = sideBySide<Role>("primary", "secondary");
  const start = (role: Role) =>
    new Peer({
      role,
      args: [...ealArgs(role), `--file-prefix=${filePrefix}`],
      show: (line) => show(role, line),
      signal,
    });
  await using primary = start("primary");
  await primary.ready();
  await using secondary = start("secondary");
  await exchange({ primary, secondary });
}

async function demo(args: string[]): Promise<number> {
  readOptions(args, {});
  if (!await setUp()) return 1;
  const stop = new AbortController();
  let status = 0;
  onSignal((signalStatus) => {
    status = signalStatus;
    stop.abort("interrupted");
  });
  const timer = setTimeout(() => stop.abort(`${LIMIT / 1000} s passed`), LIMIT);
  const filePrefix = `demo_${Deno.pid}`;
  try {
    await talk(filePrefix, stop.signal);
  } catch (error) {
    // Ctrl-C needs no explanation
    if (status === 0) throw error;
    return status;
  } finally {
    clearTimeout(timer);
    // a process that was killed leaves its files
    removeRuntimeFiles(filePrefix);
  }
  const deno = task(NAME).replace(/ task \w+$/, "");
  say("\nThe same by hand, in two terminals in this folder:");
  for (const role of ["primary", "secondary"] as const) {
    say(`  ${deno} run -A ${SCRIPT} ${ealArgs(role).join(" ")}`);
  }
  return 0;
}

await run(NAME, README, demo);
