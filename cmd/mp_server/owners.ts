/**
 * Which process has which client id.
 *
 * Our clients enter themselves in a memzone of ours. C clients know nothing of it: they are found
 * by the sockets that EAL makes for each secondary, and their command lines.
 *
 * @module
 */

import { DpdkError, Memzone, readKernelFile } from "../../mod.ts";
import { MAX_CLIENTS } from "./common.ts";
import { identityOf, lives, pidOf } from "../identity.ts";

/** The memzone: for each client the identity of the process that has its ring's reading end. */
const MZ_OWNERS = "MProc_client_owners";

/** How long the server may hold an id, just to empty its ring, in milliseconds. */
const PATIENCE = 200;

const NOBODY = 0n;

/** Whether an id is this process's now, or who has it. */
export type Claim = { taken: true } | { taken: false; by: number };

/** The processes that have the clients' ids. */
export class Owners {
  readonly #slots: BigInt64Array<ArrayBuffer>;
  readonly #self = identityOf(Deno.pid) ?? NOBODY;

  private constructor(zone: Memzone) {
    this.#slots = new BigInt64Array(zone.buffer, 0, MAX_CLIENTS);
  }

  /** The server makes the zone, or the first of our clients where the server is the C sample. */
  static open(): Owners {
    const length = MAX_CLIENTS * BigInt64Array.BYTES_PER_ELEMENT;
    const is = (error: unknown, code: string) => error instanceof DpdkError && error.code === code;
    try {
      return new Owners(Memzone.lookup(MZ_OWNERS));
    } catch (error) {
      if (!is(error, "ENOENT")) throw error;
    }
    try {
      return new Owners(Memzone.reserve(MZ_OWNERS, length));
    } catch (error) {
      if (!is(error, "EEXIST")) throw error;
      return new Owners(Memzone.lookup(MZ_OWNERS));
    }
  }

  /** The living process that has an id, by its identity. */
  of(client: number): bigint | undefined {
    const owner = Atomics.load(this.#slots, client);
    return owner !== NOBODY && lives(owner) ? owner : undefined;
  }

  /** Takes an id for this process, unless a living one has it. */
  tryClaim(client: number): Claim {
    const owner = Atomics.load(this.#slots, client);
    if (owner !== NOBODY && lives(owner)) return { taken: false, by: pidOf(owner) };
    const before = Atomics.compareExchange(this.#slots, client, owner, this.#self);
    return before === owner ? { taken: true } : { taken: false, by: pidOf(before) };
  }

  /** The same, and waits a while for one that gives it back soon. */
  async claim(client: number): Promise<Claim> {
    const end = performance.now() + PATIENCE;
    for (;;) {
      const claim = this.tryClaim(client);
      if (claim.taken || performance.now() > end) return claim;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Gives an id back that this process has. */
  release(client: number): void {
    Atomics.compareExchange(this.#slots, client, this.#self, NOBODY);
  }
}

/** The pids of the secondaries in a runtime folder, by the sockets there; dead ones too. */
function secondaryPids(runtimeFolder: string): number[] {
  let names: string[];
  try {
    names = [...Deno.readDirSync(runtimeFolder)].map(({ name }) => name);
  } catch {
    // somebody cleaned up under a living server
    return [];
  }
  return names.flatMap((name) => {
    const pid = Number(name.match(/^mp_socket_(\d+)_/)?.[1]);
    return pid > 0 && pid !== Deno.pid ? [pid] : [];
  });
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

/** Finds C clients. It looks at each process only once. */
export class ForeignClients {
  readonly #known = new Map<bigint, number | undefined>();

  /** @param runtimeFolder That of the prefix. */
  constructor(readonly runtimeFolder: string) {}

  /** The identities of the living C clients, by client id. */
  find(): Map<number, bigint> {
    const found = new Map<number, bigint>();
    const alive = new Set<bigint>();
    for (const pid of secondaryPids(this.runtimeFolder)) {
      const identity = identityOf(pid);
      if (identity === undefined) continue;
      alive.add(identity);
      if (!this.#known.has(identity)) this.#known.set(identity, clientOf(pid));
      const client = this.#known.get(identity);
      if (client !== undefined) found.set(client, identity);
    }
    for (const identity of this.#known.keys()) {
      if (!alive.has(identity)) this.#known.delete(identity);
    }
    return found;
  }
}
