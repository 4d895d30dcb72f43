/**
 * How the C sample names what two simple_mp processes share.
 *
 * @module
 */

/** Ring from the primary to the secondary. */
export const PRI_2_SEC = "PRI_2_SEC";
/** Ring from the secondary to the primary. */
export const SEC_2_PRI = "SEC_2_PRI";
/** Pool of the messages. */
export const MSG_POOL = "MSG_POOL";

/** Messages taken from a ring and put into the pool at once; a ring holds 63. */
export const BURST = 32;
