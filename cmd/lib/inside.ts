/**
 * The DPDK inside a compiled program.
 *
 * @module
 */

export { useBundleInside } from "../../ffi/shim/inside.ts";
