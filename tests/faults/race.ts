/**
 * Primaries of one file prefix that start in the same instant: exactly one wins, and keeps its files.
 *
 * @module
 */

import { primaryOf, socketLife } from "../../ffi/host/liveness.ts";
import { runtimeFolder } from "../../ffi/host/runtime.ts";
import { hasPrompt, type Maker, type Prefix, simpleMpOf, type TestProcess } from "../harness.ts";

/** Who starts at once. */
export interface Race {
  /** Whose simple_mp each of them is. */
  makers: readonly Maker[];
  /** `--proc-type` of all. */
  type: "primary" | "auto";
}

/** What EAL makes, and the winner must have at the end of a race. */
const FILES = ["config", "fbarray_memzone", "hugepage_info", "mp_socket", "dpdk_telemetry.v2"];

/** One of those that started. */
interface Runner {
  maker: Maker;
  process: TestProcess;
}

/**
 * Runs a race of processes that have different lcores. Those that lose say so in one line and have
 * status 1; with `--proc-type=auto` they are secondaries of the winner.
 *
 * @throws {Error} with what each of them said, where anything else comes of it.
 */
export async function race(prefix: Prefix, { makers, type }: Race): Promise<void> {
  const commands = await Promise.all(makers.map(simpleMpOf));
  const runners = makers.map((maker, i): Runner => ({
    maker,
    process: prefix.spawn(
      `${maker} simple_mp ${i}`,
      commands[i] ?? { command: "", args: [] },
      prefix.eal({ type, lcores: `${2 * i}@0,${2 * i + 1}@1` }),
    ),
  }));
  const check = (is: boolean, what: string) => {
    if (is) return;
    const said = runners.map(({ maker, process }) =>
      `\n--- ${maker}, ${
        process.running ? "running" : "ended"
      }:\n${process.stdout}${process.stderr}`
    );
    throw new Error(`${what}${said.join("")}`);
  };
  for (const { process } of runners) {
    await process.waitUntil(() => !process.running || hasPrompt(process), "waiting for the prompt");
  }
  const up = runners.filter(({ process }) => process.running);
  const folder = runtimeFolder(prefix.name);
  const pid = primaryOf(folder)?.pid;
  const winner = up.find(({ process }) => process.pid === pid);
  check(winner !== undefined, "nobody has won");
  check(type === "auto" || up.length === 1, `${up.length} have won`);
  for (const { maker, process } of runners.filter((it) => !up.includes(it))) {
    const { code } = await process.ended();
    check(maker === "c" || code === 1, `a loser has status ${code}`);
    check(
      maker === "c" || /^simple_mp: --proc-type=(primary|auto): [^\n]+\n$/.test(process.stderr),
      "a loser says more than one line, or another one",
    );
  }
  const names = new Set([...Deno.readDirSync(folder)].map(({ name }) => name));
  check(FILES.every((name) => names.has(name)), `the winner has only ${[...names].join(", ")}`);
  const sockets = ["mp_socket", "dpdk_telemetry.v2"].map((name) => socketLife(`${folder}/${name}`));
  check(sockets.every((life) => life === "alive"), "nobody has the winner's sockets");
  check(prefix.files().length > 1, "the winner has no hugepage file");
  // the winner last: it removes all, if it is one of ours
  for (const { process } of up.toSorted((a, b) => Number(a === winner) - Number(b === winner))) {
    await process.send("quit");
    const { code } = await process.ended();
    check(code === 0, `one that was up ended with status ${code}`);
  }
  if (winner?.maker === "ts") {
    const left = prefix.files();
    check(left.length === 0, `left behind: ${left.join(", ")}`);
  }
}
