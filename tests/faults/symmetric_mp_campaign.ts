/**
 * symmetric_mp processes that are killed or stopped inside the ring of their pool: see harms.ts. The
 * processes empty their caches after each burst, so that all of them use that ring all the time.
 *
 * @module
 */

import { assertEquals } from "../assert.ts";
import {
  Auditor,
  crashPeer,
  CrashPoints,
  type Maker,
  type Prefix,
  program,
  type TestProcess,
} from "../harness.ts";
import { QueueWatcher } from "../traffic/symmetric_mp.ts";
import { isWaitedFor, pointsOf, type Scene, whileEnding } from "./harms.ts";

const PORTS = ["net_null0", "net_null1"];
const POOL = "SMP_MBUF_POOL";

/** How long it is looked when one has come back, and when all have. */
const ONE = 3_000;
const ALL = 30_000;

/** Where a process can be inside, or has just been. */
export const SYMMETRIC_POINTS: readonly string[] = [
  ...pointsOf("MP_SMP", "put"),
  ...pointsOf("MP_SMP", "take"),
  "cache-flushed",
  "cache-refilled",
  "cache-put",
  "half-sent",
];

/** Running processes, the first one the primary until it is killed. */
export class SymmetricScene implements Scene, Disposable {
  readonly processes: TestProcess[] = [];

  private constructor(
    readonly prefix: Prefix,
    readonly crashes: CrashPoints,
    readonly makers: readonly Maker[],
  ) {}

  /** The last one that was given to a process that came back. */
  #lcores = 20;
  #primary: TestProcess | undefined;
  #watcher: QueueWatcher | undefined;
  #auditor: Auditor | undefined;

  /** Starts them. */
  static async start(prefix: Prefix, makers: readonly Maker[]): Promise<SymmetricScene> {
    const crashes = await CrashPoints.create({ flush: true });
    const scene = new SymmetricScene(prefix, crashes, makers);
    for (const id of makers.keys()) await scene.#start(id, id === 0 ? "primary" : "secondary");
    scene.#watcher = new QueueWatcher(prefix, PORTS);
    // now: it cannot attach once the primary is dead
    scene.#auditor = await Auditor.start(prefix, POOL);
    await scene.allWell();
    return scene;
  }

  async #start(id: number, type: "primary" | "secondary"): Promise<void> {
    const maker = this.makers[id] ?? "ts";
    // only one that lives mends, so one that comes back to C processes alone must have other lcores
    const mends = this.processes.some(({ running }, i) => running && this.makers[i] === "ts");
    const lcore = type === "primary" || mends || maker === "c" ? id : ++this.#lcores;
    // a C process cannot learn of a dead primary's devices, nor does a C primary leave their names
    const alone = !this.#primary?.running && (maker === "c" || this.makers[0] === "c");
    const devices = type === "primary" || alone ? PORTS.map((port) => `--vdev=${port}`) : [];
    const process = this.prefix.spawn(
      `${maker} symmetric_mp ${id}`,
      maker === "c" ? await crashPeer("symmetric_mp") : program("symmetric_mp"),
      [
        ...this.prefix.eal({ type, lcores: `${lcore}@${id % 2}`, extra: devices }),
        ..."-- -p 3".split(" "),
        `--num-procs=${this.makers.length}`,
        `--proc-id=${id}`,
      ],
      { env: this.crashes.env },
    );
    if (type === "primary") this.#primary = process;
    const up = process.waitFor(`using queue ${id} of each port`);
    try {
      // it may wait for what killed ones began on its lcores, and that for the end of a C process
      await (maker === "c" ? up : whileEnding(up, () => this.#endForeign()));
    } catch (error) {
      // its devices were to be those of the primary, which was ended meanwhile
      const orphan = maker === "ts" && type === "secondary" && !alone && !this.#primary?.running;
      if (!orphan) throw error;
      return await this.#start(id, type);
    }
    this.processes[id] = process;
  }

  async bring(id: number): Promise<void> {
    await this.#start(id, "secondary");
    // what one that comes after it needs may wait for a C process
    if (this.makers[id] === "ts") await this.#unblock(ONE, id);
  }

  /** Waits until these go on, a time at most. */
  async #unblock(patience: number, ...ids: number[]): Promise<void> {
    const counting = Promise.resolve(this.#watcher?.areCounting(patience, ...ids));
    await whileEnding(counting, () => this.#endForeign());
  }

  stir(): AsyncDisposable {
    return new AsyncDisposableStack();
  }

  async allWell(): Promise<void> {
    const all = [...this.makers.keys()];
    await this.#unblock(ALL, ...all);
    await this.#watcher?.untilCounting(...all);
    // beside a C process nobody can ask all to hold nothing
    if (!this.makers.includes("c")) await this.#auditor?.allBack();
  }

  /** Ends and starts again the C processes whose end is waited for. */
  async #endForeign(): Promise<void> {
    for (const [id, process] of this.processes.entries()) {
      if (this.makers[id] !== "c" || !isWaitedFor(process, this.processes)) continue;
      process.kill("SIGKILL");
      await process.ended();
      await this.bring(id);
    }
  }

  /** Ends all of them; C processes cannot be looked into before. */
  async end(): Promise<void> {
    await this.#watcher?.end();
    const last = this.processes.findLast((_, id) => this.makers[id] === "ts");
    for (const process of this.processes) {
      if (process === last) continue;
      const { code } = await process.endBy(() => process.kill("SIGINT"));
      assertEquals(code, 0, process.stderr);
    }
    await this.#auditor?.allBack();
    await this.#auditor?.end();
    if (!last) return;
    const { code } = await last.endBy(() => last.kill("SIGINT"));
    assertEquals(code, 0, last.stderr);
    assertEquals(this.prefix.files(), [], "files after the last process");
  }

  [Symbol.dispose](): void {
    this.crashes[Symbol.dispose]();
  }
}
