/**
 * Clients of an mp_server that are killed or stopped at the worst instants there are, and in pairs.
 *
 * After each harm every client that lives, and every one that came back, sends packets again; what
 * the server gives out proves nothing, since it goes into a ring. With clients of ours every packet
 * is in exactly one place then, at full traffic; with C clients that shows when they have ended.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { assertEquals } from "../assert.ts";
import {
  Auditor,
  CrashPoints,
  type Maker,
  type MpServer,
  type Prefix,
  startMpClient,
  startMpServer,
  type TestProcess,
} from "../harness.ts";
import type { Random } from "../../ffi/traffic/random.ts";

const POOL = "MProc_pktmbuf_pool";

/** Where a client of ours can be stopped or killed. */
export const CLIENT_POINTS: readonly string[] = [
  // a full cache goes into the pool's ring
  ...["put-try", "put-moved", "put-head", "put-tail", "put-done"].map((step) => `${step} MP_`),
  // and then, or otherwise, a packet goes into the cache
  "cache-flushed",
  "cache-put",
  // packets out of the client's own ring, and out of its buffer into the port
  ...["take-head", "take-tail", "take-done"].map((step) => `${step} MProc_Client`),
  "buffered",
  "half-sent",
  "sent",
];

/** What happens at a point. */
export const HARMS = ["kill", "stop", "stop, kill another", "stop, kill both"] as const;

/** One of {@linkcode HARMS}. */
export type Harm = typeof HARMS[number];

/** How long one that is stopped stands, in milliseconds at most. */
const STANDS = 150;

/**
 * Pairs after which C clients are ended and started again. While one lives, nothing of what killed ones
 * held comes back; the pool has enough for 30 pairs.
 */
const RENEWED = 10;

/** A server with three clients, and who looks after it. */
export class ClientsUnderFire implements AsyncDisposable {
  readonly #clients: TestProcess[] = [];
  #pairs = 0;

  private constructor(
    readonly prefix: Prefix,
    readonly crashes: CrashPoints,
    readonly server: MpServer,
    readonly makers: readonly Maker[],
    readonly random: Random,
    readonly auditor: Auditor | undefined,
  ) {}

  /** Starts all of them. */
  static async start(
    prefix: Prefix,
    makers: readonly Maker[],
    random: Random,
  ): Promise<ClientsUnderFire> {
    const crashes = await CrashPoints.create();
    const server = await startMpServer(prefix, { clients: makers.length, env: crashes.env });
    // beside a C client nobody can ask all to hold nothing
    const ours = makers.every((maker) => maker === "ts");
    const auditor = ours ? await Auditor.start(prefix, POOL) : undefined;
    const under = new ClientsUnderFire(prefix, crashes, server, makers, random, auditor);
    await Promise.all(makers.keys().map((id) => under.bring(id)));
    await under.allSend();
    return under;
  }

  /** Starts a client, on the lcore that it had before. */
  async bring(id: number): Promise<void> {
    const maker = this.makers[id] ?? "ts";
    const env = maker === "ts" ? this.crashes.env : {};
    const client = await startMpClient(this.prefix, { maker, id, env });
    this.#clients[id] = client;
    await this.server.process.waitFor(new RegExp(`\\(pid ${client.pid}\\) is (here|back)`));
  }

  /** A client. */
  client(id: number): TestProcess {
    const client = this.#clients[id];
    if (!client) throw new Error(`no client ${id}`);
    return client;
  }

  /** Waits until each client sends packets. */
  async allSend(): Promise<void> {
    const before = this.server.shown?.clients.map(({ tx }) => tx) ?? [];
    await this.server.shows(
      "that each client sends",
      ({ clients }) => clients.every(({ tx }, id) => tx > (before[id] ?? 0)),
    );
  }

  /** Kills a client, and waits until it and all that it left to the kernel is gone. */
  async kill(...ids: number[]): Promise<void> {
    for (const id of ids) this.client(id).kill("SIGKILL");
    for (const id of ids) await this.client(id).ended();
  }

  /** Harms client 0 at a point, client 1 too where the harm says so, and waits until all is well. */
  async harm(point: string, harm: Harm): Promise<void> {
    const victim = this.client(0);
    const skip = Math.floor(this.random.below(8));
    this.crashes.arm(victim.pid, point, skip, harm === "kill" ? "SIGKILL" : "SIGSTOP");
    const from = victim.stderr.length;
    await victim.waitFor(`crash point: ${point} (pid ${victim.pid})`, { on: "stderr", from });
    const gone: number[] = [];
    if (harm === "kill") {
      await victim.ended();
      gone.push(0);
    } else {
      // it says so just before
      await victim.stopped();
      await delay(this.random.below(STANDS));
      if (harm !== "stop") {
        await this.kill(1);
        gone.push(1);
        await delay(this.random.below(STANDS));
      }
      if (harm === "stop, kill both") {
        await this.kill(0);
        gone.push(0);
      } else {
        victim.resume();
      }
    }
    await this.#allWell(gone);
  }

  /** Kills clients 0 and 1, the second one within a millisecond, at some instant of their traffic. */
  async killPair(): Promise<void> {
    await delay(this.random.below(20));
    await this.kill(...this.random.pick([[0, 1], [1, 0]]));
    await this.#allWell([0, 1]);
    if (++this.#pairs % RENEWED === 0 && !this.auditor) await this.#renewC();
  }

  /** Ends all C clients, looks whether every packet is there then, and starts them again. */
  async #renewC(): Promise<void> {
    const ids = [...this.makers.keys()].filter((id) => this.makers[id] === "c");
    for (const id of ids) await this.#endClient(this.client(id));
    await this.#audit();
    await Promise.all(ids.map((id) => this.bring(id)));
    await this.allSend();
  }

  async #endClient(client: TestProcess): Promise<void> {
    const { code } = await client.endBy(() => client.kill("SIGINT"));
    // the C sample does not handle it
    assertEquals(code, client.name.startsWith("c ") ? 130 : 0, client.stderr);
  }

  /** One look, while all that live can be asked. */
  async #audit(): Promise<void> {
    const auditor = await Auditor.start(this.prefix, POOL);
    await auditor.allBack();
    await auditor.end();
  }

  /** Those that are gone come back, all send, and every packet is in one place. */
  async #allWell(gone: readonly number[]): Promise<void> {
    await Promise.all(gone.map((id) => this.bring(id)));
    await this.allSend();
    await this.auditor?.allBack();
  }

  /** Ends all, and looks whether every packet is there. */
  async end(): Promise<void> {
    await this.auditor?.end();
    for (const client of this.#clients) if (client.running) await this.#endClient(client);
    await this.#audit();
    const { code } = await this.server.process.endBy(() => this.server.process.kill("SIGINT"));
    assertEquals(code, 0, this.server.process.stderr);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.crashes[Symbol.dispose]();
    return Promise.resolve();
  }
}
