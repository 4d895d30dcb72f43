/**
 * Checksums of packets to be sent: left to the port, or computed here.
 *
 * @module
 */

import { fillSums, type PortChecksums, portChecksums } from "../net/fill.ts";
import type { LayerName } from "../net/layer.ts";
import type { Packet, PacketOffload } from "./packet.ts";
import type { ChecksumCapabilities } from "./reader.ts";

/** What the port is asked to compute for a packet; undefined where it can compute nothing. */
function forPort(
  known: PortChecksums | undefined,
  can: ChecksumCapabilities,
  inFirstSegment: number,
): PacketOffload | undefined {
  if (!known) return undefined;
  const { ip, l2Length, l3Length, l4Length } = known;
  if (l2Length + l3Length + l4Length > inFirstSegment) return undefined;
  const ipChecksum = ip === 4 && can.ip;
  const l4 = known.l4 && can[known.l4] ? known.l4 : undefined;
  if (!ipChecksum && !l4) return undefined;
  return { ip, ipChecksum, ...l4 ? { l4 } : {}, l2Length, l3Length, l4Length };
}

/**
 * Prepares a packet so that all its checksums are right when a port with these capabilities sends
 * it.
 */
export function offloadChecksums(packet: Packet, can: ChecksumCapabilities): void {
  const bytes = packet.bytes();
  const offload = forPort(portChecksums(bytes), can, packet.data.length);
  const left: LayerName[] = offload?.l4 ? [offload.l4] : [];
  if (offload?.ipChecksum) left.push("ipv4");
  for (const { at, size } of fillSums(bytes, left)) packet.patch(bytes.subarray(at, at + size), at);
  packet.offload = offload;
}
