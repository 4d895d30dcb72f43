/**
 * Plans the work: which slave receives on which ports, where the packets go, and which slaves
 * depend on each other.
 *
 * @module
 */

import { refuse } from "../lib/options.ts";

/** A port to receive on, and the one where its packets leave. */
export interface Route {
  /** The port from which packets come. */
  from: number;
  /** The port to which they go. */
  to: number;
}

/** The plan of a slave. */
export interface SlavePlan {
  /** The lcore of the master that the slave runs on, which is also its name. */
  lcore: number;
  /** The routes that the slave forwards. */
  routes: Route[];
}

/** The plan of all slaves. Both lists are in the order of the ports. */
export interface Plan {
  /** The slaves, one for each lcore that has ports. */
  slaves: SlavePlan[];
  /** For each port the two lcores that use it: `lcore` receives from it, `pair` sends to it. */
  pairs: { port: number; lcore: number; pair: number }[];
}

/** What a plan is made from. */
export interface PlanInput {
  /** The ports to forward on, in order. */
  ports: readonly number[];
  /** The most ports of a slave. */
  portsPerSlave: number;
  /** The lcores that slaves may have, in order. */
  lcores: readonly number[];
}

/** Neighbours in the mask forward to each other; an odd last one to itself. */
function routesOf(ports: readonly number[]): Route[] {
  return ports.map((from, i) => ({ from, to: ports[i % 2 === 0 ? i + 1 : i - 1] ?? from }));
}

/**
 * Makes the plan.
 *
 * @throws {DpdkError} when lcores are missing.
 */
export function makePlan({ ports, portsPerSlave, lcores }: PlanInput): Plan {
  const routes = routesOf(ports);
  const need = Math.ceil(routes.length / portsPerSlave);
  if (lcores.length < need) {
    refuse(
      "-l",
      `${need + 1} lcores or more, the master's and ${need} for slaves of ${ports.length} ports`,
      `${lcores.length + 1}`,
      "--lcores=0@0,1@0,2@1 makes three on two CPUs; -q gives a slave more ports",
    );
  }
  const slaves = lcores.slice(0, need).map((lcore, i) => ({
    lcore,
    routes: routes.slice(i * portsPerSlave, (i + 1) * portsPerSlave),
  }));
  const receiver = (port: number) =>
    slaves.find(({ routes }) => routes.some(({ from }) => from === port))?.lcore ?? NaN;
  const pairs = routes.map(({ from, to }) => ({
    port: from,
    lcore: receiver(from),
    pair: receiver(to),
  }));
  return { slaves, pairs };
}
