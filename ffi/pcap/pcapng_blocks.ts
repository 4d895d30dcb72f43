/**
 * Numbers of pcapng files: draft-ietf-opsawg-pcapng, sections 3.5 (options) and 4 (blocks).
 *
 * @module
 */

/** @internal Types of blocks. */
export const BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  /** Obsolete packet block. */
  packet: 2,
  simplePacket: 3,
  statistics: 5,
  enhancedPacket: 6,
} as const;

/** @internal Codes of options. */
export const OPTION = {
  end: 0,
  comment: 1,
  hardware: 2,
  operatingSystem: 3,
  application: 4,
  interfaceName: 2,
  interfaceDescription: 3,
  resolution: 9,
  timeOffset: 14,
  startTime: 2,
  endTime: 3,
  received: 4,
  dropped: 5,
} as const;

/** @internal First word of a section's body, which tells its byte order. */
export const BYTE_ORDER = 0x1a2b3c4d;
/** @internal Largest block that is kept whole; wireshark's `MAX_BLOCK_SIZE`. */
export const BLOCK_MAX = 16 * 1024 * 1024;

/** @internal Up to the next multiple of 4. */
export const padded = (size: number): number => (size + 3) & ~3;
