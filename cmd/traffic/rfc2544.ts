/**
 * `rfc2544`: the tests of RFC 2544, over frame sizes.
 *
 * @module
 */

import { FrameSizes, RFC2544_FRAME_SIZES } from "../../ffi/traffic/traffic.ts";
import { integer, optional, type OptionValues, words } from "../lib/options.ts";
import { say } from "../lib/stdout.ts";
import { command, seconds } from "./command.ts";
import { flowOf } from "./flow.ts";
import { drain, LIMIT, MEASURE, pairOf, pause, WIDTH } from "./measure_options.ts";
import { measuring } from "./measurer.ts";
import { OUTPUTS, saveResults } from "./results.ts";
import { type Rfc2544Plan, runRfc2544, TESTS } from "./rfc2544_run.ts";
import { delaysOf, recordsOf, resultsOf, rfc2544Notes, rfc2544Tables } from "./rfc2544_tables.ts";
import { LOAD } from "./send.ts";
import { session } from "./session.ts";
import { floorLine, tableText } from "./trial_lines.ts";

/**
 * What RFC 2544 asks for, in seconds: how long to wait behind a trial, for packets and for the device
 * (section 23), and how long trials are.
 */
const DRAIN = 2;
const PAUSE = 5;
const TRIAL = 60;
const LATENCY = 120;
/** The longest burst, seconds: RFC 2544, section 26.4; how many are searched for: RFC 9004. */
const BURST = 2;
const REPEATS = 50;

/** What `all` stands for, beside the sizes of the RFC. */
const MORE = ["9000", "imix"];

/** Sizes that are tested one after the other. */
function sizes(text: string): string[] | undefined {
  const usual = RFC2544_FRAME_SIZES.map(String);
  const names = text === "rfc2544" ? usual : text === "all" ? [...usual, ...MORE] : text.split(",");
  try {
    // one size each, or a mix
    for (const name of names) if (FrameSizes.parse(name).toString() === "") return undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  return new Set(names).size === names.length ? names : undefined;
}

const OPTIONS = {
  frame: LOAD.frame,
  ...MEASURE,
  drain: drain(DRAIN),
  pause: pause(PAUSE),
  width: WIDTH,
  limit: LIMIT,
  sizes: optional(
    "--sizes",
    "sizes as 64,512,1518,imix, each once, rfc2544 or all",
    sizes,
    RFC2544_FRAME_SIZES.map(String),
  ),
  tests: optional("--tests", `some of ${TESTS.join(", ")}`, words("--tests", TESTS), [...TESTS]),
  trial: optional("--trial", "seconds, above 0", seconds, TRIAL),
  latency: optional("--latency", "seconds, above 0", seconds, LATENCY),
  burst: optional("--burst", "seconds, above 0", seconds, BURST),
  repeats: optional("--repeats", "a number from 1 to 1000", integer(1, 1000), REPEATS),
  ...OUTPUTS,
};

function planOf(options: OptionValues<typeof OPTIONS>): Rfc2544Plan {
  const { frame, sizes, ...rest } = options;
  return {
    ...rest,
    sizes: sizes.map((name) => ({
      name,
      frameBytes: flowOf({ frame, size: name, stream: 0 }).meanFrame,
    })),
  };
}

/** The command. */
export const RFC2544 = command(OPTIONS, (options) => {
  // wrong options are refused before anything is started
  const plan = planOf(options);
  const { frame, sizes, drain, pause, bidirectional } = options;
  return session(async (session) => {
    const begin = new Date();
    const flows = sizes.map((size) => ({ frame, size }));
    const measure = {
      ...pairOf(options),
      bidirectional,
      flows,
      spacing: "constant" as const,
      drain,
      pause,
    };
    await measuring(session, measure, async (measurer) => {
      say(floorLine(measurer.floor));
      const results = await runRfc2544(measurer, plan, { say, signal: session.signal });
      const tables = rfc2544Tables(results);
      for (const table of tables) say(`${table.title}\n${tableText(table)}`);
      const notes = rfc2544Notes(results, plan);
      for (const line of notes) say(line);
      saveResults(options, {
        command: "rfc2544",
        args: session.args,
        begin,
        seconds: (Date.now() - begin.getTime()) / 1000,
        searches: recordsOf(results),
        latencies: delaysOf(results),
        notes,
        tables,
        result: { sizes: resultsOf(results), floor: measurer.floor },
      });
    });
    return 0;
  });
});
