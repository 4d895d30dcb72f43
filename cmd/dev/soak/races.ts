/**
 * Primaries of one file prefix that start in the same instant.
 *
 * @module
 */

import { type Race, race } from "../../../tests/faults/race.ts";
import { type Maker, testPrefix } from "../../../tests/harness.ts";

/** Who starts at once, and which part of the rounds. */
const CAMPAIGNS: readonly { makers: readonly Maker[]; part: number }[] = [
  { makers: ["ts", "ts"], part: 1 },
  { makers: ["ts", "c"], part: 1 },
  { makers: Array<Maker>(8).fill("ts"), part: 1 / 4 },
  { makers: ["ts", "ts", "ts", "ts", "c", "c", "c", "c"], part: 1 / 4 },
];

function nameOf({ makers, type }: Race): string {
  const ours = makers.filter((maker) => maker === "ts").length;
  const foreign = makers.length > ours ? ` and ${makers.length - ours} C samples` : "";
  return `${ours} of ours${foreign} at once, ${type}`;
}

/** Runs `count` rounds of those of two, and tells what went wrong; whether nothing did. */
export async function raceCampaigns(count: number): Promise<boolean> {
  let well = true;
  for (const { makers, part } of count > 0 ? CAMPAIGNS : []) {
    for (const type of ["primary", "auto"] as const) {
      const rounds = Math.ceil(count * part);
      const begin = performance.now();
      let won = 0;
      for (let i = 0; i < rounds; i++) {
        try {
          await using prefix = testPrefix();
          await race(prefix, { makers, type });
          won++;
        } catch (error) {
          well = false;
          console.error(`${nameOf({ makers, type })}, round ${i + 1}: ${error}`);
        }
      }
      const seconds = ((performance.now() - begin) / 1000).toFixed(0);
      console.log(
        `${nameOf({ makers, type })}: one won in ${won} of ${rounds} rounds, ${seconds} s`,
      );
    }
  }
  return well;
}
