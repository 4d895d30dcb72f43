/**
 * Where the elements of a pool are while its users go on: all are asked to hold nothing for a moment.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import type { MempoolAudit } from "../../ffi/recovery/recovery.ts";
import type { Prefix } from "./prefix.ts";
import type { TestProcess } from "./process.ts";
import { PATIENCE } from "./patience.ts";
import { fixture } from "./program.ts";

/** How long it may take until all is back, in milliseconds. */
const BACK_LIMIT = PATIENCE;

/** A process that looks into one pool. */
export class Auditor {
  private constructor(readonly process: TestProcess) {}

  /** Starts it, beside the primary of a prefix. */
  static async start(prefix: Prefix, pool: string): Promise<Auditor> {
    const process = prefix.spawn("auditor", fixture("auditor"), [prefix.name, pool]);
    await process.waitFor("ready\n");
    return new Auditor(process);
  }

  /** What there is while nobody holds anything. */
  async audit(): Promise<MempoolAudit> {
    let tries = 0;
    for (const end = performance.now() + BACK_LIMIT;; tries++) {
      const count = this.process.lines.length;
      await this.process.send("audit");
      const line = await this.process.waitUntil(() => this.process.lines[count], "an audit");
      const found: MempoolAudit | { inside: number[] } = JSON.parse(line);
      if (!("inside" in found)) return found;
      if (performance.now() < end) continue;
      throw new Error(`asked ${tries + 1} times, ${found.inside} do not come out for an audit`);
    }
  }

  /** Waits until every element is in one place; that one is in two is an error at once. */
  async allBack(): Promise<void> {
    let found = await this.audit();
    let pause = 50;
    for (const end = performance.now() + BACK_LIMIT; found.lost > 0 && performance.now() < end;) {
      if (found.strangers > 0) break;
      // who gives back has to ask all as well, and on a busy machine that takes long
      await delay(pause);
      pause = Math.min(2 * pause, 2000);
      found = await this.audit();
    }
    if (found.lost === 0 && found.strangers === 0) return;
    throw new Error(`elements are lost, or in two places: ${JSON.stringify(found)}`);
  }

  /** Lets it go. */
  async end(): Promise<void> {
    await this.process.closeStdin();
    await this.process.ended();
  }
}
