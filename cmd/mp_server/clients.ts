/**
 * Who the clients are at this moment: those that live are fed, and what lies in the rings of the
 * others goes back to the pool. All of this is the main thread's; the forwarding lcore only sees
 * a word change.
 *
 * @module
 */

import { lcoresOf } from "../../ffi/host/process_lcores.ts";
import {
  type Claims,
  type Eal,
  EthDev,
  Mempool,
  ObjTable,
  pktmbufFreeBulk,
  processEnd,
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

/** Packets taken out of a ring at once; a ring holds 127. */
const DRAIN = 128;

/** Drivers that keep packets in rings or nowhere, so that a packet that is nowhere is lost. */
const HOLDING_NOTHING = new Set(["net_null", "net_ring", "net_pcap"]);

/** What the care for clients needs to know. */
export interface ClientsOptions {
  /** The server's. */
  eal: Eal;
  /** Ids of the ports in use. */
  ports: readonly number[];
  /** How many clients there can be. */
  clients: number;
  /** The hold on the forwarding lcore. */
  control: FeedControl;
  /** Tells of a change. */
  say(line: string): void;
}

/** How long a put must be stuck for a dead process to be the cause, in milliseconds. */
const STUCK = 100;

/** One client. */
interface Client {
  id: number;
  ring: Ring;
  /** The identity of the process that it is now. */
  process: bigint | undefined;
  /** Lcores of that process. */
  lcores: ReadonlySet<number>;
  /** It was there once. */
  seen: boolean;
}

/** The clients of the server. */
export class Clients implements Disposable {
  readonly #options: ClientsOptions;
  readonly #owners: Claims;
  readonly #foreign: ForeignClients;
  readonly #clients: Client[];
  /** Those of whom it is not said yet that they have not come. */
  readonly #waitingFor: Client[];
  readonly #objs = new ObjTable(DRAIN);
  readonly #pool = Mempool.lookup(PKTMBUF_POOL_NAME);
  readonly #self = identityOf(Deno.pid);
  readonly #started = performance.now();
  readonly #timer: number;
  readonly #over = new AbortController();
  /** Lcores of processes that may have been killed in the middle of a put. */
  readonly #suspects = new Set<number>();
  /** A killed process may have had packets that are nowhere now. */
  #killed = false;
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
      lcores: new Set(),
      seen: false,
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

  async #look(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      this.#findChanges();
      await this.#finishPuts();
      // whoever puts while another's put is unfinished waits for ever
      if (this.#suspects.size > 0) return;
      for (const client of this.#clients) this.#drain(client);
      await this.#recover();
    } finally {
      this.#busy = false;
    }
  }

  /** Compares who is there with who was, says what changed, and feeds those that are there. */
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
    this.#options.control.feed(
      this.#clients.reduce((mask, { id, process }) => process ? mask | (1 << id) : mask, 0),
    );
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
    client.lcores = lcoresOf(pidOf(process));
    processEnd(pidOf(process), this.#over.signal).then(() => this.#look(), () => {
      // all is over; or the kernel refused, and the next look will find it
    });
    return `Client ${client.id} (pid ${pidOf(process)}) is ${back ? "back" : "here"}: it is fed`;
  }

  #left({ id, lcores }: Client, process: bigint): string {
    for (const lcore of lcores) this.#suspects.add(lcore);
    // what was killed leaves its socket
    if (this.#options.eal.buryDead() > 0) this.#killed = true;
    return `Client ${id} (pid ${pidOf(process)}) has ended: the others get its share`;
  }

  /**
   * A client that was killed in the middle of a put of packets to the pool would make the
   * forwarding lcore and all other clients wait for ever, inside DPDK: this does what it was about
   * to do. A put takes a microsecond, so that all who live have left their place long before.
   */
  async #finishPuts(): Promise<void> {
    let stuckAt: number | undefined;
    let since = performance.now();
    while (this.#suspects.size > 0) {
      const at = this.#pool.unfinishedPut();
      if (at === undefined) return this.#suspects.clear();
      if (at !== stuckAt) {
        stuckAt = at;
        since = performance.now();
      } else if (performance.now() - since > STUCK) {
        const taken = this.#clients.filter(({ process }) => process !== undefined);
        const dead = [...this.#suspects].filter((id) =>
          !taken.some(({ lcores }) => lcores.has(id))
        );
        const counts = dead.map((lcore) => this.#pool.finishPut(lcore, at));
        const count = counts.find((count) => count > 0);
        // whose it is will show, or it is beyond help
        if (count === undefined) return;
        this.#options.say(`Finished what a killed client was doing: ${count} packets`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /**
   * What lies in the ring of a client that is not there goes back to the pool. A ring has one
   * reader, so the server takes the client's id for that moment. A C client does not know about
   * ids, but it has a socket long before it reads.
   */
  #drain({ id, ring, process }: Client): void {
    if (process !== undefined || !this.#options.control.isUnfed(id) || ring.count === 0) return;
    if (!this.#owners.tryClaim(id).taken) return;
    try {
      if (this.#foreign.find().has(id)) return;
      // one that was killed in the middle of a dequeue
      ring.repair("consumer");
      pktmbufFreeBulk(this.#objs, ring.dequeueBurst(this.#objs, DRAIN));
    } finally {
      this.#owners.release(id);
    }
  }

  /**
   * Packets that killed clients had in their hands, as soon as no other process is left that
   * could have any: those that are in the pool, in a cache or in a ring nowhere.
   */
  async #recover(): Promise<void> {
    const { eal, ports, control, say } = this.#options;
    if (!this.#killed || eal.secondaries().length > 0) return;
    this.#killed = false;
    // a device that keeps packets of its own would seem to have lost them
    if (!ports.every((port) => HOLDING_NOTHING.has(EthDev.of(port).info().driver))) return;
    await control.whileParked(() => {
      this.#pool.audit({
        repair: ({ lost, strangers }) => {
          // somebody who came during the look may have taken what was not found
          if (eal.secondaries().length > 0) {
            this.#killed = true;
            return false;
          }
          if (lost > 0) say(`Recovered ${lost} packets of killed clients`);
          return lost > 0 || strangers > 0;
        },
      });
    });
  }
}
