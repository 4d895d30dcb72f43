/**
 * The rows in which packets are forwarded: the command lines of both sides.
 *
 * All have two net_null ports, which make packets from nothing and free what they are sent, at
 * bursts of 32 and 1024 descriptors.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { contest, type Part, type Side } from "./contest.ts";
import type { Row } from "./figures.ts";
import { folderOf } from "../compile/programs.ts";
import { type Command, compilePeer, peer } from "./peers.ts";

/** Memory at the start, MiB, enough for the pool of each. */
const MEMORY = 256;
const EAL = ["--no-pci", "-m", String(MEMORY)];
const PORTS = ["--vdev=net_null0", "--vdev=net_null1"];
const PRIMARY = [...EAL, ...PORTS, "--proc-type=primary"];
const SECONDARY = ["--no-pci", "--proc-type=secondary"];
/** Both poll on CPU 0. */
const CPU0 = "--lcores=0@0";
const CPU1 = "--lcores=1@1";
/** Two lcores, of which the second one only shows statistics. */
const CPU0_AND_STATISTICS = "--lcores=0@0,2@1";

/** How our programs are started. */
function script(name: string): Command {
  return module(`../../../${folderOf(name)}/main.ts`);
}

function module(path: string): Command {
  const file = fileURLToPath(new URL(path, import.meta.url));
  return { command: Deno.execPath(), args: ["run", "-A", file] };
}

/** A process of symmetric_mp. */
function symmetric(command: Command, processes: number, id: number): Part {
  const options = ["--", "-p", "3", `--num-procs=${processes}`, `--proc-id=${id}`];
  const role = id === 0 ? [CPU0, ...PRIMARY] : [CPU1, ...SECONDARY];
  return { command, args: [...role, ...options], ready: /using queue/ };
}

async function symmetricMp(rounds: number, processes: number): Promise<Row[]> {
  const ids = Array.from({ length: processes }, (_, id) => id);
  const side = (command: Command): Side => ids.map((id) => symmetric(command, processes, id));
  const { ts, c } = await contest({
    ts: side(script("symmetric_mp")),
    c: side(await peer("symmetric_mp")),
  }, rounds);
  const name = `symmetric_mp, ${processes} process${processes > 1 ? "es" : ""}`;
  return [forwarded(name, ts.map(({ tx }) => tx), c.map(({ tx }) => tx))];
}

/** A server on CPU 0 and its client on CPU 1. */
function clientServer(server: Command, client: Command): Side {
  return [
    {
      command: server,
      args: [CPU0_AND_STATISTICS, ...PRIMARY, "--", "-p", "3", "-n", "1"],
      ready: /Finished Process Init/,
    },
    {
      command: client,
      args: [CPU1, ...SECONDARY, "--", "-n", "0"],
      ready: /handling packets/,
    },
  ];
}

async function mpServer(rounds: number): Promise<Row[]> {
  const { ts, c } = await contest({
    ts: clientServer(script("mp_server"), script("mp_client")),
    c: clientServer(
      await peer("client_server_mp/mp_server"),
      await peer("client_server_mp/mp_client"),
    ),
  }, rounds);
  const name = "mp_server + mp_client";
  return [
    forwarded(`${name}, received`, ts.map(({ rx }) => rx), c.map(({ rx }) => rx)),
    forwarded(`${name}, out of the client`, ts.map(({ tx }) => tx), c.map(({ tx }) => tx)),
  ];
}

async function l2Forwarding(
  rounds: number,
  mode: "l2fwd" | "mac" | "io",
  name: string,
  theirs: Part,
): Promise<Row[]> {
  const ours: Part = {
    command: module("./forward/main.ts"),
    args: [CPU0, ...PRIMARY, "--", mode],
    ready: /Forwarding/,
  };
  const { ts, c } = await contest({ ts: [ours], c: [theirs] }, rounds);
  return [forwarded(name, ts.map(({ tx }) => tx), c.map(({ tx }) => tx))];
}

async function l2fwd(rounds: number): Promise<Row[]> {
  const theirs: Part = {
    command: { command: "stdbuf", args: ["-oL", await compilePeer("l2fwd")] },
    args: [CPU0, ...PRIMARY, "--", "-p", "3", "-q", "2", "-T", "0"],
    ready: /entering main loop/,
  };
  return await l2Forwarding(rounds, "l2fwd", "both MACs rewritten, against l2fwd", theirs);
}

/** A process for each CPU, against a thread for each. */
async function l2fwdFork(rounds: number): Promise<Row[]> {
  const ours: Part = {
    command: script("l2fwd_fork"),
    args: ["--lcores=0@0,1@0,2@1", ...PRIMARY, "--", "-p", "3", "-T", "0"],
    // both slaves
    ready: /forwards[^]*forwards/,
    polling: 2,
  };
  const theirs: Part = {
    command: { command: "stdbuf", args: ["-oL", await compilePeer("l2fwd")] },
    args: ["--lcores=0@0,1@1", ...PRIMARY, "--", "-p", "3", "-q", "1", "-T", "0"],
    ready: /entering main loop[^]*entering main loop/,
    polling: 2,
  };
  const { ts, c } = await contest({ ts: [ours], c: [theirs] }, rounds);
  const name = "l2fwd_fork, two slaves, against l2fwd";
  return [forwarded(name, ts.map(({ tx }) => tx), c.map(({ tx }) => tx))];
}

async function testpmd(rounds: number, mode: "mac" | "io"): Promise<Row[]> {
  const theirs: Part = {
    command: { command: "stdbuf", args: ["-oL", "dpdk-testpmd"] },
    args: [
      "--lcores=0@0,2@1",
      "--main-lcore=2",
      ...PRIMARY,
      "--",
      `--forward-mode=${mode}`,
      "--nb-cores=1",
      "--burst=32",
      "--total-num-mbufs=8192",
      "--mbcache=256",
      "--rxd=1024",
      "--txd=1024",
    ],
    ready: /Press enter to exit/,
  };
  const what = mode === "io" ? "untouched" : "both MACs rewritten";
  return await l2Forwarding(rounds, mode, `${what}, against testpmd ${mode}`, theirs);
}

function forwarded(name: string, ts: number[], c: number[]): Row {
  return { name, unit: "Mpps", better: "more", ts, c, atLeast: 0.96, forwards: true };
}

/** The rows by the names that `--rows` takes. */
export const FORWARDERS: Record<string, (rounds: number) => Promise<Row[]>> = {
  "symmetric-1": (rounds) => symmetricMp(rounds, 1),
  "symmetric-2": (rounds) => symmetricMp(rounds, 2),
  "client-server": mpServer,
  "l2fwd": l2fwd,
  "l2fwd-fork": l2fwdFork,
  "testpmd-mac": (rounds) => testpmd(rounds, "mac"),
  "testpmd-io": (rounds) => testpmd(rounds, "io"),
};
