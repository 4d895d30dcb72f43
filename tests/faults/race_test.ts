/** The short version of `deno task soak --races`. */

import { testPrefix } from "../harness.ts";
import { type Race, race } from "./race.ts";

const RACES: [rounds: number, Race][] = [
  [3, { makers: ["ts", "ts"], type: "primary" }],
  [3, { makers: ["ts", "ts"], type: "auto" }],
  [2, { makers: ["ts", "c"], type: "primary" }],
  [2, { makers: ["ts", "c"], type: "auto" }],
  [1, { makers: Array(8).fill("ts"), type: "primary" }],
];

for (const [rounds, { makers, type }] of RACES) {
  const who = new Set(makers).size > 1 ? "one of ours and a C sample" : `${makers.length} of ours`;
  Deno.test({
    name: `of ${who} that start at once with --proc-type=${type}, one is the primary`,
    // the shim stays open
    sanitizeResources: false,
    async fn() {
      for (let i = 0; i < rounds; i++) {
        await using prefix = testPrefix();
        await race(prefix, { makers, type });
      }
    },
  });
}
