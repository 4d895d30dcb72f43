/**
 * What stdout and stderr are connected to, for programs.
 *
 * @module
 */

export { columnsOf, hasColours, isScreen, type Stream } from "../../ffi/host/terminal.ts";
