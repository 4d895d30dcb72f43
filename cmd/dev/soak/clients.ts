/**
 * mp_server's clients, which are killed and stopped at all crash points, and in pairs.
 *
 * @module
 */

import {
  CLIENT_POINTS,
  ClientsUnderFire,
  type Harm,
  HARMS,
} from "../../../tests/faults/mp_server_campaign.ts";
import { type Maker, testPrefix } from "../../../tests/harness.ts";
import type { Random } from "../../../ffi/traffic/random.ts";

/** What is done to which clients. */
interface ClientsCampaign {
  name: string;
  makers: readonly Maker[];
  round(under: ClientsUnderFire, index: number): Promise<void>;
}

const harmed = (harm: Harm): ClientsCampaign => ({
  name: harm,
  makers: ["ts", "ts", "ts"],
  // each point in turn
  round: (under, index) => under.harm(CLIENT_POINTS[index % CLIENT_POINTS.length] ?? "", harm),
});

const paired = (...makers: Maker[]): ClientsCampaign => ({
  name: `pairs killed in a millisecond, ${makers.join(" and ")} on`,
  makers,
  round: (under) => under.killPair(),
});

const CAMPAIGNS: readonly ClientsCampaign[] = [
  ...HARMS.map(harmed),
  paired("ts", "ts", "ts"),
  paired("ts", "c", "ts"),
  paired("c", "c", "ts"),
  paired("c", "c", "c"),
];

/** Runs `count` rounds of each, and tells what went wrong; whether nothing did. */
export async function clientsCampaigns(count: number, random: Random): Promise<boolean> {
  let well = true;
  for (const { name, makers, round } of CAMPAIGNS) {
    const begin = performance.now();
    let done = 0;
    try {
      await using prefix = testPrefix();
      await using under = await ClientsUnderFire.start(prefix, makers, random);
      for (; done < count; done++) await round(under, done);
      await under.end();
    } catch (error) {
      well = false;
      console.error(`mp_server, ${name}, round ${done + 1}: ${error}`);
    }
    const seconds = ((performance.now() - begin) / 1000).toFixed(0);
    console.log(`mp_server, ${name}: ${done} of ${count} rounds in ${seconds} s`);
  }
  return well;
}
