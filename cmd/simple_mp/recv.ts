/**
 * The receiving lcore, `lcore_recv` of the C sample: dequeues messages, prints their texts or
 * passes them to the main thread, and puts them back to the pool.
 *
 * @module
 */

import {
  delayUsSleep,
  lcoreMain,
  Mempool,
  Objects,
  PatientMempool,
  PatientRing,
  Quiesce,
  Ring,
} from "../../ffi/worker.ts";
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
  // a call would wait for a process that is stopped in the middle of an update, and `quit` for it
  const [patientRing, patientPool] = [new PatientRing(ring, 0), new PatientMempool(pool, 0)];
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
    const count = patientPool.settled ? patientRing.dequeueBurst(objs, BURST) : 0;
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
    // what cannot be put before the end, the next audit finds
    while (!patientPool.put(objs, count) && !context.stopRequested) delayUsSleep(5);
    if (prints) write(texts.map((text) => `${receivedLine(context.lcore, text)}\n`).join(""));
    else context.post(texts);
  }
});
