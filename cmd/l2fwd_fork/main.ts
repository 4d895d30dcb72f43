/**
 * l2fwd_fork: a master that starts slave processes, each of which forwards between ports, and starts
 * them again when they die.
 *
 * @module
 */

import { onSignal, run } from "../lib/run.ts";

const NAME = "l2fwd_fork";

/** Master and slaves are the same program; a slave loads nothing of the master's. */
async function l2fwdFork(args: string[]): Promise<number> {
  if (args[args.indexOf("--") + 1] === "slave") {
    const { slave } = await import("./slave.ts");
    return slave(args);
  }
  const { master } = await import("./master.ts");
  return await master(args, onSignal);
}

await run(NAME, new URL("./README.md", import.meta.url), l2fwdFork);
