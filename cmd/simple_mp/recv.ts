/**
 * The receiving lcore, `lcore_recv` of the C sample: dequeues messages, prints their texts or
 * passes them to the main thread, and puts them back to the pool.
 *
 * @module
 */

import { delayUsSleep } from "../../ffi/cycles.ts";
import { lcoreMain } from "../../ffi/launch.ts";
import { Mempool } from "../../ffi/mempool.ts";
import { ObjTable } from "../../ffi/obj_table.ts";
import { Ring } from "../../ffi/ring.ts";
import { write } from "../stdout.ts";
import { MSG_POOL } from "./objects.ts";
import { receivedLine, startingLine } from "./lines.ts";
import { ParkingPlace } from "./parking.ts";

/** Messages taken at once; the ring holds 63. */
const BURST = 32;

/** What a receiving lcore that does not print tells: that it started, then texts in order. */
export type Received = "started" | string[];

/** What a receiving lcore is given. */
export interface RecvData {
  /** The ring to receive on. */
  ring: string;
  /** Where the main thread asks it to hold nothing for a moment. */
  parking: SharedArrayBuffer;
  /** Prints what it receives itself, as the C sample's does: 165 us one way, 265 through the main thread. */
  prints: boolean;
}

lcoreMain<RecvData, Received>((context) => {
  const { ring: name, parking, prints } = context.data;
  using ring = Ring.lookup(name);
  using pool = Mempool.lookup(MSG_POOL);
  const objs = new ObjTable(BURST);
  const decoder = new TextDecoder();
  const place = new ParkingPlace(parking);
  if (prints) write(`${startingLine(context.lcore)}\n`);
  else context.post("started");
  while (!context.stopRequested) {
    if (place.wanted) place.park();
    // a call on what a killed process left torn would wait for ever; the primary mends it
    const count = ring.torn || pool.torn ? 0 : ring.dequeueBurst(objs, BURST);
    if (count === 0) {
      delayUsSleep(5);
      continue;
    }
    const texts: string[] = [];
    for (let i = 0; i < count; i++) {
      const bytes = pool.bytes(objs, i);
      const end = bytes.indexOf(0);
      texts.push(decoder.decode(bytes.subarray(0, end < 0 ? bytes.length : end)));
    }
    // at the end of this process nobody mends it any more; the next audit finds the burst
    while (pool.torn && !context.stopRequested) delayUsSleep(5);
    if (!pool.torn) pool.putBulk(objs, count);
    if (prints) write(texts.map((text) => `${receivedLine(context.lcore, text)}\n`).join(""));
    else context.post(texts);
  }
});
