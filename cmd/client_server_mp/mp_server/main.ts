/**
 * mp_server: receives from all ports and deals the packets out to its clients.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { Eal, Port } from "../../../ffi/port_core.ts";
import {
  launchOnLcore,
  Lcore,
  log,
  LogLevel,
  parseEalOptions,
  releaseMainLcore,
} from "../../../ffi/eal_api.ts";
import { notifyService } from "../../../ffi/supervise/supervise.ts";
import { stopLcores } from "../../lib/lcores.ts";
import { ownArgs } from "../../lib/options.ts";
import { checkShared } from "../../lib/primary.ts";
import { checkLinks, endProgram, holdNothing, largestPut, portsOf } from "../../lib/ports.ts";
import { Recovery } from "../../lib/recovery.ts";
import { argsForRole } from "../../lib/role.ts";
import { onSignal, run } from "../../lib/run.ts";
import { counted } from "../../lib/counted.ts";
import { outcomeOf } from "../../lib/outcome.ts";
import { complain, say } from "../../lib/stdout.ts";
import { Clients } from "./clients.ts";
import { ClientStats } from "./client_stats.ts";
import { FeedControl } from "./control.ts";
import type { ForwardData } from "./forward.ts";
import { createPool, createPortInfo, createRings } from "./objects.ts";
import { type ServerOptions, serverOptions } from "../shared/options.ts";
import { initPort } from "./ports.ts";
import { Statistics } from "./statistics.ts";

const NAME = "mp_server";
const FORWARD = new URL("./forward.ts", import.meta.url);

async function mpServer(args: string[]): Promise<number> {
  const options = serverOptions(ownArgs(args));
  checkShared(parseEalOptions(args), "clients");
  const { promise: ended, resolve, reject } = Promise.withResolvers<number>();
  // Ctrl-C is the usual way to end it
  onSignal((status) => resolve(status === 130 ? 0 : status));
  const eal = Eal.init(argsForRole(args, "primary"), { name: NAME, lcoreModule: FORWARD });
  const started: Port[] = [];
  try {
    const there = Port.list().map(({ id }) => id);
    const ports = portsOf(options.portMask, there, 2);
    return await serve(eal, ports, started, options, { ended, reject });
  } finally {
    endProgram(eal, started);
  }
}

/** What ends the server: a signal, or an lcore that failed. */
interface Ending {
  /** Resolves with the exit status of the signal. */
  ended: Promise<number>;
  /** Ends the server with an error. */
  reject: (reason: unknown) => void;
}

/** Tells the service manager. One that does not listen is no reason not to serve. */
function tellReady(): void {
  try {
    notifyService("READY=1");
  } catch (error) {
    complain(`${NAME}: ${outcomeOf(error).line}`);
  }
}

/** @param started a list to which each port is added as soon as it must be closed again. */
async function serve(
  eal: Eal,
  ports: readonly number[],
  started: Port[],
  { clients, period }: ServerOptions,
  { ended, reject }: Ending,
): Promise<number> {
  const socket = Lcore.socket(Lcore.main);
  const info = createPortInfo(ports, socket);
  const pool = createPool(ports.length, clients, socket);
  for (const port of ports) started.push(initPort(port, clients, pool));
  await checkLinks(ports, ended);
  createRings(clients, socket);
  log(LogLevel.INFO, "Finished Process Init.");

  const main = Lcore.main;
  const [display] = Lcore.workers();
  releaseMainLcore();
  using _displaying = display === undefined ? undefined : Lcore.adopt(display);
  if (display !== undefined) say(`Core ${display} displaying statistics`);

  const stats = new ClientStats(clients);
  const control = new FeedControl();
  const statistics = new Statistics({
    info,
    stats,
    clients,
    isFed: (client) => looking.isFed(client),
  });
  const notice = (line: string) => statistics.say(line);
  using looking = new Clients({ eal, clients, control, say: notice });
  await using _recovery = new Recovery({
    eal,
    pool,
    exact: holdNothing(ports),
    ...largestPut(ports),
    // the lcore is launched first
    after: delay(0),
    say: notice,
    onFound: (count) => notice(`Recovered ${counted(count, "packet")} of ended clients`),
  });
  const data: ForwardData = {
    rx: started.map((port) => port.rxQueue(0)),
    clients,
    control: control.memory,
    stats: stats.memory,
  };
  const forward = launchOnLcore(FORWARD, main, { data });
  forward.done.catch(reject);
  // clients find everything that they look up
  tellReady();
  const timer = display === undefined || period === 0
    ? undefined
    : setInterval(() => statistics.show(), period * 1000);
  try {
    return await ended;
  } finally {
    clearInterval(timer);
    await stopLcores(NAME, [forward]);
    statistics.showLast();
  }
}

await run(NAME, new URL("./README.md", import.meta.url), mpServer);
