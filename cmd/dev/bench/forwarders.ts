/**
 * The rows in which packets are forwarded: the command lines of both sides.
 *
 * All have two net_null ports, which make packets from nothing and free what they are sent, at
 * bursts of 32 and 1024 descriptors.
 *
 * @module
 */

import { contest, type Part, type Rates, type Side } from "./contest.ts";
import type { Row } from "./figures.ts";
import { folderOf } from "../compile/programs.ts";
import type { Mode } from "./forward/ports.ts";
import { PcapWriter } from "../../../ffi/pcap/pcap.ts";
import { FLOWS, type Mode as SendMode } from "./send/flows.ts";
import { type Command, compileOwn, peer, script } from "./peers.ts";

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

/** The linker takes it whoever comes behind it. */
const LIBPCAP = "-Wl,--no-as-needed,-lpcap";

/** The bench's own forwarder. */
const FORWARD = "cmd/dev/bench/forward";

/**
 * Our side by turns with C's, or with ours of another checkout.
 *
 * @param ours makes our side: of this checkout, or of the one whose folder it is given.
 * @param theirs makes C's.
 */
async function byTurns(
  rounds: number,
  against: string | undefined,
  ours: (root?: string) => Side,
  theirs: () => Promise<Side>,
): Promise<Record<"ts" | "c", Rates[]>> {
  const other = against === undefined ? await theirs() : ours(against);
  return await contest({ ts: ours(), c: other }, rounds);
}

/** A process of symmetric_mp. */
function symmetric(command: Command, processes: number, id: number): Part {
  const options = ["--", "-p", "3", `--num-procs=${processes}`, `--proc-id=${id}`];
  const role = id === 0 ? [CPU0, ...PRIMARY] : [CPU1, ...SECONDARY];
  return { command, args: [...role, ...options], ready: /using queue/ };
}

async function symmetricMp(rounds: number, processes: number, against?: string): Promise<Row[]> {
  const ids = Array.from({ length: processes }, (_, id) => id);
  const side = (command: Command): Side => ids.map((id) => symmetric(command, processes, id));
  const { ts, c } = await byTurns(
    rounds,
    against,
    (root) => side(script(folderOf("symmetric_mp"), root)),
    async () => side(await peer("symmetric_mp")),
  );
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

async function mpServer(rounds: number, against?: string): Promise<Row[]> {
  const [server, client] = [folderOf("mp_server"), folderOf("mp_client")];
  const { ts, c } = await byTurns(
    rounds,
    against,
    (root) => clientServer(script(server, root), script(client, root)),
    async () =>
      clientServer(
        await peer("client_server_mp/mp_server"),
        await peer("client_server_mp/mp_client"),
      ),
  );
  const name = "mp_server + mp_client";
  return [
    forwarded(`${name}, received`, ts.map(({ rx }) => rx), c.map(({ rx }) => rx)),
    forwarded(`${name}, out of the client`, ts.map(({ tx }) => tx), c.map(({ tx }) => tx)),
  ];
}

/** The bench's own forwarder, or one that has its options. */
function forwarder(command: Command, mode: Mode): Side {
  return [{ command, args: [CPU0, ...PRIMARY, "--", mode], ready: /Forwarding/ }];
}

/** The bench's own loops over headers, against the same in C. */
async function headers(
  { rounds, mode, name, atLeast, against }: {
    rounds: number;
    mode: Mode;
    name: string;
    atLeast: number;
    against: string | undefined;
  },
): Promise<Row[]> {
  const { ts, c } = await byTurns(
    rounds,
    against,
    (root) => forwarder(script(FORWARD, root), mode),
    async () => forwarder({ command: await compileOwn("packets", [LIBPCAP]), args: [] }, mode),
  );
  const [ours, theirs] = [ts.map(({ rx }) => rx), c.map(({ rx }) => rx)];
  return [{ name, unit: "Mpps", better: "more", ts: ours, c: theirs, atLeast }];
}

async function l2Forwarding(
  { rounds, mode, name, theirs, against }: {
    rounds: number;
    mode: Mode;
    name: string;
    theirs: () => Promise<Side>;
    against: string | undefined;
  },
): Promise<Row[]> {
  const ours = (root?: string) => forwarder(script(FORWARD, root), mode);
  const { ts, c } = await byTurns(rounds, against, ours, theirs);
  return [forwarded(name, ts.map(({ tx }) => tx), c.map(({ tx }) => tx))];
}

async function l2fwd(rounds: number, against?: string): Promise<Row[]> {
  const theirs = async (): Promise<Side> => [{
    command: await peer("l2fwd"),
    args: [CPU0, ...PRIMARY, "--", "-p", "3", "-q", "2", "-T", "0"],
    ready: /entering main loop/,
  }];
  const name = "both MACs rewritten, against l2fwd";
  return await l2Forwarding({ rounds, mode: "l2fwd", name, theirs, against });
}

/** A process for each CPU, against a thread for each. */
async function l2fwdFork(rounds: number, against?: string): Promise<Row[]> {
  const ours = (root?: string): Side => [{
    command: script(folderOf("l2fwd_fork"), root),
    args: ["--lcores=0@0,1@0,2@1", ...PRIMARY, "--", "-p", "3", "-T", "0"],
    // both slaves
    ready: /forwards[^]*forwards/,
    polling: 2,
  }];
  const theirs = async (): Promise<Side> => [{
    command: await peer("l2fwd"),
    args: ["--lcores=0@0,1@1", ...PRIMARY, "--", "-p", "3", "-q", "1", "-T", "0"],
    ready: /entering main loop[^]*entering main loop/,
    polling: 2,
  }];
  const { ts, c } = await byTurns(rounds, against, ours, theirs);
  const name = "l2fwd_fork, two slaves, against l2fwd";
  return [forwarded(name, ts.map(({ tx }) => tx), c.map(({ tx }) => tx))];
}

/** testpmd in one of its modes, on CPU 0, with pool and queues as ours. */
function testpmdSide(mode: string, eal: readonly string[], ...options: string[]): Side {
  return [{
    command: { command: "stdbuf", args: ["-oL", "dpdk-testpmd"] },
    args: [
      "--lcores=0@0,2@1",
      "--main-lcore=2",
      ...eal,
      "--",
      `--forward-mode=${mode}`,
      "--nb-cores=1",
      "--burst=32",
      "--total-num-mbufs=8192",
      "--mbcache=256",
      "--rxd=1024",
      "--txd=1024",
      ...options,
    ],
    ready: /Press enter to exit/,
  }];
}

async function testpmd(rounds: number, mode: "mac" | "io", against?: string): Promise<Row[]> {
  const theirs = testpmdSide(mode, PRIMARY);
  const what = mode === "io" ? "untouched" : "both MACs rewritten";
  const name = `${what}, against testpmd ${mode}`;
  return await l2Forwarding({ rounds, mode, name, theirs: () => Promise.resolve(theirs), against });
}

/** One port that takes packets and gives none. */
const ONE_PORT = [...EAL, "--vdev=net_null0,no-rx=1", "--proc-type=primary"];

/** The rows in which packets are sent, testpmd's options, and what is asked of each. */
const SENDING: readonly { mode: SendMode; name: string; theirs: string[]; atLeast: number }[] = [
  { mode: "txonly", name: "all alike, against testpmd txonly", theirs: ["txonly"], atLeast: 1.1 },
  {
    mode: "multi-flow",
    name: "one field, against testpmd --txonly-multi-flow",
    theirs: ["txonly", "--txonly-multi-flow"],
    atLeast: 1.3,
  },
  {
    mode: "flowgen",
    name: "four fields, against testpmd flowgen",
    theirs: ["flowgen"],
    atLeast: 1.3,
  },
];

async function sending(
  { mode, name, theirs: [forward = "", ...options], atLeast }: typeof SENDING[number],
  rounds: number,
  against?: string,
): Promise<Row[]> {
  const { ts, c } = await byTurns(
    rounds,
    against,
    (root) => [{
      command: script("cmd/dev/bench/send", root),
      args: [CPU0, ...ONE_PORT, "--", mode],
      ready: /Sending/,
    }],
    () => Promise.resolve(testpmdSide(forward, ONE_PORT, "--port-topology=loop", ...options)),
  );
  return [sent(`sent: ${name}`, { ts, c }, "tx", atLeast)];
}

/** A row in which the CPU time is told too. */
function sent(
  name: string,
  { ts, c }: Record<"ts" | "c", Rates[]>,
  which: "rx" | "tx",
  atLeast?: number,
): Row {
  const of = (rates: Rates[], key: keyof Rates) => rates.map((window) => window[key]);
  return {
    name,
    unit: "Mpps",
    better: "more",
    ts: of(ts, which),
    c: of(c, which),
    cpu: { ts: of(ts, "cpu"), c: of(c, "cpu") },
    ...atLeast === undefined ? {} : { atLeast },
  };
}

/** Sends over net_memif to a receiving process: traffic, and testpmd's txonly and rxonly. */
async function sendingOverMemif(rounds: number, against?: string): Promise<Row[]> {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-bench-" });
  const ends = (side: string) => {
    const socket = `socket-abstract=no,socket=${folder}/${side}`;
    const eal = (role: string) => [
      ...["--no-pci", "-m", "64", "--proc-type=primary"],
      `--vdev=net_memif0,role=${role},${socket}`,
    ];
    return { receiver: eal("server"), sender: eal("client") };
  };
  const ours = (root?: string): Side => {
    const { receiver, sender } = ends(root === undefined ? "ours" : "other");
    const command = script("cmd/traffic", root);
    return [
      { command, args: [CPU0, ...receiver, "--", "receive"], ready: /1 s: received/ },
      {
        command,
        // as many bytes as testpmd's packets have, without a check sequence
        args: ["--lcores=1@1", ...sender, "--", "send", "--size", "68"],
        ready: /1 s: sent/,
        primary: "to",
      },
    ];
  };
  const theirs = (): Promise<Side> => {
    const { receiver, sender } = ends("c");
    const [to] = testpmdSide("txonly", sender, "--port-topology=loop");
    const onCpu1 = (args: string[]) => ["--lcores=0@1,2@0", ...args.slice(1)];
    return Promise.resolve([
      ...testpmdSide("rxonly", receiver, "--port-topology=loop"),
      { ...to!, args: onCpu1(to!.args), primary: "to" },
    ]);
  };
  try {
    const sides = await byTurns(rounds, against, ours, theirs);
    const name = "over net_memif, against testpmd";
    return [
      sent(`sent: ${name} txonly`, sides, "tx"),
      sent(`received: ${name} rxonly`, sides, "rx"),
    ];
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Packets of the file that is replayed: testpmd has each of them in an mbuf. */
const REPLAYED = 1000;

/** Writes a capture file of packets as testpmd's txonly sends. */
function writeReplayed(path: string): void {
  using writer = PcapWriter.create(path);
  const packet = FLOWS.txonly();
  for (let i = 0; i < REPLAYED; i++) writer.write(packet.next());
}

/** Replays a file out of a net_null port again and again: traffic, and testpmd out of net_pcap. */
async function replaying(rounds: number, against?: string): Promise<Row[]> {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-bench-" });
  const file = `${folder}/replayed.pcap`;
  try {
    writeReplayed(file);
    const ours = (root?: string): Side => [{
      command: script("cmd/traffic", root),
      args: [CPU0, ...ONE_PORT, "--", "replay", file, "--rate", "max", "--loop", "0"],
      ready: /1 s: replayed/,
    }];
    const reading = `--vdev=net_pcap0,rx_pcap=${file},infinite_rx=1`;
    const theirs = testpmdSide("io", [...ONE_PORT, reading], "--port-topology=paired");
    const sides = await byTurns(rounds, against, ours, () => Promise.resolve(theirs));
    const name = "a capture file again and again, against testpmd io from net_pcap infinite_rx";
    return [sent(`replayed: ${name}`, sides, "tx", 0.8)];
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** The rows of packets with headers, and what is asked of each. */
const HEADERS: readonly { mode: Mode; name: string; atLeast: number }[] = [
  { mode: "flows", name: "5-tuples read, packets counted by flow", atLeast: 0.7 },
  { mode: "route", name: "MACs, TTL and checksum rewritten", atLeast: 0.8 },
  { mode: "filter", name: "filtered by rte_bpf, half dropped", atLeast: 0.9 },
];

function forwarded(name: string, ts: number[], c: number[]): Row {
  return { name, unit: "Mpps", better: "more", ts, c, atLeast: 0.96, forwards: true };
}

/** The rows by the names that `--rows` takes. */
export const FORWARDERS: Record<string, (rounds: number, against?: string) => Promise<Row[]>> = {
  "symmetric-1": (rounds, against) => symmetricMp(rounds, 1, against),
  "symmetric-2": (rounds, against) => symmetricMp(rounds, 2, against),
  "client-server": mpServer,
  "l2fwd": l2fwd,
  "l2fwd-fork": l2fwdFork,
  "testpmd-mac": (rounds, against) => testpmd(rounds, "mac", against),
  "testpmd-io": (rounds, against) => testpmd(rounds, "io", against),
  ...Object.fromEntries(
    SENDING.map((row) => [
      `send-${row.mode}`,
      (rounds: number, against?: string) => sending(row, rounds, against),
    ]),
  ),
  "send-memif": sendingOverMemif,
  "replay": replaying,
  ...Object.fromEntries(
    HEADERS.map((row) => [
      row.mode,
      (rounds: number, against?: string) => headers({ ...row, rounds, against }),
    ]),
  ),
};
