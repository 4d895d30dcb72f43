/**
 * Who the clients are at this moment: those that live are fed, what lies in the rings of the others
 * goes back to the pool, and so does what killed ones held. The main thread decides; it never puts
 * anything into the pool or a ring, where it could have to wait for a client that is stopped.
 *
 * @module
 */

import {
  type Claims,
  type Eal,
  giveBackLost,
  Mempool,
  processEnd,
  type ProcessName,
  Quiesce,
  Ring,
} from "../../mod.ts";
import { PKTMBUF_POOL_NAME, rxQueueName } from "./common.ts";
import type { FeedControl } from "./control.ts";
import { clientClaims, ForeignClients } from "./owners.ts";
import { identityOf, pidOf } from "../identity.ts";

/** How often the server looks for clients that come, in milliseconds. */
const PERIOD = 100;

/** After what time a client has "not come", in milliseconds. */
const GRACE = 3_000;

/** What the care for clients needs to know. */
export interface ClientsOptions {
  /** The server's. */
  eal: Eal;
  /** No port keeps packets of its own. */
  portsHoldNothing: boolean;
  /** How many clients there can be. */
  clients: number;
  /** The hold on the forwarding lcore. */
  control: FeedControl;
  /** Tells of a change. */
  say(line: string): void;
}

/** How long it is waited before lost packets are looked for again, in milliseconds. */
const PAUSE = { least: PERIOD, most: 30_000 };

/** So few free packets, of all, are worth a word. */
const SCARCE = 1 / 10;

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
  readonly #quiesce = Quiesce.open();
  readonly #pool = Mempool.lookup(PKTMBUF_POOL_NAME);
  readonly #self = identityOf(Deno.pid);
  readonly #started = performance.now();
  readonly #timer: number;
  readonly #over = new AbortController();
  /** Packets of killed clients may be nowhere. */
  #missing = false;
  /** When they are looked for, and how long after that again. */
  #next = 0;
  #pause = PAUSE.least;
  /** Whom it was said that they are waited for. */
  #told = "";
  #busy = false;

  /** Looks after clients from now on until disposal. */
  constructor(options: ClientsOptions) {
    this.#options = options;
    this.#owners = clientClaims();
    this.#foreign = new ForeignClients(options.eal.runtimeFolder);
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

  /** A process was killed, and what it began is finished: what it held may be nowhere. */
  processSettled(): void {
    this.#missing = true;
    this.#lookSoon();
    this.#look();
  }

  /** Looks no more. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#over.abort();
  }

  async #look(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      this.#findChanges();
      this.#emptyRings();
      await this.#giveBack();
    } finally {
      this.#busy = false;
    }
  }

  /** Compares who is there with who was, and says what changed. */
  #findChanges(): void {
    const foreign = this.#foreign.find();
    const lines: string[] = [];
    for (const client of this.#clients) {
      const owner = this.#owners.of(client.id);
      const now = owner !== undefined && owner !== this.#self ? owner : foreign.get(client.id);
      const before = client.process;
      if (now === before) continue;
      if (before !== undefined) lines.push(this.#left(client, before));
      if (now !== undefined) lines.push(this.#came(client, now));
      client.process = now;
    }
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
    processEnd(pidOf(process), this.#over.signal).then(() => this.#look(), () => {
      // all is over; or the kernel refused, and the next look will find it
    });
    return `Client ${client.id} (pid ${pidOf(process)}) is ${back ? "back" : "here"}: it is fed`;
  }

  #left({ id }: Client, process: bigint): string {
    this.#lookSoon();
    return `Client ${id} (pid ${pidOf(process)}) has ended: the others get its share`;
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
        client.emptied = !this.#foreign.find().has(id);
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

  /** Packets that killed clients had in their hands: those that are nowhere while nobody holds any. */
  async #giveBack(): Promise<void> {
    if (!this.#missing || performance.now() < this.#next) return;
    const { eal, portsHoldNothing, say } = this.#options;
    this.#missing = false;
    // a device that keeps packets of its own would seem to have lost them
    if (!portsHoldNothing) return;
    const outcome = await giveBackLost({ eal, quiesce: this.#quiesce, pools: [this.#pool] });
    if (outcome.done) {
      this.#told = "";
      if (outcome.lost > 0) say(`Recovered ${outcome.lost} packets of killed clients`);
      return;
    }
    this.#missing = true;
    if (outcome.asked && outcome.waitsFor.length > 0) {
      // all stood still for one that does not come
      this.#next = performance.now() + this.#pause;
      this.#pause = Math.min(2 * this.#pause, PAUSE.most);
    }
    if (this.#pool.availableCount < this.#pool.size * SCARCE) this.#tell(outcome.waitsFor);
  }

  #lookSoon(): void {
    this.#next = 0;
    this.#pause = PAUSE.least;
  }

  /** Says once what the packets of killed clients wait for. */
  #tell(processes: readonly ProcessName[]): void {
    const names = processes.map(({ name, pid }) => `${name} (pid ${pid})`).join(", ");
    if (names === "" || names === this.#told) return;
    this.#told = names;
    this.#options.say(`Few packets are left: those of killed clients come back when ${names} ends`);
  }
}
