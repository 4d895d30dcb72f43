/**
 * The master: creates everything that is shared, starts the slaves, prints statistics, and puts
 * things in order when a slave dies.
 *
 * @module
 */

import { Eal, Port } from "../../ffi/port_core.ts";
import {
  type EalOptions,
  Lcore,
  parseEalOptions,
  releaseMainLcore,
  secondaryArgs,
} from "../../ffi/eal_api.ts";
import type { LcoreIds } from "../../ffi/recovery/recovery.ts";
import { selfCommand, type Slave, Supervisor } from "../../ffi/supervise/supervise.ts";
import { ownArgs, refuse } from "../lib/options.ts";
import { checkShared } from "../lib/primary.ts";
import { portsOf } from "../lib/ports.ts";
import { complain, say } from "../lib/stdout.ts";
import { accountText, eventPrinter } from "./events.ts";
import { Channel, Command, createLcoreIds, Heartbeats, PortStatistics } from "./objects.ts";
import { type Options, parseOptions } from "./options.ts";
import { makePlan, type Plan, type SlavePlan } from "./plan.ts";
import { initPort, type SharedPort } from "./ports.ts";
import { channelResource, LockCare, portResources, returnLcoreIds } from "./recovery.ts";
import { taskArgs } from "./slave.ts";
import { printStatistics } from "./statistics.ts";

/** Everything that the master needs for its slaves. */
interface Master {
  eal: Eal;
  options: Options;
  plan: Plan;
  /** Arguments that slaves inherit. */
  ealArgs: readonly string[];
  ports: Map<number, SharedPort>;
  beats: Heartbeats;
  ids: LcoreIds | undefined;
}

/** Sets everything up for the slaves. */
function prepare(eal: Eal, options: Options, ealArgs: readonly string[], plan: Plan): Master {
  const ports = new Map<number, SharedPort>();
  for (const { lcore, routes } of plan.slaves) {
    for (const { from } of routes) say(`Lcore ${lcore}: RX port ${from}`);
  }
  for (const { port } of plan.pairs) ports.set(port, initPort(port));
  for (const { lcore, pair } of plan.pairs) say(`lcore ${lcore} and ${pair} paired`);
  const ids = options.floating ? createLcoreIds(Lcore.list()) : undefined;
  return { eal, options, plan, ealArgs, ports, beats: Heartbeats.create(), ids };
}

/** The command-line arguments of a slave. */
function slaveArgs({ ealArgs, options }: Master, plan: SlavePlan): string[] {
  const { lcore } = plan;
  return [
    // a slave's log need not repeat the master's
    "--log-level=lib.eal:notice",
    ...ealArgs,
    "--proc-type=secondary",
    `--lcores=${lcore}@(${Lcore.cpus(lcore).join(",")})`,
    "--",
    ...taskArgs({ ...plan, master: Deno.pid, floating: options.floating }),
  ];
}

/** Adds a slave to the supervisor, with its list of resources. */
function addSlave(
  supervisor: Supervisor,
  master: Master,
  plan: SlavePlan,
  partner: Slave | undefined,
): Slave {
  const { lcore, routes } = plan;
  const channel = Channel.create(lcore);
  const { ids, beats, ports } = master;
  const slave = supervisor.add({
    name: String(lcore),
    command: () => selfCommand(slaveArgs(master, plan)),
    async start(process, signal) {
      channel.send(Command.START);
      await process.write("\n");
      await channel.expect(Command.START, signal);
    },
    async stop(_, signal) {
      channel.send(Command.STOP);
      await channel.expect(Command.STOP, signal);
    },
    heartbeat: () => beats.beats(lcore),
    onEnd({ pid }) {
      if (!ids) return;
      for (const id of returnLcoreIds(ids, pid)) say(`${lcore} return mapping id ${id}`);
    },
  }, partner);
  slave.register(channelResource(channel));
  for (const { from, to } of routes) {
    const neighbours = () => [...new Set([from, to])].flatMap((port) => ports.get(port) ?? []);
    const port = ports.get(from);
    if (!port) continue;
    const resources = portResources(port, neighbours, (pool, found) => {
      say(accountText(pool, found, port.keeps));
    });
    for (const resource of resources) slave.register(resource);
  }
  return slave;
}

/** Refuses a master to which slaves could not attach. */
function checkMaster(options: EalOptions): void {
  const { procType } = options;
  if (procType !== "primary") {
    refuse("--proc-type", "primary", procType);
  }
  checkShared(options, "slaves");
}

/** Runs the master. Returns the exit status. */
export async function master(
  args: string[],
  onSignal: (stop: (status: number) => void) => void,
): Promise<number> {
  const options = parseOptions(ownArgs(args));
  const ealOptions = parseEalOptions(args);
  checkMaster(ealOptions);
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  onSignal(end);
  using eal = Eal.init(args, { name: "l2fwd_fork" });
  // slaves inherit the CPUs of this thread, and floating ones keep them
  releaseMainLcore();
  const plan = makePlan({
    ...options,
    ports: portsOf(options.portMask, Port.list().map(({ id }) => id)),
    lcores: Lcore.workers(),
  });
  const statistics = PortStatistics.create();
  const master = prepare(eal, options, secondaryArgs(args), plan);
  const print = eventPrinter();
  using locks = new LockCare(eal, master.beats);
  const supervisor = new Supervisor({
    reserve: true,
    onEvent(event) {
      print(event);
      locks.notice(event);
      // removes the sockets of dead slaves; that takes a while, so only when all slaves work again
      if (["recovered", "gaveUp", "failed"].includes(event.kind)) eal.buryDead();
    },
  });
  const slaves = new Map<number, Slave>();
  for (const slavePlan of plan.slaves) {
    const { lcore } = slavePlan;
    const pairs = plan.pairs.flatMap((pair) =>
      pair.lcore === lcore ? [pair.pair] : pair.pair === lcore ? [pair.lcore] : []
    );
    const partner = pairs.map((pair) => slaves.get(pair)).find(Boolean);
    slaves.set(lcore, addSlave(supervisor, master, slavePlan, partner));
  }
  return await supervise(supervisor, [...master.ports.keys()], statistics, master, ended);
}

/** Prints statistics until a signal comes or all slaves have ended. */
async function supervise(
  supervisor: Supervisor,
  ports: readonly number[],
  statistics: PortStatistics,
  { eal, options: { period }, ports: all }: Master,
  ended: Promise<number>,
): Promise<number> {
  let timer: number | undefined;
  let alone = false;
  try {
    await Promise.race([supervisor.start(), ended]);
    if (period > 0) timer = setInterval(() => printStatistics(ports, statistics), period * 1000);
    alone = await Promise.race([ended.then(() => false), supervisor.done().then(() => true)]);
  } finally {
    clearInterval(timer);
    await supervisor.stop();
    eal.buryDead();
    printStatistics(ports, statistics);
    for (const { port } of all.values()) port.stop();
    const rings = [...all.values()].flatMap(({ rings }) => rings.map(({ name }) => name));
    for (const { pool, keeps } of all.values()) {
      pool.repair();
      say(accountText(pool.name, pool.audit({ rings }), keeps));
    }
  }
  if (alone) complain("l2fwd_fork: no slave is left");
  return alone ? 1 : 0;
}
