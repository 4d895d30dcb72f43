/**
 * Who the clients are at this moment: those that live are fed, and what lies in the rings of the others
 * goes back to the pool. The main thread decides; it never puts anything into the pool itself, where
 * it could have to wait for a client that is stopped.
 *
 * @module
 */

import { type Eal, Ring } from "../../../mod.ts";
import type { Claims } from "../../../ffi/recovery/recovery.ts";
import { processEnd } from "../../../ffi/supervise/supervise.ts";
import { rxQueueName } from "../shared/common.ts";
import type { FeedControl } from "./control.ts";
import { clientClaims, ForeignClients, UNSEEN } from "../shared/owners.ts";
import { identityOf, pidOf } from "../../lib/identity.ts";

/** How often the server looks for clients that come, in milliseconds. */
const PERIOD = 100;

/** After what time a client has "not come", in milliseconds. */
const GRACE = 3_000;

/** What the care for clients needs to know. */
export interface ClientsOptions {
  /** The server's. */
  eal: Eal;
  /** How many clients there can be. */
  clients: number;
  /** The hold on the forwarding lcore. */
  control: FeedControl;
  /** Tells of a change. */
  say(line: string): void;
}

/** One client. */
interface Client {
  id: number;
  ring: Ring;
  /** The identity of the process that it is now. */
  process: bigint | undefined;
  /** It was there once. */
  seen: boolean;
  /** The id is the server's, while the forwarding lcore empties the ring. */
  emptied: boolean;
}

/** The clients of the server. */
export class Clients implements Disposable {
  readonly #options: ClientsOptions;
  readonly #owners: Claims;
  readonly #foreign: ForeignClients;
  readonly #clients: Client[];
  /** Those of whom it is not said yet that they have not come. */
  readonly #waitingFor: Client[];
  readonly #self = identityOf(Deno.pid);
  readonly #started = performance.now();
  readonly #timer: number;
  readonly #over = new AbortController();

  /** Looks after clients from now on until disposal. */
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

  /** Whether a client lives, and so is fed. */
  isFed(client: number): boolean {
    return this.#clients[client]?.process !== undefined;
  }

  /** Looks no more. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#over.abort();
  }

  #look(): void {
    this.#findChanges();
    this.#emptyRings();
  }

  /** Compares who is there with who was, and says what changed. */
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
      // all is over; or the kernel refused, and the next look will find it
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
   * Who is fed, and who is not there, so that what lies in its ring goes back to the pool. A ring has
   * one reader, so the server takes the client's id meanwhile. A C client does not know about ids, but
   * it has a socket long before it reads.
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
        // one that was killed in the middle of a dequeue
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
