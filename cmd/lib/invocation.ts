/**
 * The program's own arguments.
 *
 * @module
 */

export { becomeProgram, isCommand, programArgs, programWords } from "../../ffi/host/invocation.ts";
