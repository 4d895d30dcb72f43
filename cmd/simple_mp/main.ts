/**
 * simple_mp: two processes exchange messages through two rings and a message pool.
 *
 * It has no ports, so it takes ffi/core.ts and not all of mod.ts: a module takes 0.2 ms of the start.
 *
 * @module
 */

import { DpdkError, Eal, Lcore, log, LogLevel, parseEalOptions } from "../../ffi/core.ts";
import { ofPrimary } from "../lib/primary.ts";
import { onSignal, run } from "../lib/run.ts";
import { complain } from "../lib/stdout.ts";
import { COMMANDS, commands } from "./commands.ts";
import { createObjects, lookupObjects } from "./objects.ts";
import { openPrompt } from "./prompt.ts";

const NAME = "simple_mp";

async function simpleMp(args: string[]): Promise<number> {
  const extra = args.includes("--") ? args[args.indexOf("--") + 1] : undefined;
  if (extra !== undefined) {
    const reason = `expected no options after --, got '${extra}'`;
    throw new DpdkError({ operation: `'${extra}'`, reason });
  }
  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<number>();
  onSignal(end);
  using eal = Eal.init(args, { name: NAME, drivers: false });
  const objects = eal.processType === "primary"
    ? createObjects(Lcore.socket(Lcore.main))
    : ofPrimary(eal, NAME, lookupObjects);
  log(LogLevel.INFO, "Finished Process Init.");
  if (Lcore.workers().length === 0) {
    const option = parseEalOptions(args).lcoreOption || "-l";
    const expected = "expected two lcores or more, got one: this process sends and never receives";
    complain(`${NAME}: ${option}: ${expected}`);
  }

  const obey = commands(objects);
  const prompt = await openPrompt({
    prompt: `${NAME} > `,
    words: COMMANDS,
    onLine(line) {
      const outcome = obey(line);
      if (outcome === "quit") {
        // further lines of the same input are ignored
        prompt.close();
        end(0);
      } else if (outcome.print !== undefined) {
        prompt.print(outcome.print);
      }
    },
    onEnd: end,
  });
  const { startReceivers } = await import("./receivers.ts");
  await using _receivers = startReceivers(eal, objects, prompt, fail);
  return await ended.finally(() => prompt.close());
}

await run(NAME, new URL("./README.md", import.meta.url), simpleMp);
