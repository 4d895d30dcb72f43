/**
 * Who forwards what: which slave receives on which ports, where the packets go, and which slaves
 * depend on each other.
 *
 * @module
 */

import { DpdkError } from "../../mod.ts";

/** A port to receive on, and the one where its packets leave. */
export interface Route {
  /** Where packets come from. */
  from: number;
  /** Where they go. */
  to: number;
}

/** A slave to be. */
export interface SlavePlan {
  /** The lcore of the master that it takes the place of; what it is called. */
  lcore: number;
  /** What it forwards. */
  routes: Route[];
}

/** The two lists are in the order of the ports. */
export interface Plan {
  /** The slaves, one for each lcore that has ports. */
  slaves: SlavePlan[];
  /** For each port, the lcores that share it with each other: who receives, and who sends to it. */
  pairs: { port: number; lcore: number; pair: number }[];
}

/** What a plan is made from. */
export interface PlanInput {
  /** The ports that there are. */
  ports: readonly number[];
  /** The ports wanted, a bit each. */
  portMask: number;
  /** Ports of one slave. */
  portsPerSlave: number;
  /** The lcores that slaves may have, in order. */
  lcores: readonly number[];
}

/** The ports of a mask. */
function portsOf(mask: number): number[] {
  return Array.from({ length: 32 }, (_, port) => port).filter((port) => (mask >>> port & 1) !== 0);
}

/** Neighbours in the mask forward to each other; an odd last one to itself. */
function routesOf(ports: readonly number[]): Route[] {
  return ports.map((from, i) => ({ from, to: ports[i % 2 === 0 ? i + 1 : i - 1] ?? from }));
}

/**
 * Makes the plan.
 *
 * @throws {DpdkError} when ports or lcores are missing.
 */
export function makePlan({ ports, portMask, portsPerSlave, lcores }: PlanInput): Plan {
  const wanted = portsOf(portMask);
  const missing = wanted.filter((port) => !ports.includes(port));
  if (missing.length > 0) {
    const possible = ports.length > 0 ? `ports are ${ports.join(", ")}` : "there are no ports";
    throw new DpdkError({
      operation: "-p",
      reason: `no port ${missing.join(", ")}; ${possible}`,
      ...(ports.length > 0 ? {} : { hint: "--vdev=net_null0 --vdev=net_null1 makes two" }),
    });
  }
  const routes = routesOf(wanted);
  const need = Math.ceil(routes.length / portsPerSlave);
  if (lcores.length < need) {
    throw new DpdkError({
      operation: "lcores",
      reason: `${routes.length} ports need ${need} slaves and so ${need + 1} lcores with the ` +
        `master's, got ${lcores.length + 1}`,
      hint: "--lcores=0@0,1@0,2@1 makes three on two CPUs; -q gives a slave more ports",
    });
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
