/**
 * The program's own arguments.
 *
 * @module
 */

export { becomeProgram, programArgs, programWords } from "../../ffi/host/invocation.ts";
