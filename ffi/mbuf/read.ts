/**
 * Lets the packet room read and show the packets of this thread. Importing it does that.
 *
 * @module
 */

import { dump, inspect } from "../net/dump.ts";
import { parse } from "../net/parse.ts";
import { offloadChecksums } from "./checksums.ts";
import { readPacketsBy } from "./reader.ts";

readPacketsBy({ parse, dump, inspect, offloadChecksums });
