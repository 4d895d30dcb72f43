/**
 * mp_server and mp_client, ours or the C samples, as the tests drive them.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "./inspect.ts";
import { peer } from "./peers.ts";
import type { Prefix } from "./prefix.ts";
import type { Command, TestProcess } from "./process.ts";
import { fixture, program } from "./program.ts";
import type { Maker } from "./simple_mp.ts";

/** Two lcores on one CPU, as the C server needs them for its statistics. */
const SERVER_LCORES = "0@0,1@0";

/** How to start a server. */
export interface ServerOptions {
  /** Ours where left out. */
  maker?: Maker;
  /** The ports, as `--vdev` has them. Two that always receive where left out. */
  vdevs?: readonly string[];
  /** `-p`. */
  portMask?: string;
  /** `-n`; 2 where left out. */
  clients?: number;
  /** Seconds between two displays of our server, for which tests wait; 0.1 where left out. */
  period?: number;
  /** Variables of its environment. */
  env?: Record<string, string>;
  /** How its command is started, where that is not as it is. */
  through?: (command: Command) => Command;
}

/** Numbers of one client, as the server shows them. */
export interface ClientNumbers {
  rx: number;
  rxDrop: number;
  tx: number;
  txDrop: number;
}

/** What a server shows. */
export interface Shown {
  /** By port id. */
  ports: { rx: number; tx: number }[];
  /** By client id. */
  clients: ClientNumbers[];
}

/** The last statistics in a C server's output, which has a table each second. */
function lastTable(output: string): Shown | undefined {
  const table = output.split("\x1b[2J").slice(1).findLast((text) => text.includes("CLIENTS"));
  if (table === undefined || !table.endsWith("\n\n")) return undefined;
  const ports = [...table.matchAll(/Port \d+ - rx: +(\d+)\s+tx: +(\d+)/g)]
    .map(([, rx, tx]) => ({ rx: Number(rx), tx: Number(tx) }));
  const clients = [
    ...table.matchAll(
      /Client +\d+ - rx: +(\d+), rx_drop: +(\d+)\s+tx: +(\d+), tx_drop: +(\d+)/g,
    ),
  ].map(numbers);
  return { ports, clients };
}

function numbers([, rx, rxDrop, tx, txDrop]: RegExpMatchArray): ClientNumbers {
  return { rx: Number(rx), rxDrop: Number(rxDrop), tx: Number(tx), txDrop: Number(txDrop) };
}

/** The last statistics in our server's output, which has a line each time. */
function lastLine(output: string): Shown | undefined {
  const line = output.split("\n").slice(0, -1).findLast((line) => /^Port \d+ rx /.test(line));
  if (line === undefined) return undefined;
  const ports = [...line.matchAll(/Port \d+ rx (\d+) tx (\d+)/g)]
    .map(([, rx, tx]) => ({ rx: Number(rx), tx: Number(tx) }));
  const clients = [
    ...line.matchAll(/Client \d+(?: \(away\))? rx (\d+) rx_drop (\d+) tx (\d+) tx_drop (\d+)/g),
  ].map(numbers);
  return { ports, clients };
}

const asIs = (command: Command) => command;

/** Starts a server and waits until it forwards. */
export async function startMpServer(
  prefix: Prefix,
  options: ServerOptions = {},
): Promise<MpServer> {
  const { maker = "ts", clients = 2, portMask = "3", period = 0.1, through = asIs } = options;
  const vdevs = options.vdevs ?? ["net_null0", "net_null1"];
  const process = prefix.spawn(
    `${maker} mp_server`,
    through(maker === "c" ? await peer("client_server_mp/mp_server") : program("mp_server")),
    [
      ...prefix.eal({ lcores: SERVER_LCORES, extra: vdevs.map((vdev) => `--vdev=${vdev}`) }),
      "--",
      "-p",
      portMask,
      "-n",
      String(clients),
      ...maker === "ts" ? ["-T", String(period)] : [],
    ],
    { env: options.env ?? {} },
  );
  await process.waitFor("Core 1 displaying statistics");
  return new MpServer(process, maker);
}

/** A running server. */
export class MpServer {
  /** Use {@linkcode startMpServer}. */
  constructor(readonly process: TestProcess, readonly maker: Maker) {}

  /** The last statistics that it showed. */
  get shown(): Shown | undefined {
    return this.maker === "c" ? lastTable(this.process.stdout) : lastLine(this.process.stdout);
  }

  /** Waits until its statistics are as wanted. */
  shows(what: string, condition: (shown: Shown) => boolean): Promise<Shown> {
    return this.process.waitUntil(
      () => this.shown && condition(this.shown) && this.shown,
      `waiting until the server shows ${what}`,
    );
  }
}

/** How to start a client. */
export interface ClientOptions {
  /** Ours where left out. */
  maker?: Maker;
  /** `-n`. */
  id: number;
  /** Its lcore; one for each id where left out. */
  lcore?: number;
  /** Variables of its environment. */
  env?: Record<string, string>;
  /** How its command is started, where that is not as it is. */
  through?: (command: Command) => Command;
}

/** EAL arguments and `-n` of a client on an lcore of its own. */
export function mpClientArgs(prefix: Prefix, id: number, lcore = 2 + id): string[] {
  const eal = prefix.eal({ type: "secondary", lcores: `${lcore}@1` });
  return [...eal, "--", "-n", String(id)];
}

/** Starts a client and waits until it handles packets. */
export async function startMpClient(
  prefix: Prefix,
  { maker = "ts", id, lcore, env = {}, through = asIs }: ClientOptions,
): Promise<TestProcess> {
  const process = prefix.spawn(
    `${maker} mp_client ${id}`,
    through(maker === "c" ? await peer("client_server_mp/mp_client") : program("mp_client")),
    mpClientArgs(prefix, id, lcore),
    { env },
  );
  await process.waitFor(`Client process ${id} handling packets`);
  return process;
}

/** Ports of a test that decides itself what comes: port 0 gets it, port 1 swallows all. */
export const QUIET_PORTS: readonly string[] = ["net_ring0", "net_null1,no-rx=1"];

/** Starts the injector of packets into port 0, see `tests/fixtures/inject.ts`. */
export async function startInjector(prefix: Prefix, count?: number): Promise<TestProcess> {
  const args = [prefix.name, ...(count === undefined ? [] : [String(count)])];
  const injector = prefix.spawn("injector", fixture("inject"), args);
  await injector.waitFor("injecting");
  return injector;
}

/** Ends the injector; how many packets it put into the port in all. */
export async function injected(injector: TestProcess): Promise<number> {
  await injector.closeStdin();
  const [, count] = await injector.waitFor(/injected (\d+)/);
  await injector.ended();
  return Number(count);
}

/** Packets of the server's pool that are not in it. */
export async function packetsAway(prefix: Prefix): Promise<number> {
  const { mempools } = await inspect(prefix);
  const pool = mempools.find(({ name }) => name === "MProc_pktmbuf_pool");
  if (!pool) throw new Error("inspect shows no MProc_pktmbuf_pool");
  return pool.size - pool.available;
}

/** How often the server gives back what was lost, which it does not while somebody looks. */
const PERIOD = 300;

/**
 * Waits until all packets are in the pool again.
 *
 * @param inFlight How many may be away, where ports go on receiving.
 */
export async function allPacketsBack(prefix: Prefix, inFlight = 0): Promise<void> {
  const end = performance.now() + 20_000;
  let away = await packetsAway(prefix);
  while (away > inFlight && performance.now() < end) {
    await delay(PERIOD);
    away = await packetsAway(prefix);
  }
  if (away > inFlight) throw new Error(`${away} packets are not back in the pool`);
  if (away < 0) throw new Error(`${-away} packets are in the pool twice`);
}
