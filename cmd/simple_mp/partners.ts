/**
 * Tells whoever is at the prompt that nobody is left at the other end: what is sent then would wait
 * in the ring, and be discarded as soon as that is full.
 *
 * @module
 */

/** How often is looked who lives, in milliseconds. */
const PERIOD = 250;

/** Whether a process is a simple_mp, ours or the C sample: others only look, and come and go. */
function isPartner({ name }: ProcessName): boolean {
  return /(^|[-_/])simple_mp$/.test(name);
}

/** What to say in a primary when these secondaries lived and those live now. */
export function endedLines(before: readonly ProcessName[], now: readonly ProcessName[]): string[] {
  const living = new Set(now.map(({ pid }) => pid));
  const partners = before.filter(isPartner);
  const left = now.some(isPartner) ? "" : ": messages wait for the next one";
  return partners.filter(({ pid }) => !living.has(pid))
    .map(({ pid }, i, { length }) =>
      `The secondary (pid ${pid}) has ended${i === length - 1 ? left : ""}`
    );
}

/** Says so until disposal. */
export function watchPartners(eal: Eal, say: (line: string) => void): Disposable {
  const primary = eal.primaryText;
  let secondaries: ProcessName[] = [];
  const timer = setInterval(() => {
    if (eal.processType === "primary") {
      const now = eal.secondaries();
      for (const line of endedLines(secondaries, now)) say(line);
      for (const { pid } of now) {
        const known = secondaries.some((one) => one.pid === pid);
        if (!known) log(LogLevel.DEBUG, `Process ${pid} has come.`);
      }
      secondaries = now;
    } else if (!eal.primaryAlive) {
      clearInterval(timer);
      say(`The primary, ${primary}, has ended: nobody receives what is sent; quit, and start anew`);
    }
  }, PERIOD);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
import { type Eal, log, LogLevel, type ProcessName } from "../../ffi/core.ts";
