/**
 * Tells which process has which client id.
 *
 * Our clients enter themselves into a memzone. C clients do not: they are found by the sockets that
 * EAL makes for each secondary, and by their command lines.
 *
 * @module
 */

import type { Eal } from "../../../ffi/port_core.ts";
import { readKernelFile } from "../../../ffi/eal_api.ts";
import { type Claim, Claims } from "../../../ffi/recovery/recovery.ts";
import { MAX_CLIENTS } from "./common.ts";
import { identityOf } from "../../lib/identity.ts";

/** Name of the memzone with the process of each client, which alone reads the client's ring. */
const MZ_OWNERS = "MProc_client_owners";

/** The table of client ids. The server makes it, or the first of our clients beside a C server. */
export function clientClaims(): Claims {
  return Claims.open(MZ_OWNERS, MAX_CLIENTS);
}

/**
 * Milliseconds for which a client waits until the server has emptied its ring: far longer than that
 * takes, even where the server gets hardly any CPU.
 */
const PATIENCE = 30_000;

/**
 * Takes a client id for this process. The server has an id only for as long as it empties that
 * client's ring, so it is waited for; another client is not.
 *
 * @param isServer whether a pid is the server's.
 */
export async function claimClient(
  owners: Claims,
  client: number,
  isServer: (pid: number) => boolean,
): Promise<Claim> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const claim = await owners.claim(client);
    if (claim.taken || !isServer(claim.by) || performance.now() > end) return claim;
  }
}

/** The client id of a C client, from its command line; undefined for any other process. */
function clientOf(pid: number): number | undefined {
  let args: string[];
  let maps: string;
  try {
    args = readKernelFile(`/proc/${pid}/cmdline`).split("\0").slice(0, -1);
    maps = readKernelFile(`/proc/${pid}/maps`);
  } catch {
    return undefined;
  }
  // our own programs have the shim and enter themselves
  if (/\/libdenodpdk[^/]*\.so$/m.test(maps)) return undefined;
  const end = args.indexOf("--");
  const text = end < 0 ? "" : args.slice(end + 1).join("\n");
  const id = text.match(/^-n\n?(\d+)$/m)?.[1];
  if (id !== undefined) return Number(id);
  return /mp_client/.test(args[0] ?? "") ? 0 : undefined;
}

/**
 * Stands for the identity of a client's process that cannot be seen from here; no process has this
 * identity.
 */
export const UNSEEN = -1n;

/** The clients that have not entered themselves. */
export interface Foreign {
  /** The identities of the living C clients, by client id. */
  clients: Map<number, bigint>;
  /**
   * Whether a process lives of which nothing is known, such as a C client in another PID namespace:
   * it may have any client id.
   */
  strangers: boolean;
}

/** Finds C clients. It looks at each process only once. */
export class ForeignClients {
  readonly #known = new Map<bigint, number | undefined>();

  /** @param eal The server's. */
  constructor(readonly eal: Eal) {}

  /** The C clients that live now. */
  find(): Foreign {
    const clients = new Map<number, bigint>();
    const alive = new Set<bigint>();
    const { pids, strangers } = this.eal.visibleSecondaries();
    for (const pid of pids) {
      const identity = identityOf(pid);
      if (identity === undefined) continue;
      alive.add(identity);
      if (!this.#known.has(identity)) this.#known.set(identity, clientOf(pid));
      const client = this.#known.get(identity);
      if (client !== undefined) clients.set(client, identity);
    }
    for (const identity of this.#known.keys()) {
      if (!alive.has(identity)) this.#known.delete(identity);
    }
    return { clients, strangers };
  }
}
