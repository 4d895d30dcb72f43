/**
 * The steps that make a machine ready. Programs that need it ready call this once they have
 * understood their arguments.
 *
 * @module
 */

import { buildShim, LINKAGES } from "../../../ffi/shim/build.ts";
import { DpdkError, SETUP_HINT } from "../../../ffi/boundary/errors.ts";
import { freeHugepages, pageText, totalHugepages } from "../../../ffi/host/machine.ts";
import { arm64Step } from "./arm64_headers.ts";
import { isOutputFailure } from "../outcome.ts";
import { Progress } from "../progress.ts";
import { isScreen } from "../terminal.ts";
import { write } from "../stdout.ts";
import { DEFAULT_MIB, hugepagesStep, mountStep } from "./hugepages.ts";
import { packagesStep } from "./packages.ts";
import { reason, SetupError, type Step } from "./step.ts";

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

async function performAll({ tests, hugepagesMib }: Required<SetupOptions>): Promise<void> {
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
    const pages = `${totalHugepages()} hugepages of ${pageText()}, ${freeHugepages()} free`;
    write(`setup: nothing to do (DPDK ${dpdk}; ${pages}; shim ready)\n`);
  }
}

/** What {@linkcode setUp} makes ready. */
export interface SetupOptions {
  /** Also what tests need; not so where left out. */
  tests?: boolean;
  /** How much memory in 2 MiB hugepages, in MiB; {@linkcode DEFAULT_MIB} where left out. */
  hugepagesMib?: number;
}

/** How a failed step is told, with its cure. */
function explain(error: unknown): string {
  if (error instanceof SetupError) {
    const glue = error.message.includes("\n") ? "\n" : "; ";
    return error.message + (error.command ? `${glue}run:\n  ${error.command}` : "");
  }
  // without the hint to set up
  if (error instanceof DpdkError) return error.message.replace(` (${SETUP_HINT})`, "");
  return reason(error);
}

/**
 * Makes this machine ready, one line per step.
 *
 * @returns whether it is; if not, stderr tells why.
 */
export async function setUp(options: SetupOptions = {}): Promise<boolean> {
  const { tests = false, hugepagesMib = DEFAULT_MIB } = options;
  try {
    await performAll({ tests, hugepagesMib });
    return true;
  } catch (error) {
    // no step failed
    if (isOutputFailure(error)) throw error;
    console.error(`setup: ${explain(error)}`);
    return false;
  }
}
