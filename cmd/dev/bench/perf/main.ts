/**
 * Prints the cycles of ring and pool calls from TypeScript, a line a case: `main.ts [EAL options]`.
 *
 * @module
 */

import { Eal } from "../../../../mod.ts";
import { launchOnLcore, Lcore, releaseMainLcore } from "../../../../ffi/eal_api.ts";
import { run } from "../../../lib/run.ts";
import type { CaseResult } from "./cases.ts";

const NAME = "perf";

async function perf(args: string[]): Promise<number> {
  using _eal = Eal.init(args, { name: NAME });
  releaseMainLcore();
  const worker = launchOnLcore<undefined, CaseResult[]>(
    new URL("./loop.ts", import.meta.url),
    Lcore.main,
    {
      data: undefined,
      onMessage(results) {
        for (const { what, burst, cycles } of results) {
          console.log(`${what} burst ${burst}: ${cycles.toFixed(3)}`);
        }
      },
    },
  );
  await worker.done;
  return 0;
}

await run(NAME, new URL("../README.md", import.meta.url), perf);
