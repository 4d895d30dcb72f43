/**
 * What all processes of a primary must agree on, and who of them lives. The C sample has no such
 * thing, "or errors result"; its processes neither see it nor miss it.
 *
 * @module
 */

import { DpdkError, Memzone } from "../../mod.ts";
import { identityOf, lives, pidOf } from "../mp_server/watch.ts";
import { MAX_PROCS, type Options } from "./options.ts";

/** The memzone: port mask, number of processes, and the identity of each. */
const MZ_AGREEMENT = "SMP_AGREEMENT";

const MASK = 0;
const NUM_PROCS = 1;
const OWNERS = 2;

function refuse(option: string, reason: string): never {
  throw new DpdkError({ operation: option, reason });
}

/** The primary says what holds for all. */
export function found({ portMask, numProcs, procId }: Options): void {
  const words = BigInt64Array.BYTES_PER_ELEMENT;
  const zone = Memzone.reserve(MZ_AGREEMENT, (OWNERS + MAX_PROCS) * words);
  const slots = new BigInt64Array(zone.buffer).fill(0n);
  slots[MASK] = portMask;
  slots[NUM_PROCS] = BigInt(numProcs);
  Atomics.store(slots, OWNERS + procId, identityOf(Deno.pid) ?? 0n);
}

/**
 * A secondary agrees and takes its id.
 *
 * @throws {DpdkError} where its options are not the primary's, or a living process has the id.
 */
export function join({ portMask, numProcs, procId }: Options): void {
  let zone: Memzone;
  try {
    zone = Memzone.lookup(MZ_AGREEMENT);
  } catch (error) {
    // the C sample as primary: nobody keeps it
    if (error instanceof DpdkError && error.code === "ENOENT") return;
    throw error;
  }
  const slots = new BigInt64Array(zone.buffer);
  const [mask = 0n, procs = 0n] = slots;
  if (mask !== portMask) {
    refuse(`-p ${portMask.toString(16)}`, `the primary runs with -p ${mask.toString(16)}`);
  }
  if (procs !== BigInt(numProcs)) {
    refuse(`--num-procs ${numProcs}`, `the primary runs with --num-procs ${procs}`);
  }
  const owner = Atomics.load(slots, OWNERS + procId);
  const self = identityOf(Deno.pid) ?? 0n;
  const free = owner === 0n || !lives(owner);
  if (free && Atomics.compareExchange(slots, OWNERS + procId, owner, self) === owner) return;
  const pid = pidOf(Atomics.load(slots, OWNERS + procId));
  refuse(`--proc-id ${procId}`, `process ${pid} has it; choose another of 0 to ${numProcs - 1}`);
}
