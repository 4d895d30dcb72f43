/**
 * Shows the progress of long jobs, for programs.
 *
 * @module
 */

export { inWords, Progress, type ProgressOptions } from "../../ffi/host/progress.ts";
