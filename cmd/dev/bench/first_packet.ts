/**
 * From the start of symmetric_mp until its first packet has left.
 *
 * The packet comes out of a file and goes into another (net_pcap), whose growth is what is
 * waited for.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { removeRuntimeFiles } from "../../../ffi/host/runtime.ts";
import { folderOf } from "../compile/programs.ts";
import type { Row } from "./figures.ts";
import { type Command, compiledProgram, compilePeer, script } from "./peers.ts";
import { Running } from "./program.ts";

/** How long it may take, in milliseconds. */
const PATIENCE = 60_000;
/** Bytes of a pcap file without packets. */
const PCAP_HEADER = 24;

/** A pcap file with one frame of 64 bytes. */
function onePacket(): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(PCAP_HEADER + 16 + 64);
  const view = new DataView(file.buffer);
  // magic, version 2.4, snap length, Ethernet; then captured and original length of the frame
  const words: [number, number][] = [
    [0, 0xa1b2c3d4],
    [4, 0x0004_0002],
    [16, 65_535],
    [20, 1],
    [PCAP_HEADER + 8, 64],
    [PCAP_HEADER + 12, 64],
  ];
  for (const [at, word] of words) view.setUint32(at, word, true);
  return file;
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

async function measure(command: Command, folder: string): Promise<number> {
  const prefix = `bench${Deno.pid}first`;
  const [input, output] = [`${folder}/in.pcap`, `${folder}/out.pcap`];
  Deno.writeFileSync(input, onePacket());
  Deno.writeFileSync(output, new Uint8Array());
  const start = performance.now();
  const running = new Running(command, [
    "--no-pci",
    "-m",
    "256",
    "--lcores=0@0",
    `--file-prefix=${prefix}`,
    `--vdev=net_pcap0,rx_pcap=${input},tx_pcap=/dev/null`,
    `--vdev=net_pcap1,rx_pcap=${input},tx_pcap=${output}`,
    "--",
    "-p",
    "3",
    "--num-procs=1",
    "--proc-id=0",
  ]);
  try {
    while (sizeOf(output) <= PCAP_HEADER) {
      if (performance.now() - start > PATIENCE) throw new Error("no packet has left symmetric_mp");
      await delay(1);
    }
    return performance.now() - start;
  } finally {
    await running.end();
    removeRuntimeFiles(prefix);
  }
}

/** The sides: from source, in C, and compiled where `deno task compile` has been at work. */
async function sides(against?: string): Promise<Record<string, Command>> {
  const folder = folderOf("symmetric_mp");
  const source = script(folder);
  if (against !== undefined) return { source, c: script(folder, against) };
  const c = { command: await compilePeer("symmetric_mp"), args: [] };
  const compiled = compiledProgram("symmetric_mp");
  return { source, c, ...compiled ? { compiled } : {} };
}

/** The rows of symmetric_mp's first packet: from source, and compiled. */
export async function benchFirstPacket(rounds: number, against?: string): Promise<Row[]> {
  const measured = Object.entries(await sides(against)).map(([side, command]) => ({
    side,
    command,
    ms: [] as number[],
  }));
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-bench-" });
  try {
    // round 0 warms the caches of all sides and does not count
    for (let round = 0; round <= rounds; round++) {
      for (const { command, ms } of measured) {
        const taken = await measure(command, folder);
        if (round > 0) ms.push(taken);
      }
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
  const c = measured.find(({ side }) => side === "c")?.ms ?? [];
  return measured.filter(({ side }) => side !== "c").map(({ side, ms }): Row => ({
    name: `symmetric_mp to its first packet${side === "compiled" ? ", compiled" : ""}`,
    unit: "ms",
    better: "less",
    ts: ms,
    c,
  }));
}
