/**
 * A slave: a secondary process that forwards between ports when the master says so.
 *
 * It polls on its main thread, which has nothing else to do: commands come through a ring, and a
 * signal may end the process at any instant, since the master puts in order whatever it leaves
 * behind. A Worker would make the start 25 ms longer.
 *
 * @module
 */

import { DpdkError, Eal } from "../../ffi/port_core.ts";
import { Lcore, releaseMainLcore } from "../../ffi/eal_api.ts";
import type { LcoreIds } from "../../ffi/recovery/recovery.ts";
import { dieWithParent, ownProcessGroup, processTitle } from "../../ffi/supervise/supervise.ts";
import { say } from "../lib/stdout.ts";
import { forward, openLanes } from "./forward.ts";
import { Channel, Command, Heartbeats, lookupLcoreIds, PortStatistics } from "./objects.ts";
import type { Route, SlavePlan } from "./plan.ts";

/** The first of a slave's own arguments. */
export const SLAVE = "slave";

/** How the master tells a slave what to do. */
export interface SlaveTask extends SlavePlan {
  /** Pid of the master. */
  master: number;
  /** Whether the slave floats: no CPU, and an lcore id of its own. */
  floating: boolean;
}

/** The task as arguments, which people can also read in `ps`. */
export function taskArgs({ lcore, routes, master, floating }: SlaveTask): string[] {
  const ports = routes.map(({ from, to }) => `${from}>${to}`).join(",");
  return [SLAVE, `lcore=${lcore}`, `ports=${ports}`, `master=${master}`, ...floating ? ["-f"] : []];
}

/** The task of these arguments. */
function parseTask(args: readonly string[]): SlaveTask {
  const value = (key: string) =>
    args.find((arg) => arg.startsWith(`${key}=`))?.slice(key.length + 1) ?? "";
  const routes = value("ports").split(",").map((text): Route => {
    const [from = NaN, to = NaN] = text.split(">").map(Number);
    return { from, to };
  });
  const [lcore, master] = [Number(value("lcore")), Number(value("master"))];
  if (![lcore, master, ...routes.flatMap(({ from, to }) => [from, to])].every(Number.isInteger)) {
    throw new DpdkError({ operation: SLAVE, reason: "only a master starts slaves" });
  }
  return { lcore, routes, master, floating: args.includes("-f") };
}

/**
 * Waits, without using a CPU, until the master says that everything is ready; false when the master
 * has ended. `ps -fe | grep l2fwd_fork` shows slaves that forward, and not those that wait in
 * reserve.
 */
function awaitWake({ lcore, master }: SlaveTask): boolean {
  using _title = processTitle(`in reserve for slave ${lcore} of ${master}`);
  return Deno.stdin.readSync(new Uint8Array(1)) === 1;
}

/** Runs a slave. Returns the exit status. */
export function slave(args: string[]): number {
  const task = parseTask(args.slice(args.indexOf("--") + 1));
  const { lcore, routes } = task;
  // Ctrl-C, and the end of the terminal, are for the master alone to handle
  ownProcessGroup();
  dieWithParent(task.master);
  // the lcore is the master's too, which does not use it
  Eal.init(args, { name: `l2fwd_fork ${SLAVE} ${lcore}`, allowOverlap: true });
  const channel = Channel.lookup(lcore);
  const beats = Heartbeats.lookup();
  const lanes = openLanes(routes, PortStatistics.lookup());
  const ids = task.floating ? lookupLcoreIds() : undefined;
  beats.ready(lcore, Deno.pid);
  if (!awaitWake(task)) return 1;
  using _id = ids ? float(lcore, ids) : undefined;
  while (channel.receive() !== Command.START);
  channel.send(Command.START);
  forward(lanes, () => {
    beats.beat(lcore);
    return channel.receive() === Command.STOP;
  });
  channel.send(Command.STOP);
  // EAL's cleanup is left out: it would reset devices of the master
  return 0;
}

/** Gives up the CPU, and takes an lcore id that no thread of any process has. */
function float(lcore: number, ids: LcoreIds): Disposable {
  releaseMainLcore();
  const id = ids.claim(Deno.pid);
  const held = Lcore.float(id);
  say(`Org lcore_id = ${lcore}, cur lcore_id = ${id}`);
  return {
    [Symbol.dispose]() {
      held[Symbol.dispose]();
      ids.release(id, Deno.pid);
    },
  };
}
