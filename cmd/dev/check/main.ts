/**
 * `deno task check`: format, lint, types, docs, C warnings and the native boundary. See README.md,
 * which is also its `--help`.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { cflags, compileCommand, ealTableCommand, STRICT_CFLAGS } from "../../../ffi/shim/build.ts";
import type { Linkage } from "../../../ffi/shim/linkage.ts";
import { arm64Command, whyNoArm64 } from "../../lib/setup/arm64_headers.ts";
import { Progress } from "../../lib/progress.ts";
import { readOptions } from "../../lib/options.ts";
import { onSignal, run } from "../../lib/run.ts";
import { PUBLISHED } from "./entries.ts";
import { runToEnd } from "../../lib/command.ts";

const NAME = "check";
const README = new URL("./README.md", import.meta.url);
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** A step: its name, and the command line that fails when something is wrong. */
interface Step {
  name: string;
  argv: () => string[];
  /** Why the step cannot be run here. */
  leftOut?: string | undefined;
}

/** The result of a step. */
interface Outcome {
  name: string;
  ok: boolean;
  seconds: number;
  output: string;
}

const deno = (...args: string[]) => () => [Deno.execPath(), ...args];

/** What is checked with the examples in its docs. */
const CHECKED = ["mod.ts", "cmd", "ffi", "tests"];

/** The READMEs in a folder and below. Deno looks for examples in those alone that it is named. */
function* readmes(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(`${ROOT}/${folder}`)) {
    if (isDirectory) yield* readmes(`${folder}/${name}`);
    else if (name === "README.md") yield `${folder}/${name}`;
  }
}

/** All steps; the C compiler writes into `folder`. */
function steps(folder: string): Step[] {
  const compile = (linkage: Linkage) => () =>
    compileCommand(`${folder}/${linkage}.so`, linkage, STRICT_CFLAGS);
  const examples = ["README.md", ...["cmd", "ffi"].flatMap((folder) => [...readmes(folder)])];
  const locked = ["--lock=cmd/dev/deno.lock", "--frozen"];
  return [
    { name: "format", argv: deno("fmt", "--check") },
    { name: "lint", argv: deno("lint") },
    { name: "types", argv: deno("check", "--quiet", "--doc", ...locked, ...CHECKED, ...examples) },
    { name: "publish", argv: deno("publish", "--dry-run", "--allow-dirty", "--no-check") },
    { name: "docs", argv: deno("doc", "--lint", ...PUBLISHED) },
    { name: "C system", argv: compile("system") },
    { name: "C core", argv: compile("core") },
    { name: "C table", argv: () => ealTableCommand(`${folder}/eal_table`, STRICT_CFLAGS) },
    {
      name: "C arm64",
      argv: () => arm64Command([...cflags(), ...STRICT_CFLAGS]),
      leftOut: whyNoArm64(),
    },
    { name: "paths", argv: deno("run", "-A", "cmd/dev/check/paths.ts") },
    { name: "rooms", argv: deno("run", "-A", "cmd/dev/check/rooms.ts") },
    { name: "entries", argv: deno("run", "-A", "cmd/dev/check/entries.ts") },
    { name: "numbers", argv: deno("run", "-A", "cmd/dev/check/numbers.ts") },
    { name: "clocks", argv: deno("run", "-A", "cmd/dev/check/clocks.ts") },
    { name: "boundary", argv: deno("run", "-A", "cmd/dev/symbols/main.ts", "--check") },
  ];
}

async function perform({ name, argv }: Step): Promise<Outcome> {
  const start = performance.now();
  const outcome = (ok: boolean, output: string): Outcome => ({
    name,
    ok,
    seconds: (performance.now() - start) / 1000,
    output,
  });
  try {
    const [program = "", ...args] = argv();
    const env = { RUST_BACKTRACE: "0", ...(Deno.stdout.isTerminal() ? {} : { NO_COLOR: "1" }) };
    const { success, stdout, stderr } = await runToEnd(program, args, { cwd: ROOT, env });
    return outcome(success, stdout + stderr);
  } catch (error) {
    // no compiler, no DPDK
    return outcome(false, error instanceof Error ? error.message : String(error));
  }
}

async function check(args: string[]): Promise<number> {
  readOptions(args, {});
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-check-" });
  const remove = () => Deno.removeSync(folder, { recursive: true });
  onSignal((status) => {
    remove();
    Deno.exit(status);
  });
  try {
    let status = 0;
    const all = steps(folder);
    const plan = all.filter(({ leftOut }) => !leftOut).map(({ name }) => name);
    using progress = new Progress(NAME, { plan, atOnce: all.length, announces: false });
    progress.say(plan.join(", "));
    // all run at once; each is reported in its turn
    const running = all.map((step) =>
      step.leftOut ? step : progress.step(step.name, step.name, () => perform(step))
    );
    for (const one of running) {
      if (!(one instanceof Promise)) {
        progress.print(`--     ${one.name.padEnd(10)} left out: ${one.leftOut}`);
        continue;
      }
      const { name, ok, seconds, output } = await one;
      progress.print(`${ok ? "ok    " : "FAILED"} ${name.padEnd(10)} ${seconds.toFixed(1)} s`);
      if (ok) continue;
      status = 1;
      progress.print(output.trimEnd().replace(/^/gm, "    "));
    }
    return status;
  } finally {
    remove();
  }
}

await run(NAME, README, check);
