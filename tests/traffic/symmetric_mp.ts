/**
 * symmetric_mp processes on two ports, ours or C's, as tests drive them.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { LCORES, type Maker, peer, type Prefix, program, type TestProcess } from "../harness.ts";

/** What a process counted, by port. */
export interface PortCounts {
  /** Packets received on its queue. */
  rx: number;
  /** Packets sent on its queue. */
  tx: number;
  /** Packets that the port did not take. */
  drop: number;
}

/** How long a queue may stand still, in milliseconds: on a busy machine a CPU is somebody else's. */
const PATIENCE = 30_000;

/** `PKT_BURST` of the C sample. */
const BURST = 32;

/** Packets that a process may have counted once and not twice: Ctrl-C ends the C sample within a burst. */
export function slackOf(maker: Maker): number {
  return maker === "c" ? BURST : 0;
}

/** Starts `makers.length` processes, the first one the primary, and waits until all forward. */
export async function startSymmetricMp(
  prefix: Prefix,
  makers: readonly Maker[],
  vdevs: readonly string[],
): Promise<TestProcess[]> {
  const lcores = ["0@0", "1@1", "2@0"];
  const processes: TestProcess[] = [];
  for (const [id, maker] of makers.entries()) {
    const eal = prefix.eal({
      type: id === 0 ? "primary" : "secondary",
      lcores: lcores[id] ?? LCORES.third,
      extra: id === 0 ? vdevs.map((vdev) => `--vdev=${vdev}`) : [],
    });
    const process = prefix.spawn(
      `${maker} symmetric_mp ${id}`,
      maker === "c" ? await peer("symmetric_mp") : program("symmetric_mp"),
      [...eal, "--", "-p", "3", `--num-procs=${makers.length}`, `--proc-id=${id}`],
    );
    await process.waitFor(`using queue ${id} of each port`);
    processes.push(process);
  }
  return processes;
}

/** Ends a process with SIGINT; the statistics that it printed. */
export async function endSymmetricMp(process: TestProcess): Promise<PortCounts[]> {
  const { code } = await process.endBy(() => process.kill("SIGINT"));
  if (code !== 0) throw new Error(`status ${code}: ${process.stdout}${process.stderr}`);
  return [...process.stdout.matchAll(/Port \d+: RX - (\d+), TX - (\d+), Drop - (\d+)/g)]
    .map(([, rx, tx, drop]) => ({ rx: Number(rx), tx: Number(tx), drop: Number(drop) }));
}

/** What the queues of a port counted, by process id. */
export interface QueueCounts {
  rx: number[];
  tx: number[];
}

/** Looks at the queues of the two ports, from a process that needs no primary. */
export class QueueWatcher {
  readonly #process: TestProcess;
  #said = 0;

  /** Attaches, on an lcore of its own. */
  constructor(prefix: Prefix, ports: readonly string[]) {
    const script = fileURLToPath(new URL("../fixtures/queues.ts", import.meta.url));
    const command = { command: Deno.execPath(), args: ["run", "-A", "--no-check", script] };
    this.#process = prefix.spawn("queues", command, [prefix.name, "9", ...ports]);
  }

  /** What each port's queues have counted. */
  async counts(): Promise<QueueCounts[]> {
    await this.#process.send("counts");
    const index = this.#said++;
    const line = await this.#process.waitUntil(() => this.#process.lines[index], "its counts");
    const counts: QueueCounts[] = JSON.parse(line);
    return counts;
  }

  /**
   * Waits until these queues of the first port receive, more than once: the thread that receives has
   * sent what it received before.
   */
  async untilCounting(...queues: number[]): Promise<void> {
    if (await this.areCounting(PATIENCE, ...queues)) return;
    throw new Error(`of the queues ${queues.join(", ")} some stand still`);
  }

  /** Whether they do so within a time. */
  async areCounting(timeout: number, ...queues: number[]): Promise<boolean> {
    const [before] = await this.counts();
    const goesOn = (now: QueueCounts | undefined, queue: number) =>
      (now?.rx[queue] ?? NaN) > (before?.rx[queue] ?? NaN) + 2 * BURST;
    for (const end = performance.now() + timeout; performance.now() < end;) {
      const [now] = await this.counts();
      if (queues.every((queue) => goesOn(now, queue))) return true;
    }
    return false;
  }

  /** Lets it go. */
  async end(): Promise<void> {
    await this.#process.closeStdin();
    const { code } = await this.#process.ended();
    if (code !== 0) throw new Error(`status ${code}: ${this.#process.stderr}`);
  }
}
