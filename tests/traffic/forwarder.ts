/**
 * The forwarder of `fixtures/`, as tests drive it.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Prefix, TestProcess } from "../harness.ts";
import type { Counts, End } from "./fixtures/forwarder.ts";

const SCRIPT = fileURLToPath(new URL("./fixtures/forwarder.ts", import.meta.url));

/** How often a condition on counters is looked at, in milliseconds. */
const INTERVAL = 20;

/** How long a condition on counters may take, in milliseconds. */
const PATIENCE = 60_000;

/**
 * Starts a primary that forwards on these devices, a queue for each worker lcore.
 *
 * @param inject Packets that it sends to its first port at the start.
 * @param held Whether it waits for {@linkcode Forwarder.release} before it sends these packets.
 * @param extra Further arguments of EAL's.
 */
export async function startForwarder(
  prefix: Prefix,
  vdevs: readonly string[],
  { lcores = "0@0,1@1", inject = 0, held = false, extra = [] }: {
    lcores?: string;
    inject?: number;
    held?: boolean;
    extra?: readonly string[];
  } = {},
): Promise<Forwarder> {
  const process = prefix.spawn("forwarder", {
    command: Deno.execPath(),
    args: ["run", "-A", "--no-check", SCRIPT],
  }, [
    ...prefix.eal({ lcores, extra: [...extra, ...vdevs.map((vdev) => `--vdev=${vdev}`)] }),
    "--",
    `${inject}`,
    ...held ? ["held"] : [],
  ]);
  await process.waitFor('{"ports":');
  return new Forwarder(process);
}

/** Packets in {@linkcode startRound}. */
export const PACKETS = 100;

/** Starts a forwarder with packets going round in it. */
export async function startRound(prefix: Prefix): Promise<Forwarder> {
  const forwarder = await startForwarder(prefix, ["net_ring0", "net_ring1"], { inject: PACKETS });
  await forwarder.until(({ received }) => received > PACKETS, "packets going round");
  return forwarder;
}

/** A running forwarder. */
export class Forwarder {
  #said = 1;

  /** Use {@linkcode startForwarder}. */
  constructor(readonly process: TestProcess) {}

  /** Lets one that was held go on. */
  async release(): Promise<void> {
    await this.process.send("go");
  }

  /** Its counters now. */
  async counts(): Promise<Counts> {
    await this.process.send("counts");
    return await this.#next<Counts>();
  }

  /** Its counters, as soon as a condition holds for them. */
  async until(condition: (counts: Counts) => boolean, what: string): Promise<Counts> {
    for (const end = performance.now() + PATIENCE;;) {
      const counts = await this.counts();
      if (condition(counts)) return counts;
      if (performance.now() > end) throw new Error(`${what}: never; ${JSON.stringify(counts)}`);
      await delay(INTERVAL);
    }
  }

  /** Its counters when nothing has moved for a while. */
  async quiet(): Promise<Counts> {
    let last = -1;
    let same = 0;
    return await this.until(({ received }) => {
      same = received === last ? same + 1 : 0;
      last = received;
      return same >= 5;
    }, "no more packets");
  }

  /** Ends it; what it counted. */
  async end(): Promise<End> {
    await this.process.closeStdin();
    const end = await this.#next<End>();
    const { code } = await this.process.ended();
    if (code !== 0) throw new Error(`the forwarder: status ${code}: ${this.process.stderr}`);
    return end;
  }

  async #next<T>(): Promise<T> {
    const index = this.#said++;
    const line = await this.process.waitUntil(() => this.process.lines[index], "its counters");
    const said: T = JSON.parse(line);
    return said;
  }
}
