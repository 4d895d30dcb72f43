/** Nothing in a secondary's own memory may keep it from mapping what the primary has. */

import { attachInARow } from "../harness/attaches.ts";

Deno.test("300 secondaries in a row attach to a TypeScript primary", () => attachInARow("ts", 300));
