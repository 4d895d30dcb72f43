/**
 * Importing this module makes the functions of ffi/net read and show the packets of this thread.
 *
 * @module
 */

import { dump, inspect } from "../net/dump.ts";
import { parse } from "../net/parse.ts";
import { offloadChecksums } from "./checksums.ts";
import { readPacketsBy } from "./reader.ts";

readPacketsBy({ parse, dump, inspect, offloadChecksums });
