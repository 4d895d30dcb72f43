/**
 * Digests of files and names.
 *
 * @module
 */

export { digestOf } from "../../ffi/host/digest.ts";
