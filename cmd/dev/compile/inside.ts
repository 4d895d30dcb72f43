/**
 * What a compiled script loads before this library: it makes the library use the DPDK inside. The
 * programs of `cmd/` do that when they start, in `run`; a script may do without `program`.
 *
 * @module
 */

import { useBundleInside } from "../../../ffi/shim/inside.ts";

if (Deno.build.standalone) useBundleInside();
