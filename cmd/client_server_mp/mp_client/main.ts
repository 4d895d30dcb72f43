/**
 * mp_client: takes the packets that mp_server deals out to it and sends them on.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { DpdkError, Eal, Ring } from "../../../ffi/port_core.ts";
import { launchOnLcore, Lcore, log, LogLevel, releaseMainLcore } from "../../../ffi/eal_api.ts";
import { startMender } from "../../../ffi/recovery/recovery.ts";
import { PKTMBUF_POOL_NAME, rxQueueName } from "../shared/common.ts";
import { clientOptions } from "../shared/options.ts";
import { claimClient, clientClaims, ForeignClients } from "../shared/owners.ts";
import { ownArgs, refuse } from "../../lib/options.ts";
import { onPrimaryEnd, refuseOther } from "../../lib/primary.ts";
import { argsForRole } from "../../lib/role.ts";
import { pidOf } from "../../lib/identity.ts";
import { stopLcores } from "../../lib/lcores.ts";
import { onSignal, run } from "../../lib/run.ts";
import { say } from "../../lib/stdout.ts";
import type { HandleData } from "./handle.ts";

const NAME = "mp_client";

/** The ids that the server has rings for. */
function clientIds(): number[] {
  return Ring.list().flatMap(({ name }) => {
    const id = name.match(/^MProc_Client_(\d+)_RX$/)?.[1];
    return id === undefined ? [] : [Number(id)];
  });
}

/** Refuses an id that the server does not know, and a primary that is no server. */
function checkId(eal: Eal, client: number): void {
  const ids = clientIds();
  if (ids.length === 0) {
    const operation = `ring ${rxQueueName(client)}`;
    const reason = "Cannot get RX ring - is server process running?";
    refuseOther(eal, "mp_server", new DpdkError({ operation, code: "ENOENT", reason }));
  }
  if (ids.includes(client)) return;
  refuse("-n", `a client id from 0 to ${Math.max(...ids)}, as the server was told`, `${client}`);
}

/** Takes the id for this process; no other client can have it as long as it lives. */
async function takeId(eal: Eal, client: number): Promise<Disposable> {
  const owners = clientClaims();
  const isServer = (pid: number) => !eal.secondaries().some((other) => other.pid === pid);
  const claim = await claimClient(owners, client, isServer);
  const release = { [Symbol.dispose]: () => owners.release(client) };
  const foreign = new ForeignClients(eal).find().clients.get(client);
  if (claim.taken && foreign === undefined) return release;
  if (claim.taken) owners.release(client);
  const pid = claim.taken ? pidOf(foreign ?? 0n) : claim.by;
  const others = `an id from 0 to ${Math.max(...clientIds())} that no client has`;
  refuse("-n", others, `${client}`, `pid ${pid} has it`);
}

async function mpClient(args: string[]): Promise<number> {
  const client = clientOptions(ownArgs(args));
  const { promise: ended, resolve, reject } = Promise.withResolvers<number>();
  // Ctrl-C is the usual way to end it
  onSignal((status) => resolve(status === 130 ? 0 : status));
  using eal = Eal.init(argsForRole(args, "secondary"), { name: NAME, needsPorts: true });
  checkId(eal, client);
  using _id = await takeId(eal, client);
  log(LogLevel.INFO, "Finished Process Init.");

  const main = Lcore.main;
  releaseMainLcore();
  // a server of ours mends; beside a C server, one of our clients does
  await using _mender = startMender({
    runtimeFolder: eal.runtimeFolder,
    pools: [PKTMBUF_POOL_NAME],
    // the lcore is launched first
    after: delay(0),
    say,
  });
  const data: HandleData = { client };
  const handle = launchOnLcore(new URL("./handle.ts", import.meta.url), main, { data });
  handle.done.catch(reject);
  say(`\nClient process ${client} handling packets`);
  say("[Press Ctrl-C to quit ...]");
  using _watch = onPrimaryEnd(eal, () => {
    say("The server has ended: nothing comes any more; restart this client with the next");
  });
  try {
    return await ended;
  } finally {
    await stopLcores(NAME, [handle]);
  }
}

await run(NAME, new URL("./README.md", import.meta.url), mpClient);
