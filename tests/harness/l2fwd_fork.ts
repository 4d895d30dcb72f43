/**
 * An l2fwd_fork, master and slaves, as the tests drive it.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Prefix } from "./prefix.ts";
import { type End, PATIENCE, type TestProcess } from "./process.ts";
import { program } from "./program.ts";

/** How to start one. */
export interface L2fwdForkOptions {
  /** Devices; two `net_null` where left out, which receive without end. */
  vdevs?: readonly string[];
  /** `--lcores`; a master and two slaves where left out. */
  lcores?: string;
  /** The program's own arguments but for `-T`; the first two ports where left out. */
  args?: readonly string[];
  /** Seconds between two tables of statistics, for which tests wait; 0.1 where left out. */
  period?: number;
  /** How many slaves there must be. */
  slaves?: number;
  /** Variables of its environment. */
  env?: Record<string, string>;
  /** Called when the master says that it started a process. */
  onSpawn?: (lcore: number, pid: number) => void;
}

/** A port's counters in a table of statistics. */
export interface PortCounters {
  sent: number;
  received: number;
  dropped: number;
}

/** Where the mbufs of a pool were, at the end or when slaves had died. */
export interface PoolAccount {
  pool: string;
  free: number;
  cached: number;
  queued: number;
  lost: number;
}

/** Mbufs of each pool. */
export const L2FWD_POOL_SIZE = 8192;

/** Starts an l2fwd_fork and waits until all its slaves forward. */
export async function startL2fwdFork(
  prefix: Prefix,
  options: L2fwdForkOptions = {},
): Promise<L2fwdFork> {
  const {
    vdevs = ["net_null0", "net_null1"],
    lcores = "0@0,1@0,2@1",
    args = ["-p", "3"],
    period = 0.1,
    slaves = 2,
    env = {},
    onSpawn,
  } = options;
  const pids = new Map<number, number>();
  const process = prefix.spawn("l2fwd_fork", program("l2fwd_fork"), [
    ...prefix.eal({ lcores, extra: vdevs.map((vdev) => `--vdev=${vdev}`) }),
    "--",
    ...args,
    "-T",
    String(period),
  ], {
    env,
    onLine(line) {
      const [, lcore, pid] = line.match(/slave (\d+) \(pid (\d+)\) forwards/) ?? [];
      if (lcore !== undefined) pids.set(Number(lcore), Number(pid));
      const [, to, started] = line.match(SPAWNED) ?? [];
      if (to !== undefined) onSpawn?.(Number(to), Number(started));
    },
  });
  await process.waitUntil(() => pids.size >= slaves, `waiting for ${slaves} slaves`);
  return new L2fwdFork(process, pids);
}

/** A process that was started for a slave, to work at once or in reserve. */
const SPAWNED = /slave (\d+)(?: has|:) pid (\d+)$/;

/** A running l2fwd_fork. */
export class L2fwdFork {
  /** Use {@linkcode startL2fwdFork}. */
  constructor(
    /** The master. */
    readonly process: TestProcess,
    /** The pid of each slave that forwards now, or did last, by its lcore. */
    readonly pids: ReadonlyMap<number, number>,
  ) {}

  /** The pid of a slave. */
  pid(lcore: number): number {
    const pid = this.pids.get(lcore);
    if (pid === undefined) throw new Error(`there is no slave ${lcore}`);
    return pid;
  }

  /** How often a group recovered. */
  get recoveries(): number {
    return [...this.process.stdout.matchAll(/recovered in [\d.]+ ms/g)].length;
  }

  /** Milliseconds of each recovery, from the kill as the master saw it. */
  get recoveryTimes(): number[] {
    return [...this.process.stdout.matchAll(/recovered in ([\d.]+) ms/g)]
      .map(([, ms]) => Number(ms));
  }

  /** Does something that takes slaves down, and waits until they have recovered. */
  async recoversFrom(harm: () => void | Promise<void>): Promise<void> {
    const before = this.recoveries;
    await harm();
    await this.process.waitUntil(() => this.recoveries > before, "waiting for the recovery");
  }

  /** The pids of all processes that were started for a slave, in order. */
  spawned(lcore: number): number[] {
    return [...this.process.stdout.matchAll(RegExp(SPAWNED, "gm"))]
      .filter(([, slave]) => Number(slave) === lcore).map(([, , pid]) => Number(pid));
  }

  /** Waits for a process in reserve for a slave: it was started and has not forwarded yet. */
  reserve(lcore: number): Promise<number> {
    return this.process.waitUntil(() => {
      const pid = this.spawned(lcore).at(-1);
      return pid !== this.pids.get(lcore) ? pid : undefined;
    }, `waiting for a reserve of slave ${lcore}`);
  }

  /** Waits for a process in reserve that has started up: it needs nothing but the start command. */
  async readyReserve(lcore: number): Promise<number> {
    for (const end = performance.now() + PATIENCE;;) {
      const pid = await this.reserve(lcore);
      if (isInReserve(pid)) return pid;
      if (performance.now() > end) throw new Error(`no reserve of slave ${lcore} starts up`);
      await delay(5);
    }
  }

  /** The counters of each port in the next table of statistics. */
  async nextTable(): Promise<Map<number, PortCounters>> {
    const from = this.process.stdout.length;
    const [table = ""] = await this.process.waitFor(/Port statistics [^]*?\n=+\n/, { from });
    return readTable(table);
  }

  /** Waits until every port has received more than it had. */
  async forwards(): Promise<void> {
    const before = await this.nextTable();
    for (let left = 20;; left--) {
      const now = await this.nextTable();
      const idle = [...now].filter(([port, { received }]) =>
        received <= (before.get(port)?.received ?? 0)
      );
      if (idle.length === 0) return;
      if (left === 0) throw new Error(`nothing comes from port ${idle.map(([port]) => port)}`);
    }
  }

  /** All that it said about pools until now. */
  get accounts(): PoolAccount[] {
    return readAccounts(this.process.stdout);
  }

  /** Ends it with SIGINT; what it said last. */
  async end(): Promise<{ end: End; table: Map<number, PortCounters>; pools: PoolAccount[] }> {
    const from = this.process.stdout.length;
    const end = await this.process.endBy(() => this.process.kill("SIGINT"));
    const text = this.process.stdout.slice(from);
    const table = readTable(text.slice(text.lastIndexOf("Port statistics ")));
    const last = text.slice(text.lastIndexOf("=\n"));
    return { end, table, pools: readAccounts(last) };
  }
}

function readAccounts(text: string): PoolAccount[] {
  const account = /(\w+): (\d+) free, (\d+) in caches, (\d+) in queues, (\d+) lost/g;
  return [...text.matchAll(account)].map(([, pool = "", free, cached, queued, lost]) => ({
    pool,
    free: Number(free),
    cached: Number(cached),
    queued: Number(queued),
    lost: Number(lost),
  }));
}

function readTable(text: string): Map<number, PortCounters> {
  const ports =
    /for port (\d+) -+\nPackets sent: +(\d+)\nPackets received: +(\d+)\nPackets dropped: +(\d+)/g;
  return new Map(
    [...text.matchAll(ports)].map(([, port, sent, received, dropped]) => [Number(port), {
      sent: Number(sent),
      received: Number(received),
      dropped: Number(dropped),
    }]),
  );
}

/** What `/proc` says about a process: on which CPUs it may run. */
export function cpusOf(pid: number): string {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return status.match(/^Cpus_allowed_list:\s+(\S+)/m)?.[1] ?? "";
}

/** Whether a process shows that it waits in reserve. */
export function isInReserve(pid: number): boolean {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).startsWith("in reserve ");
  } catch {
    return false;
  }
}

/** Whether a process lives. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX]/.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}
