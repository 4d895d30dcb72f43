/** A secondary that is killed at any instant harms nobody. */

import { setTimeout as delay } from "node:timers/promises";
import { assert, assertEquals, assertNotMatch } from "../assert.ts";
import {
  accounts,
  note,
  POOL_SIZE,
  type Prefix,
  type SimpleMp,
  startSimpleMp,
  testPrefix,
} from "../harness.ts";

const KILLS = 50;

/** Receivers have less to do with the rings, so they are killed less often. */
const RECEIVER_KILLS = 20;

/** The longest that a stream may last before its process is killed, in milliseconds. */
const LONGEST_STREAM = 40;

/** Kills it at a random instant of a stream, with much still on its way to it. */
async function killSomewhere({ process }: SimpleMp, stream: AbortController): Promise<void> {
  await delay(Math.random() * LONGEST_STREAM);
  stream.abort();
  const end = await process.endBy(() => process.kill("SIGKILL"));
  assertEquals(end.signal, "SIGKILL");
}

/** Sends faster than anyone can receive, until it is told to stop or cannot any more. */
async function flood(sender: SimpleMp, name: string, signal: AbortSignal): Promise<void> {
  try {
    for (let i = 0; !signal.aborted; i += 100) {
      const batch = Array.from({ length: 100 }, (_, j) => `${name}_${i + j}`);
      await sender.send(...batch);
    }
  } catch (error) {
    // a killed process's end of the pipe is gone; that it was our kill is judged elsewhere
    if (!signal.aborted) throw error;
  }
}

/**
 * The prompt still obeys. A flood may fill the pipe faster than this test reads it; then lines are
 * dropped, the answer may be among them, and a line says so: it is asked once more, with the pipe
 * empty.
 */
async function answers({ process }: SimpleMp): Promise<void> {
  const ask = async () => {
    const from = process.stdout.length;
    await process.send("help");
    return await process.waitFor(/- send \[string\]|lines were dropped/, { from });
  };
  for (let answer = ""; !answer.includes("send");) [answer] = await ask();
}

/** Messages both ways after all that happened. */
async function stillWorks(prefix: Prefix, primary: SimpleMp): Promise<void> {
  const last = await startSimpleMp(prefix, { type: "secondary" });
  await last.send("last_up");
  await primary.process.waitFor("Received 'last_up'");
  // what was sent to the killed ones fills the ring, which would refuse one message more
  const end = performance.now() + 60_000;
  while ((await accounts(prefix)).inRings > 0 && performance.now() < end);
  await primary.send("last_down");
  await last.process.waitFor("Received 'last_down'");
  assertEquals((await last.quit()).code, 0);
}

/**
 * Every element is in the pool or in a ring. What a killed process held, the primary gives back
 * when it is the only process, which it is not while we look.
 */
async function nothingLost(prefix: Prefix, primary: SimpleMp, what: string): Promise<void> {
  const from = primary.process.stdout.length;
  let count = await accounts(prefix);
  if (count.lost > 0) {
    await primary.process.waitFor(/Recovered \d+ messages?/, { from, timeout: 10_000 });
    count = await accounts(prefix);
  }
  const recovered = [...primary.process.stdout.matchAll(/Recovered (\d+) messages?/g)]
    .reduce((sum, [, found]) => sum + Number(found), 0);
  note(
    `${what}: ${count.available} elements in the pool, ${count.inRings} in rings, ` +
      `${count.lost} lost after the primary gave ${recovered} back`,
  );
  assertEquals(count.available + count.inRings, POOL_SIZE);
}

Deno.test(`kill -9 of the secondary in the middle of its sends, ${KILLS} times`, async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix, { type: "primary" });
  let interrupted = 0;
  for (let round = 0; round < KILLS; round++) {
    const secondary = await startSimpleMp(prefix, { type: "secondary" });
    const before = primary.received.length;
    const stream = new AbortController();
    const flooding = flood(secondary, `round${round}`, stream.signal);
    await primary.receives(before + 1);
    await killSomewhere(secondary, stream);
    await flooding;
    if (primary.received.length > before + 1) interrupted++;
    await answers(primary);
  }
  await stillWorks(prefix, primary);
  checkOrder(primary.received);
  assert(interrupted > KILLS / 2, `only ${interrupted} were killed in the middle of a stream`);
  const messages = primary.received.length;
  await nothingLost(prefix, primary, `${KILLS} senders killed, ${messages} messages`);
  assertEquals((await primary.quit()).code, 0);
});

Deno.test(`kill -9 of the secondary while it receives, ${RECEIVER_KILLS} times`, async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix, { type: "primary" });
  let messages = 0;
  for (let round = 0; round < RECEIVER_KILLS; round++) {
    const secondary = await startSimpleMp(prefix, { type: "secondary" });
    const stream = new AbortController();
    const flooding = flood(primary, `round${round}`, stream.signal);
    await secondary.receives(1);
    await killSomewhere(secondary, stream);
    await flooding;
    messages += secondary.received.length;
    await answers(primary);
  }
  await stillWorks(prefix, primary);
  assertNotMatch(primary.process.stdout, /Failed to get message buffer/, "the pool ran dry");
  await nothingLost(prefix, primary, `${RECEIVER_KILLS} receivers killed, ${messages} messages`);
  assertEquals((await primary.quit()).code, 0);
});

/** Every message is whole, and each sender's come in its order; the discarded ones are missing. */
function checkOrder(received: readonly string[]): void {
  let [round, number] = [-1, -1];
  for (const message of received.filter((text) => text !== "last_up")) {
    const [, thisRound = NaN, thisNumber = NaN] = (message.match(/^round(\d+)_(\d+)$/) ?? [])
      .map(Number);
    const later = thisRound > round || (thisRound === round && thisNumber > number);
    assert(later, `'${message}' after round${round}_${number}`);
    [round, number] = [thisRound, thisNumber];
  }
}
