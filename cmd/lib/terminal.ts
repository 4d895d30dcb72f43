/**
 * What stands at the end of stdout and stderr, for programs.
 *
 * @module
 */

export { columnsOf, hasColours, isScreen, type Stream } from "../../ffi/host/terminal.ts";
