/**
 * `deno task setup`: makes this machine ready, one line per step. See README.md, which is also
 * its `--help`.
 *
 * @module
 */

import { InvalidArgumentError } from "@commander-js/extra-typings";
import { command } from "../command.ts";
import { Progress } from "../lib/progress.ts";
import { isScreen } from "../lib/terminal.ts";
import { write } from "../stdout.ts";
import { DpdkError } from "../../ffi/errors.ts";
import { freeHugepages, totalHugepages } from "../../ffi/machine.ts";
import { buildShim, LINKAGES } from "../../ffi/build.ts";
import { arm64Step } from "../dev/arm64/headers.ts";
import { packagesStep } from "./packages.ts";
import { DEFAULT_MIB, hugepagesStep, mountStep } from "./hugepages.ts";
import { reason, SetupError, type Step } from "./step.ts";

function mebibytes(text: string): number {
  const mib = /^\d+$/.test(text) ? Number(text) : 0;
  if (mib < 2 || mib > 2 ** 31) {
    throw new InvalidArgumentError("expected a whole number of MiB, 2 or more");
  }
  return mib;
}

/** Runs a step as one line: what it does at its beginning, what came of it at its end. */
async function perform(step: Step): Promise<void> {
  const begin = `${step.name.padEnd(10)} ${step.doing} ... `;
  // on a terminal the line is kept up to date meanwhile
  const live = isScreen("stderr");
  using progress = new Progress("setup", { announces: false });
  const run = () => progress.step(step.name, step.doing, async () => await step.run());
  if (!live) write(begin);
  try {
    const result = await run();
    write(`${live ? begin : ""}${result}\n`);
  } catch (error) {
    write(`${live ? begin : ""}failed\n`);
    throw error;
  }
}

/** Builds both linkages of the shim; says so only if there was something to build. */
function prepareShim(): { built: boolean; dpdk: string } {
  const builds = LINKAGES.map((linkage) => {
    const { built, dpdk, path } = buildShim(linkage);
    if (built) write(`${"shim".padEnd(10)} built (${linkage}) for DPDK ${dpdk}: ${path}\n`);
    return { built, dpdk };
  });
  return { built: builds.some(({ built }) => built), dpdk: builds[0]?.dpdk ?? "" };
}

async function setup({ tests, hugepagesMib }: { tests: boolean; hugepagesMib: number }) {
  const arm64 = tests ? arm64Step() : undefined;
  const steps = [packagesStep(tests), hugepagesStep(hugepagesMib), mountStep(), arm64]
    .filter((step) => step !== undefined);
  if (steps.length > 0 && Deno.uid() !== 0) {
    const commands = steps.map(({ command }) => command).join(" && ");
    throw new SetupError(
      `you are not root, and this is missing: ${steps.map(({ missing }) => missing).join("; ")}`,
      `sudo sh -c '${commands}'`,
    );
  }
  for (const step of steps) await perform(step);
  const { built, dpdk } = prepareShim();
  if (steps.length === 0 && !built) {
    const pages = `${totalHugepages()} hugepages of 2 MiB, ${freeHugepages()} free`;
    write(`setup: nothing to do (DPDK ${dpdk}; ${pages}; shim ready)\n`);
  }
}

const { tests, hugepagesMib } = command("setup", new URL("./README.md", import.meta.url))
  .option("--tests", "")
  .option("--hugepages-mib <n>", "", mebibytes, DEFAULT_MIB)
  .parse(Deno.args, { from: "user" })
  .opts();

try {
  await setup({ tests: tests ?? false, hugepagesMib });
} catch (error) {
  if (error instanceof SetupError) {
    const glue = error.message.includes("\n") ? "\n" : "; ";
    const cure = error.command ? `${glue}run:\n  ${error.command}` : "";
    console.error(`setup: ${error.message}${cure}`);
  } else if (error instanceof DpdkError) {
    // without its hint, which is to run this program
    console.error(`setup: ${error.message.replace(` (${error.hint})`, "")}`);
  } else {
    console.error(`setup: ${reason(error)}`);
  }
  Deno.exitCode = 1;
}
