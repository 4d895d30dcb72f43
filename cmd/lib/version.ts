/**
 * The version of denodpdk.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };

/** Such as `1.0.0`. */
export const VERSION: string = config.version;
