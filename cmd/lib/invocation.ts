/**
 * The program's own arguments.
 *
 * @module
 */

export { becomeProgram, programArgs } from "../../ffi/host/invocation.ts";
