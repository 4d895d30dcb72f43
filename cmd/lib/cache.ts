/**
 * The folder in which programs keep what they make for themselves; nobody else can change it.
 *
 * @module
 */

export { exists, isFile } from "../../ffi/host/exists.ts";
export { removeQuietly } from "../../ffi/host/remove.ts";
export { inCache } from "../../ffi/shim/cache.ts";
export { holdFolder, removeUnheld, removeUnlessHeld } from "../../ffi/shim/private_folder.ts";
