/**
 * What a secondary asks of its primary: that it is of the right program, and lives.
 *
 * @module
 */

import { DpdkError } from "../../ffi/boundary/errors.ts";
import type { Eal } from "../../ffi/eal.ts";
import type { EalOptions } from "../../ffi/host/eal_options.ts";

/** Milliseconds between two looks whether the primary lives. */
const PERIOD = 250;

/**
 * Looks whether the primary lives, until disposal. In the primary itself this does nothing.
 *
 * @param call is called once, with the primary as messages name it, when it has ended or was killed.
 */
export function onPrimaryEnd(eal: Eal, call: (primary: string) => void): Disposable {
  if (eal.processType === "primary") return { [Symbol.dispose]() {} };
  // who it was is not known any more once it has ended
  const primary = eal.primaryText;
  const timer = setInterval(() => {
    if (eal.isPrimaryAlive) return;
    clearInterval(timer);
    call(primary);
  }, PERIOD);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/**
 * Looks up what the primary of a program shares. Where that is missing, another program has the
 * file prefix, and the error names it.
 *
 * @param program the program whose primary is expected, such as `simple_mp`.
 * @throws {DpdkError} as `lookUp` does where the primary is of that program.
 */
export function ofPrimary<T>(eal: Eal, program: string, lookUp: () => T): T {
  try {
    return lookUp();
  } catch (error) {
    const missing = error instanceof DpdkError && error.code === "ENOENT";
    if (!missing || eal.processType === "primary") throw error;
    refuseOther(eal, program, error);
  }
}

/** Throws the error that names the program which is there in place of the expected one. */
export function refuseOther(eal: Eal, program: string, missing: DpdkError): never {
  const there = eal.primaryText;
  // the expected primary has not created everything yet, or has ended
  if (there.startsWith(`${program} `) || there.startsWith(`dpdk-${program} `)) throw missing;
  throw new DpdkError({
    operation: `--file-prefix=${eal.filePrefix}`,
    reason: `expected a primary of ${program}, got ${there}`,
  });
}

/**
 * Refuses options of EAL that keep other processes from attaching to this one.
 *
 * @param others what must be able to attach, such as `slaves`.
 */
export function checkShared({ keepsOthersOut }: EalOptions, others: string): void {
  if (keepsOthersOut === undefined) return;
  throw new DpdkError({ operation: keepsOthersOut, reason: `${others} could not attach` });
}
