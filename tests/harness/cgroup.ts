/**
 * Control groups for tests: processes that are permitted less than the machine has.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "./process.ts";

const ROOT = "/sys/fs/cgroup";

/** Joins a group, whose file is the first argument, and becomes the command. */
const JOIN = 'echo $$ > "$0" && exec "$@"';

/** The settings of a group, by the names of their files: `cpuset.cpus`. */
export type CgroupSettings = Readonly<Record<string, string>>;

function write(path: string, text: string): void {
  // no O_TRUNC and O_CREAT: these are files of the kernel's
  using file = Deno.openSync(path, { write: true });
  file.writeSync(new TextEncoder().encode(text));
}

/** The folder in which groups of a controller are made, in either version of cgroups. */
function folderOf(controller: string): string {
  try {
    // version 1 has a hierarchy a controller
    if (Deno.statSync(`${ROOT}/${controller}/cgroup.procs`).isFile) return `${ROOT}/${controller}`;
  } catch {
    write(`${ROOT}/cgroup.subtree_control`, `+${controller}`);
  }
  return ROOT;
}

/** A control group; gone at the end of the block, when its processes have ended. */
export class Cgroup implements AsyncDisposable {
  private constructor(readonly path: string) {}

  /**
   * Makes one.
   *
   * @param name One that no other test uses: that of its prefix.
   * @throws {Error} where this machine lets nobody do so.
   */
  static create(controller: "cpuset" | "pids", name: string, settings: CgroupSettings): Cgroup {
    const group = new Cgroup(`${folderOf(controller)}/${name}`);
    Deno.mkdirSync(group.path);
    for (const [file, value] of Object.entries(settings)) write(`${group.path}/${file}`, value);
    return group;
  }

  /** Changes a setting. */
  set(file: string, value: string): void {
    write(`${this.path}/${file}`, value);
  }

  /** The command, run inside. */
  inside({ command, args }: Command): Command {
    return {
      command: "sh",
      args: ["-c", JOIN, `${this.path}/cgroup.procs`, command, ...args],
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (;;) {
      try {
        return Deno.removeSync(this.path);
      } catch (error) {
        // the kernel lets the last process go a moment after it has ended
        if (!/busy/i.test(String(error))) throw error;
        await delay(5);
      }
    }
  }
}

/** Why this machine has no groups of a controller; undefined where it has. */
export function whyNoCgroup(controller: "cpuset" | "pids"): string | undefined {
  try {
    const path = `${folderOf(controller)}/denodpdk-${Deno.pid}`;
    Deno.mkdirSync(path);
    Deno.removeSync(path);
    return undefined;
  } catch (error) {
    return `no ${controller} cgroup: ${error instanceof Error ? error.message : error}`;
  }
}

/** A cpuset of one CPU: the settings that either version needs. */
export function cpusetOf(cpu: number): CgroupSettings {
  const parent = folderOf("cpuset");
  const read = (file: string) => Deno.readTextFileSync(`${parent}/${file}`).trim();
  const mems = parent === ROOT ? read("cpuset.mems.effective") : read("cpuset.mems");
  return { "cpuset.mems": mems, "cpuset.cpus": `${cpu}` };
}
