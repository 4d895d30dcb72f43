/**
 * Where the code of a module is that a program names by its source file.
 *
 * @module
 */

export { setCodeFinder } from "../../ffi/host/source_modules.ts";
