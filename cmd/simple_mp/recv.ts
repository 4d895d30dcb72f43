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
import { BURST, MSG_POOL } from "./names.ts";
import { receivedLine, startingLine } from "./lines.ts";

/**
 * What a receiving lcore that does not print sends to the main thread: that it has started, then
 * the texts in order.
 */
export type Received = "started" | string[];

/** What a receiving lcore is given. */
export interface RecvData {
  /** The ring to receive on. */
  ring: string;
  /**
   * Whether the lcore prints messages itself, as in the C sample: that takes 165 us one way, and
   * 265 through the main thread.
   */
  prints: boolean;
}

lcoreMain<RecvData, Received>((context) => {
  const { ring: name, prints } = context.data;
  using ring = Ring.lookup(name);
  using pool = Mempool.lookup(MSG_POOL);
  // a plain call would wait for a process that is stopped in the middle of an update, and `quit`
  // would wait for that call
  const [patientRing, patientPool] = [new PatientRing(ring, 0), new PatientMempool(pool, 0)];
  const objs = new Objects(BURST);
  const decoder = new TextDecoder();
  using participant = Quiesce.open().join();
  participant.enter();
  if (prints) write(`${startingLine(context.lcore)}\n`);
  else context.post("started");
  while (!context.stopRequested) {
    if (participant.wanted) participant.pause();
    // while nobody reads the output, messages stay in the ring, and none is dropped
    if (prints && isOutputWaiting()) {
      delayUsSleep(5);
      continue;
    }
    const count = patientPool.isSettled ? patientRing.dequeueBurst(objs, BURST) : 0;
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
    // messages that cannot be put back before the end are found by the next audit
    while (!patientPool.put(objs, count) && !context.stopRequested) delayUsSleep(5);
    if (prints) write(texts.map((text) => `${receivedLine(context.lcore, text)}\n`).join(""));
    else context.post(texts);
  }
});
