/**
 * What all processes of a primary must agree on, and which of them live. In the C sample the user
 * must see to that, "or errors result"; C processes do not use this.
 *
 * @module
 */

import { DpdkError, Memzone, Port } from "../../ffi/port_core.ts";
import { attachVdev } from "../../ffi/eal_api.ts";
import { Claims } from "../../ffi/recovery/recovery.ts";
import { refuse } from "../lib/options.ts";
import { maskText } from "../lib/ports.ts";
import { say } from "../lib/stdout.ts";
import { MAX_PROCS, type Options } from "./options.ts";

/**
 * Name of the memzone with the port mask, the number of processes, the identity of each, and the
 * names of all ports.
 */
const MZ_AGREEMENT = "SMP_AGREEMENT";

const MASK = 0;
const NUM_PROCS = 1;
const OWNERS = 2;

/** Where the names of ports lie, bytes: a length, and then a JSON array. */
const NAMES = (OWNERS + MAX_PROCS) * BigInt64Array.BYTES_PER_ELEMENT;

/** `RTE_MAX_ETHPORTS` names of `RTE_ETH_NAME_MAX_LEN` with their quotes. */
const NAMES_SIZE = 4 + 32 * 68;

function slotsOf(zone: Memzone): BigInt64Array<ArrayBuffer> {
  return new BigInt64Array(zone.buffer, 0, OWNERS + MAX_PROCS);
}

function procIds(zone: Memzone): Claims {
  return Claims.at(zone.buffer, MAX_PROCS, OWNERS * BigInt64Array.BYTES_PER_ELEMENT);
}

/** Looks up the memzone; undefined with the C sample as primary. */
function lookUp(): Memzone | undefined {
  try {
    return Memzone.lookup(MZ_AGREEMENT);
  } catch (error) {
    if (error instanceof DpdkError && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Primary: publishes its options and its ports, and takes its id. */
export function publishAgreement({ portMask, numProcs, procId }: Options): void {
  const zone = Memzone.reserve(MZ_AGREEMENT, NAMES + NAMES_SIZE);
  const slots = slotsOf(zone).fill(0n);
  slots[MASK] = portMask;
  slots[NUM_PROCS] = BigInt(numProcs);
  const names = new TextEncoder().encode(JSON.stringify(Port.list().map(({ name }) => name)));
  new Uint8Array(zone.buffer, NAMES + 4, names.length).set(names);
  new Uint32Array(zone.buffer, NAMES)[0] = names.length;
  procIds(zone).tryClaim(procId);
}

/**
 * Secondary: checks its options against the primary's, and takes its id.
 *
 * @throws {DpdkError} when the options differ from the primary's, or a living process has the id.
 */
export function joinAgreement({ portMask, numProcs, procId }: Options): void {
  const zone = lookUp();
  if (!zone) return;
  const slots = slotsOf(zone);
  const [mask = 0n, procs = 0n] = slots;
  if (mask !== portMask) {
    refuse("-p", `the primary's mask, ${maskText(mask)}`, maskText(portMask));
  }
  if (procs !== BigInt(numProcs)) {
    refuse("--num-procs", `the primary's number, ${procs}`, `${numProcs}`);
  }
  const claim = procIds(zone).tryClaim(procId);
  if (claim.taken) return;
  const others = `an id from 0 to ${numProcs - 1} that no process has`;
  refuse("--proc-id", others, `${procId}`, `process ${claim.by} has it`);
}

/** Attaches to the virtual ports of a primary that has ended, which EAL does not tell. */
export function attachLeftPorts(): void {
  const zone = lookUp();
  if (!zone) return;
  const [length = 0] = new Uint32Array(zone.buffer, NAMES, 1);
  const text = new TextDecoder().decode(new Uint8Array(zone.buffer, NAMES + 4, length).slice());
  const names: string[] = JSON.parse(text);
  const here = new Set(Port.list().map(({ name }) => name));
  for (const name of names.filter((name) => !here.has(name))) attachVdev(name);
  say(`The primary has ended: ports ${names.join(", ")} as it left them`);
}
