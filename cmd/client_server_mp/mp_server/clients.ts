/**
 * Keeps track of the clients: living clients are fed, and packets in the rings of others go back to
 * the pool. The main thread decides this. It never puts packets into the pool itself, since it
 * could have to wait there for a client that is stopped.
 *
 * @module
 */

import { type Eal, Ring } from "../../../ffi/port_core.ts";
import type { Claims } from "../../../ffi/recovery/recovery.ts";
import { processEnd } from "../../../ffi/supervise/supervise.ts";
import { rxQueueName } from "../shared/common.ts";
import type { FeedControl } from "./control.ts";
import { clientClaims, ForeignClients, UNSEEN } from "../shared/owners.ts";
import { identityOf, pidOf } from "../../lib/identity.ts";

/** Milliseconds between two looks for new clients. */
const PERIOD = 100;

/** Milliseconds after which a line says that a client has not come. */
const GRACE = 3_000;

/** Options of {@linkcode Clients}. */
export interface ClientsOptions {
  /** The server's EAL. */
  eal: Eal;
  /** The most clients that there can be. */
  clients: number;
  /** Tells the forwarding lcore which clients to feed. */
  control: FeedControl;
  /** Prints a line about a change. */
  say(line: string): void;
}

/** One client. */
interface Client {
  id: number;
  ring: Ring;
  /** The identity of the client's process; undefined where none lives. */
  process: bigint | undefined;
  /** Whether the client was ever there. */
  seen: boolean;
  /** Whether the server has the client's id, while the forwarding lcore empties the ring. */
  emptied: boolean;
}

/** The clients of the server. */
export class Clients implements Disposable {
  readonly #options: ClientsOptions;
  readonly #owners: Claims;
  readonly #foreign: ForeignClients;
  readonly #clients: Client[];
  /** Clients that have not come, and of which no line has said so yet. */
  readonly #waitingFor: Client[];
  readonly #self = identityOf(Deno.pid);
  readonly #started = performance.now();
  readonly #timer: number;
  readonly #over = new AbortController();

  /** Keeps track of the clients until disposal. */
  constructor(options: ClientsOptions) {
    this.#options = options;
    this.#owners = clientClaims();
    this.#foreign = new ForeignClients(options.eal);
    this.#clients = Array.from({ length: options.clients }, (_, id) => ({
      id,
      ring: Ring.lookup(rxQueueName(id)),
      process: undefined,
      seen: false,
      emptied: false,
    }));
    this.#waitingFor = [...this.#clients];
    this.#timer = setInterval(() => this.#look(), PERIOD);
  }

  /** Whether a client lives and is fed. */
  isFed(client: number): boolean {
    return this.#clients[client]?.process !== undefined;
  }

  /** Ends the looks for clients. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#over.abort();
  }

  #look(): void {
    this.#findChanges();
    this.#emptyRings();
  }

  /** Looks which clients live, and prints what has changed. */
  #findChanges(): void {
    const foreign = this.#foreign.find();
    const changes = this.#clients.flatMap((client) => {
      const owner = this.#owners.holder(client.id);
      const unseen = foreign.strangers ? UNSEEN : undefined;
      const now = owner !== undefined && owner !== this.#self
        ? owner
        : foreign.clients.get(client.id) ?? unseen;
      const before = client.process;
      client.process = now;
      return now === before ? [] : [{ client, before, now }];
    });
    const lines = changes.flatMap(({ client, before, now }) => [
      ...before === undefined ? [] : [this.#left(client, before)],
      ...now === undefined ? [] : [this.#came(client, now)],
    ]);
    if (performance.now() - this.#started > GRACE) {
      for (const { id, seen } of this.#waitingFor.splice(0)) {
        if (!seen) lines.push(`Client ${id} has not come: it is not fed until it does`);
      }
    }
    for (const line of lines) this.#options.say(line);
  }

  #came(client: Client, process: bigint): string {
    const back = client.seen;
    client.seen = true;
    if (process === UNSEEN) {
      return `Client ${client.id} may be a process that cannot be seen from here: it is fed`;
    }
    processEnd(pidOf(process), this.#over.signal).then(() => this.#look(), () => {
      // the server ends; or the kernel refused, and the next look will notice the end
    });
    return `Client ${client.id} (pid ${pidOf(process)}) is ${back ? "back" : "here"}: it is fed`;
  }

  #left({ id }: Client, process: bigint): string {
    if (process === UNSEEN) {
      return `Client ${id} is none of the processes that cannot be seen from here`;
    }
    const others = this.#clients.some((other) => other.id !== id && other.process !== undefined);
    const share = others ? "the others get its share" : "no client is left to be fed";
    return `Client ${id} (pid ${pidOf(process)}) has ended: ${share}`;
  }

  /**
   * Orders which clients are fed, and whose rings are emptied because no process is there. A ring
   * has one reader, so the server takes the client's id meanwhile. A C client knows nothing of ids,
   * but it has a socket long before it reads.
   */
  #emptyRings(): void {
    const { control } = this.#options;
    for (const client of this.#clients) {
      const { id, ring, process, emptied } = client;
      if (emptied) {
        if (!control.isEmptied(id)) continue;
        client.emptied = false;
        this.#owners.release(id);
      } else if (process === undefined && control.isUnfed(id) && ring.count > 0) {
        if (!this.#owners.tryClaim(id).taken) continue;
        const { clients, strangers } = this.#foreign.find();
        client.emptied = !strangers && !clients.has(id);
        // the client may have been killed in the middle of a dequeue
        if (client.emptied) ring.repair("consumer");
        else this.#owners.release(id);
      }
    }
    const mask = (is: (client: Client) => boolean) =>
      this.#clients.reduce((mask, client) => is(client) ? mask | (1 << client.id) : mask, 0);
    control.order({
      fed: mask(({ process }) => process !== undefined),
      emptied: mask(({ emptied }) => emptied),
    });
  }
}
