/**
 * Packets whose headers can be read and shown. The functions for that take 8 ms to load: a thread
 * that only forwards imports packet.ts and does without them.
 *
 * @module
 */

import { dump, inspect } from "../net/dump.ts";
import { parse } from "../net/parse.ts";
import { offloadChecksums } from "./checksums.ts";
import { readPacketsBy } from "./reader.ts";

export { type ChecksumVerdict, Packet, type PacketOffload } from "./packet.ts";

// all packets of this thread find them from now on, whoever made these
readPacketsBy({ parse, dump, inspect, offloadChecksums });
