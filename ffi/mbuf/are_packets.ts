/**
 * Tells packets from other objects.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { checkInteger } from "../boundary/native.ts";
import type { Objects } from "../objects.ts";
import { isPacketAt } from "./packet.ts";
import { allPacketMemory, type PacketMemory } from "./packet_memory.ts";

/** See `Burst.arePackets`, which is this. */
export function arePackets(objects: Objects, count: number): boolean {
  checkInteger("count", count, 0, objects.length);
  if (count === 0) return true;
  const addresses = objects.addresses.subarray(0, count);
  const areIn = (memory: PacketMemory | undefined) =>
    memory !== undefined && addresses.every((address) => {
      const at = memory.offsetOf(Number(address & 0xffff_ffffn), Number(address >> 32n));
      return isPacketAt(memory, at);
    });
  const memory = allMemory();
  if (areIn(memory)) return true;
  // another thread or process may have made a pool since this memory was mapped
  memory?.[Symbol.dispose]();
  return areIn(allMemory());
}

/** The memory of all pools of packets; undefined where there are none. */
function allMemory(): PacketMemory | undefined {
  try {
    return allPacketMemory();
  } catch (error) {
    if (error instanceof DpdkError && error.code === "ENOENT") return undefined;
    throw error;
  }
}
