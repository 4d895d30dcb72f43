/**
 * Capturing what another process sends at a fixed rate into a file in memory: traffic out of the ring
 * that the packets go through, and dpdk-dumpcap beside the port.
 *
 * @module
 */

import { PcapReader } from "../../../ffi/pcap/pcap.ts";
import { removeRuntimeFiles } from "../../../ffi/host/runtime.ts";
import type { Row } from "./figures.ts";
import { type Command, script } from "./peers.ts";
import { Running } from "./program.ts";

/** What is sent. */
const RATE = "1Mpps";
/** How long each captures, seconds. */
const SECONDS = 2;
/** A tmpfs. */
const MEMORY = "/dev/shm";
const TRAFFIC = "cmd/traffic";

/** How many packets of a second are in a capture file, in millions, by their own times. */
async function rateOf(path: string): Promise<number> {
  await using reader = PcapReader.open(path);
  let [count, first, last] = [0, 0, 0];
  for await (const { seconds, nanoseconds } of reader) {
    last = seconds + nanoseconds / 1e9;
    if (count++ === 0) first = last;
  }
  return (count - 1) / (last - first) / 1e6;
}

/** A process that captures from a sender of a file prefix into a file. */
type Capturing = (prefix: string, path: string) => Command;

/** Out of the ring of a net_ring port. */
function ours(root?: string): Capturing {
  const { command, args } = script(TRAFFIC, root);
  return (prefix, path) => ({
    command,
    args: [
      ...[...args, "--lcores=1@1", "--no-pci", "--proc-type=secondary", `--file-prefix=${prefix}`],
      ...["--", "capture", path, "--duration", `${SECONDS}`, "--ring", "ETH_RXTX0_net_ring0"],
    ],
  });
}

/** What a net_null port sends, which its callback copies. */
const theirs: Capturing = (prefix, path) => ({
  command: "taskset",
  args: [
    ...["-c", "1", "dpdk-dumpcap", `--file-prefix=${prefix}`, "-q", "-i", "net_null0"],
    ...["-a", `duration:${SECONDS}`, "-w", path],
  ],
});

/** Starts a sender to a device, and captures beside it. */
async function capture(device: string, capturing: Capturing, root?: string): Promise<number> {
  const prefix = `bench${Deno.pid}capture`;
  const path = `${MEMORY}/${prefix}.pcapng`;
  const sender = new Running(script(TRAFFIC, root), [
    ...["--lcores=0@0", "--no-pci", "-m", "64", `--file-prefix=${prefix}`, `--vdev=${device}`],
    ...["--", "send", "--rate", RATE],
  ]);
  try {
    await sender.says(/1 s: sent/);
    const running = new Running(capturing(prefix, path), []);
    try {
      // its last line
      await running.says(/lost: {5}|dropped on interface/);
    } finally {
      await running.end();
    }
    return await rateOf(path);
  } finally {
    await sender.end();
    removeRuntimeFiles(prefix);
    Deno.removeSync(path);
  }
}

/** The row of captured packets. */
export async function benchCapture(rounds: number, against?: string): Promise<Row[]> {
  const [ts, c]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ts.push(await capture("net_ring0", ours()));
    c.push(
      against === undefined
        ? await capture("net_null0", theirs)
        : await capture("net_ring0", ours(against), against),
    );
  }
  const name = `captured of ${RATE} into a file in memory, against dpdk-dumpcap`;
  return [{ name, unit: "Mpps", better: "more", ts, c, atLeast: 0.95 }];
}
