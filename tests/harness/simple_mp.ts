/**
 * A simple_mp process, ours or the C sample, as the tests drive it.
 *
 * @module
 */

import { crashPeer, type CrashPoints } from "./crash_points.ts";
import { peer } from "./peers.ts";
import type { Prefix } from "./prefix.ts";
import type { Command, End, TestProcess } from "./process.ts";
import { LCORES, program } from "./program.ts";

/** Whose simple_mp. */
export type Maker = "ts" | "c";

/** What the prompt looks like. */
export const PROMPT = "simple_mp > ";

/** Messages that a ring holds. */
export const RING_CAPACITY = 63;

/** Elements of the pool. */
export const POOL_SIZE = 1024;

/** The longest message, in bytes. */
export const LONGEST = 127;

/** The line that tells of a full ring. */
export const DISCARDED = "Failed to send message - message discarded";

/** How to start one. */
export interface SimpleMpOptions {
  /** Ours where left out. */
  maker?: Maker;
  /** `--proc-type`. */
  type?: "primary" | "secondary" | "auto";
  /** `--lcores`; those of the type where left out. */
  lcores?: string;
  /** Further EAL arguments. */
  extra?: readonly string[];
  /** Crash points that it has, also as the C sample. */
  crashes?: CrashPoints;
}

/** The program of a maker. */
export function simpleMpOf(maker: Maker): Promise<Command> {
  return maker === "c" ? peer("simple_mp") : Promise.resolve(program("simple_mp"));
}

/** Whether it has shown its prompt. */
export function hasPrompt({ stdout }: TestProcess): boolean {
  // the C sample writes it letter by letter, with what its lcores print in between
  return stdout.replace(/Starting core \d+\n|core \d+: Received '.*'\n/g, "").includes(PROMPT);
}

/** Starts a simple_mp and waits until it shows its prompt and receives on all worker lcores. */
export async function startSimpleMp(
  prefix: Prefix,
  options: SimpleMpOptions = {},
): Promise<SimpleMp> {
  const { maker = "ts", type, extra = [], crashes } = options;
  const lcores = options.lcores ?? (type === "secondary" ? LCORES.second : LCORES.first);
  const received: string[] = [];
  const process = prefix.spawn(
    `${maker} simple_mp ${type ?? "(no type)"}`,
    maker === "c" && crashes ? await crashPeer("simple_mp") : await simpleMpOf(maker),
    prefix.eal({ ...(type ? { type } : {}), lcores, extra }),
    {
      env: crashes?.env ?? {},
      onLine(line) {
        const message = line.match(/core \d+: Received '(.*)'$/)?.[1];
        if (message !== undefined) received.push(message);
      },
    },
  );
  await process.waitUntil(() => hasPrompt(process), "waiting for the prompt");
  for (const worker of lcores.split(",").slice(1)) {
    await process.waitFor(`Starting core ${worker.split("@")[0]}\n`);
  }
  return new SimpleMp(process, received);
}

/** A running simple_mp. */
export class SimpleMp {
  /** Use {@linkcode startSimpleMp}. */
  constructor(
    readonly process: TestProcess,
    /** The messages that it printed, in order. */
    readonly received: readonly string[],
  ) {}

  /** Enters a command. */
  enter(line: string): Promise<void> {
    return this.process.send(line);
  }

  /** Sends messages, all at once. */
  send(...messages: string[]): Promise<void> {
    return this.process.write(messages.map((message) => `send ${message}\n`).join(""));
  }

  /** Waits until it has received that many messages in all. */
  async receives(count: number): Promise<readonly string[]> {
    await this.process.waitUntil(
      () => this.received.length >= count,
      `waiting for ${count} messages in all, ${this.received.length} came before`,
    );
    return this.received;
  }

  /** Enters a command and returns what it printed before the next prompt. */
  async answer(line: string): Promise<string> {
    const from = this.process.stdout.length;
    await this.enter(line);
    const [, text = ""] = await this.process.waitFor(/^([^]*?)\nsimple_mp > /, { from });
    return text;
  }

  /** Ends it with `quit`. */
  quit(): Promise<End> {
    return this.process.endBy(() => this.enter("quit"));
  }
}
