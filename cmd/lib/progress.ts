/**
 * Says what a long work is doing, for programs.
 *
 * @module
 */

export { inWords, Progress, type ProgressOptions } from "../../ffi/host/progress.ts";
