/**
 * Errors that are one line, and the words for one that is not known.
 *
 * @module
 */

export { DpdkError } from "../../ffi/boundary/errors.ts";
export { didYouMean } from "../../ffi/host/suggest.ts";
