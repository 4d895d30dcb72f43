/**
 * The receiving lcore, `lcore_recv` of the C sample: dequeues messages, prints their texts or
 * passes them to the main thread, and puts them back to the pool.
 *
 * @module
 */

import { delayUsSleep, lcoreMain, Mempool, Objects, Quiesce, Ring } from "../../ffi/worker.ts";
import { isOutputWaiting, write } from "../lib/stdout.ts";
import { BURST, MSG_POOL } from "./objects.ts";
import { receivedLine, startingLine } from "./lines.ts";

/** What a receiving lcore that does not print tells: that it started, then texts in order. */
export type Received = "started" | string[];

/** What a receiving lcore is given. */
export interface RecvData {
  /** The ring to receive on. */
  ring: string;
  /** Prints what it receives itself, as the C sample's does: 165 us one way, 265 through the main thread. */
  prints: boolean;
}

lcoreMain<RecvData, Received>((context) => {
  const { ring: name, prints } = context.data;
  using ring = Ring.lookup(name);
  using pool = Mempool.lookup(MSG_POOL);
  const objs = new Objects(BURST);
  const decoder = new TextDecoder();
  using participant = Quiesce.open().join();
  participant.enter();
  if (prints) write(`${startingLine(context.lcore)}\n`);
  else context.post("started");
  while (!context.stopRequested) {
    if (participant.wanted) participant.pause();
    // nobody reads what was printed before: messages wait in the ring, none is dropped
    if (prints && isOutputWaiting()) {
      delayUsSleep(5);
      continue;
    }
    // a call would wait for a process that is stopped in the middle of an update, and `quit` for it
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
    // others are inside the pool all the time, each for a moment: one look decides
    let torn = pool.torn;
    for (; torn && !context.stopRequested; torn = pool.torn) delayUsSleep(5);
    // otherwise the next audit finds the burst
    if (!torn) pool.putBulk(objs, count);
    if (prints) write(texts.map((text) => `${receivedLine(context.lcore, text)}\n`).join(""));
    else context.post(texts);
  }
});
