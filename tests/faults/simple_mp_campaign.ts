/**
 * Secondaries of simple_mp that are killed or stopped inside a ring or the pool: see harms.ts. While
 * they are, messages go both ways as fast as they are typed.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { assertEquals } from "../assert.ts";
import {
  Auditor,
  CrashPoints,
  type Maker,
  type Prefix,
  type SimpleMp,
  startSimpleMp,
  type TestProcess,
} from "../harness.ts";
import { isWaitedFor, pointsOf, type Scene, whileEnding } from "./harms.ts";

/** Where a secondary can be inside, or has just been. */
export const SIMPLE_POINTS: readonly string[] = [
  ...pointsOf("SEC_2_PRI", "put"),
  ...pointsOf("PRI_2_SEC", "take"),
  ...pointsOf("MP_MSG", "put"),
  ...pointsOf("MP_MSG", "take"),
  "cache-flushed",
  "cache-refilled",
];

/** The processes that may be killed: a new primary is refused while secondaries live. */
export const SIMPLE_VICTIMS = [1, 2] as const;

/** How long a message may take, with all that has to be finished before, in milliseconds. */
const PATIENCE = 30_000;

/** How long, where the end of a C process is waited for. */
const WAITS = 3_000;

/** A primary and two secondaries. */
export class SimpleScene implements Scene, Disposable {
  readonly processes: TestProcess[] = [];
  readonly #all: SimpleMp[] = [];
  #auditor: Auditor | undefined;
  #sent = 0;
  /** The next that is given to a process that comes back. */
  #lcores = 20;
  /** Whether a C primary was ended because its end was waited for. */
  #primaryEnded = false;

  private constructor(
    readonly prefix: Prefix,
    readonly crashes: CrashPoints,
    readonly makers: readonly Maker[],
  ) {}

  /** Starts them. */
  static async start(prefix: Prefix, makers: readonly Maker[]): Promise<SimpleScene> {
    const scene = new SimpleScene(prefix, await CrashPoints.create(), makers);
    await scene.#begin();
    await scene.allWell();
    return scene;
  }

  async bring(id: number): Promise<void> {
    // there is nothing to attach to until all start again
    if (this.#primaryEnded && id > 0) return;
    // only one that lives mends, so one that comes back to C processes alone must have other lcores
    const mends = this.processes.some(({ running }, i) => running && this.makers[i] === "ts");
    const apart = id > 0 && !mends && this.makers[id] === "ts" && this.processes[id] !== undefined;
    const [first, second] = apart ? [this.#lcores++, this.#lcores++] : [2 * id, 2 * id + 1];
    const start = startSimpleMp(this.prefix, {
      maker: this.makers[id] ?? "ts",
      type: id === 0 ? "primary" : "secondary",
      lcores: `${first}@0,${second}@1`,
      crashes: this.crashes,
    });
    // it may wait for what killed ones began on its lcores, and that for the end of a C process
    const simpleMp =
      await (this.makers[id] === "ts" ? whileEnding(start, () => this.#endWaitedFor()) : start);
    this.#all[id] = simpleMp;
    this.processes[id] = simpleMp.process;
  }

  /** The C processes whose end is waited for. */
  get #waitedFor(): number[] {
    return [...this.processes.keys()].filter((id) =>
      this.makers[id] === "c" && isWaitedFor(this.processes[id]!, this.processes)
    );
  }

  /** Ends the C processes whose end is waited for; secondaries start again. */
  async #endWaitedFor(): Promise<void> {
    // the primary first: no secondary can start where it is waited for
    for (const id of this.#waitedFor) {
      this.#primaryEnded ||= id === 0;
      this.processes[id]?.kill("SIGKILL");
      await this.processes[id]?.ended();
      if (id > 0) await this.bring(id);
    }
  }

  /** After the end of a C primary all is finished and in one place; then all start again. */
  async #startAgain(): Promise<void> {
    await this.#auditor?.allBack();
    for (const secondary of this.#all.slice(1)) {
      if (!secondary.process.running) continue;
      assertEquals((await secondary.quit()).code, 0, secondary.process.stderr);
    }
    await this.#auditor?.end();
    this.processes.length = this.#all.length = 0;
    this.#primaryEnded = false;
    await this.#begin();
  }

  async #begin(): Promise<void> {
    for (const id of this.makers.keys()) await this.bring(id);
    this.#auditor = await Auditor.start(this.prefix, "MSG_POOL");
  }

  /** It and the primary send all the time. */
  stir(id: number): AsyncDisposable {
    let over = false;
    const flood = async (sender: number) => {
      while (!over) {
        await this.#send(sender, Array.from({ length: 8 }, () => this.#message()));
        await delay(2);
      }
    };
    const floods = Promise.all([flood(0), flood(id)]);
    return {
      async [Symbol.asyncDispose]() {
        over = true;
        await floods;
      },
    };
  }

  /** A text that nobody has sent, a word as the C sample wants it. */
  #message(): string {
    return `message_${++this.#sent}`;
  }

  async #send(id: number, messages: readonly string[]): Promise<void> {
    const { process } = this.#all[id] ?? {};
    if (!process?.running) return;
    try {
      // one that is stopped reads nothing, and its pipe has room for this
      await process.write(messages.map((message) => `send ${message}\n`).join(""));
    } catch {
      // killed meanwhile: its end may show a moment later
      await process.ended();
    }
  }

  /**
   * Sends until it is received: a message is discarded while a ring is full, or not usable.
   *
   * @returns false where that waits for the end of a C process.
   */
  async #arrives(from: number, to: readonly number[]): Promise<boolean> {
    const start = performance.now();
    while (performance.now() < start + PATIENCE) {
      if (performance.now() > start + WAITS && this.#waitedFor.length > 0) return false;
      const message = this.#message();
      await this.#send(from, [message]);
      for (const late = performance.now() + 250; performance.now() < late; await delay(2)) {
        if (to.some((id) => this.#all[id]?.received.includes(message))) return true;
      }
    }
    const said = this.processes.map(({ name, stdout }) => `${name}: ${stdout.slice(-300)}`);
    throw new Error(`nothing arrives from ${from} at ${to.join(" or ")}\n${said.join("\n")}`);
  }

  async allWell(): Promise<void> {
    const arrive = async () =>
      !this.#primaryEnded &&
      await this.#arrives(1, [0]) && await this.#arrives(2, [0]) && await this.#arrives(0, [1, 2]);
    while (!await arrive()) {
      await this.#endWaitedFor();
      if (this.#primaryEnded) await this.#startAgain();
    }
    // beside a C process nobody can ask all to hold nothing
    if (!this.makers.includes("c")) await this.#auditor?.allBack();
  }

  /** Ends all of them; a primary of ours last, since it knows what was lost. */
  async end(): Promise<void> {
    for (const secondary of this.#all.slice(1)) {
      const { code } = await secondary.quit();
      assertEquals(code, 0, secondary.process.stderr);
    }
    const { strangers = 0 } = await this.#auditor?.audit() ?? {};
    assertEquals(strangers, 0, "elements in two places");
    // what C processes held, only their end shows, and a C primary gives nothing back
    if (this.makers[0] === "ts") await this.#auditor?.allBack();
    await this.#auditor?.end();
    assertEquals((await this.#all[0]?.quit())?.code, 0);
  }

  [Symbol.dispose](): void {
    this.crashes[Symbol.dispose]();
  }
}
