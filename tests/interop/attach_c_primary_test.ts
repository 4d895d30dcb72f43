/**
 * A C primary lies where V8 places its memory too: one in 25 attaches meets it there, and must
 * start over without anybody noticing.
 */

import { attachInARow } from "../harness/attaches.ts";

Deno.test("300 secondaries in a row attach to a C primary", () => attachInARow("c", 300));
