/**
 * Says at the prompt that the process at the other end has gone: messages would wait in the ring,
 * and be refused once it is full.
 *
 * @module
 */

import { type Eal, log, LogLevel, type ProcessName } from "../../ffi/core.ts";
import { onPrimaryEnd } from "../lib/primary.ts";

/** Milliseconds between two looks at the living processes. */
const PERIOD = 250;

/** Whether a process is a simple_mp, ours or the C sample; other secondaries only look. */
function isPartner({ name }: ProcessName): boolean {
  return /(^|[-_/])simple_mp$/.test(name);
}

/** The lines to print in a primary when the secondaries `before` lived, and `now` live. */
export function endedLines(before: readonly ProcessName[], now: readonly ProcessName[]): string[] {
  const living = new Set(now.map(({ pid }) => pid));
  const partners = before.filter(isPartner);
  const left = now.some(isPartner) ? "" : ": messages wait for the next one";
  return partners.filter(({ pid }) => !living.has(pid))
    .map(({ pid }, i, { length }) =>
      `The secondary (pid ${pid}) has ended${i === length - 1 ? left : ""}`
    );
}

/** Watches the partners until disposal, and prints when the last has gone. */
export function watchPartners(eal: Eal, say: (line: string) => void): Disposable {
  if (eal.processType === "secondary") {
    return onPrimaryEnd(eal, (primary) => {
      say(`The primary, ${primary}, has ended: nobody receives what is sent; quit, and start anew`);
    });
  }
  let secondaries: ProcessName[] = [];
  const timer = setInterval(() => {
    const now = eal.secondaries();
    for (const line of endedLines(secondaries, now)) say(line);
    for (const { pid } of now) {
      const known = secondaries.some((one) => one.pid === pid);
      if (!known) log(LogLevel.DEBUG, `Process ${pid} has come.`);
    }
    secondaries = now;
  }, PERIOD);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
