/**
 * From the start of a simple_mp process to its prompt.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { removeRuntimeFiles } from "../../../ffi/host/runtime.ts";
import type { Row } from "./figures.ts";
import { folderOf } from "../compile/programs.ts";
import { type Command, compiledProgram, compilePeer, script } from "./peers.ts";
import { PROMPT_END } from "./program.ts";

/** How long a process may take to print what is waited for, in milliseconds. */
const PATIENCE = 60_000;

/** How long a primary whose lcores run is left alone before it gets a secondary, in milliseconds. */
const SETTLE = 200;

/** A started simple_mp, and how long it took. */
interface Started {
  ms: number;
  /** Until this has been printed. */
  printed(text: string): Promise<void>;
  quit(): Promise<void>;
}

async function start({ command, args }: Command, eal: string[]): Promise<Started> {
  const begin = performance.now();
  const child = new Deno.Command(command, {
    args: [...args, ...eal],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const printed = async (awaited: string) => {
    const giveUp = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
    while (!text.includes(awaited)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`${command} ended before it printed '${awaited}': ${text}`);
      text += value;
    }
    clearTimeout(giveUp);
  };
  await printed(PROMPT_END);
  const ms = performance.now() - begin;
  return {
    ms,
    printed,
    async quit() {
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode("quit\n"));
      await writer.close();
      while (!(await reader.read()).done);
      await child.status;
    },
  };
}

/**
 * Milliseconds to the prompt of one primary, and of one secondary attached to it.
 *
 * @param running What the primary prints when its lcores run.
 */
async function startUp(
  command: Command,
  prefix: string,
  running: string,
): Promise<{ primary: number; secondary: number }> {
  const eal = ["--no-pci", `--file-prefix=${prefix}`];
  const primary = await start(command, [...eal, "--lcores=0@0,1@1", "--proc-type=primary"]);
  try {
    // there are but two CPUs
    await primary.printed(running);
    await delay(SETTLE);
    const second = [...eal, "--lcores=2@0,3@1", "--proc-type=secondary"];
    const secondary = await start(command, second);
    await secondary.quit();
    return { primary: primary.ms, secondary: secondary.ms };
  } finally {
    await primary.quit();
    // the C sample leaves them
    removeRuntimeFiles(prefix);
  }
}

/**
 * The sides: from source, in C, and compiled, as a file of its own and as a command of denodpdk, where
 * `deno task compile` has been at work.
 */
async function sides(against?: string): Promise<Record<string, Command>> {
  const source = script(folderOf("simple_mp"));
  if (against !== undefined) return { source, c: script(folderOf("simple_mp"), against) };
  const c = { command: await compilePeer("simple_mp"), args: [] };
  const compiled = compiledProgram("simple_mp");
  const denodpdk = compiledProgram("denodpdk");
  return {
    source,
    c,
    ...compiled ? { compiled } : {},
    ...compiled && denodpdk ? { denodpdk: { ...denodpdk, args: ["simple_mp"] } } : {},
  };
}

/** Rows of the start of simple_mp to its prompt. */
export async function benchStartUp(rounds: number, against?: string): Promise<Row[]> {
  const measured = Object.entries(await sides(against))
    .map(([side, command]) => ({
      side,
      command,
      primary: [] as number[],
      secondary: [] as number[],
    }));
  // round 0 warms the caches of all sides and does not count
  for (let round = 0; round <= rounds; round++) {
    for (const { side, command, primary, secondary } of measured) {
      // in C they run before the prompt, and stdio keeps what they print
      const running = side === "c" && against === undefined ? PROMPT_END : "Starting core 1";
      const ms = await startUp(command, `bench_${Deno.pid}_${side}`, running);
      if (round === 0) continue;
      primary.push(ms.primary);
      secondary.push(ms.secondary);
    }
  }
  const [source, c, compiled, denodpdk] = measured;
  /** `atMost` is the time that is allowed where that of `there` is 1. */
  const rows = (here: typeof source, there: typeof source, what: string, atMost: number[] = []) =>
    (["primary", "secondary"] as const).map((role, index): Row => ({
      name: `simple_mp ${role} to its prompt${what}`,
      unit: "ms",
      better: "less",
      ...atMost[index] === undefined ? {} : { atLeast: 1 / atMost[index] },
      ts: here?.[role] ?? [],
      c: there?.[role] ?? [],
    }));
  return [
    ...rows(source, c, "", [1.25, 1.5]),
    ...compiled ? rows(compiled, c, ", compiled") : [],
    ...compiled ? rows(compiled, source, ", compiled against source", [1.3, 1.3]) : [],
    ...denodpdk ? rows(denodpdk, compiled, ", denodpdk against its own file", [1.1, 1.1]) : [],
  ];
}
