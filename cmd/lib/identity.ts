/**
 * Whether it is still the same process that lives.
 *
 * @module
 */

export { identityOf, lives, pidOf } from "../../ffi/host/identity.ts";
