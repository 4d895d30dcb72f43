/**
 * What stdout and stderr are connected to, for programs.
 *
 * @module
 */

export { columnsOf, hasColours, isScreen, rowsOf, type Stream } from "../../ffi/host/terminal.ts";
