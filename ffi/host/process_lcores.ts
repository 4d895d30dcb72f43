/**
 * The lcores of a process that is not in the record, such as a C sample: from its command line,
 * read as EAL reads it.
 *
 * @module
 */

import { lcoreBaseOf, lcoresOfOption, scanOptions } from "./eal_options.ts";
import { readKernelFile } from "./kernel_file.ts";
import { LCORE_OPTIONS, parseLcoreOption } from "./lcore_list.ts";
import { commandLine, ealWords } from "./command_line.ts";
import { maxLcores } from "./max_lcores.ts";

/**
 * The lcores that EAL's arguments name; undefined where no argument does, and every CPU that the
 * process may use is an lcore. Arguments that EAL would not understand are passed over.
 */
export function lcoresOfArgs(args: readonly string[]): Set<number> | undefined {
  const lcores = new Set<number>();
  const given = [...scanOptions(args)];
  const base = lcoreBaseOf(given);
  let asked = false;
  for (const one of given) {
    try {
      const isLcores = LCORE_OPTIONS.includes(one.option);
      if (!isLcores && one.option !== "-s" && one.option !== "-S") continue;
      for (const id of lcoresOfOption(one, isLcores ? base : undefined).keys()) lcores.add(id);
      asked ||= isLcores;
    } catch {
      // the process would not have started with this argument
    }
  }
  return asked ? lcores : undefined;
}

/** Each thread of a process: its name, and the CPUs that it may use. */
function threadsOf(pid: number): { name: string; cpus: Iterable<number> }[] {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/task`)].map(({ name: thread }) => {
      const status = readKernelFile(`/proc/${pid}/task/${thread}/status`);
      const field = (name: string) => status.match(RegExp(`^${name}:\\s+(.*)$`, "m"))?.[1] ?? "";
      return {
        name: field("Name"),
        cpus: parseLcoreOption("-l", field("Cpus_allowed_list")).keys(),
      };
    });
  } catch {
    // the process has ended meanwhile
    return [];
  }
}

/**
 * The lcores of a process without lcore options: the CPUs that it may use. Its main thread and its
 * workers are each bound to one CPU by now, so all threads are looked at; the names of workers also
 * contain their ids.
 */
function defaultLcores(pid: number): Set<number> {
  const lcores = new Set<number>();
  for (const { name, cpus } of threadsOf(pid)) {
    for (const cpu of cpus) if (cpu < maxLcores()) lcores.add(cpu);
    const id = name.match(/^(?:rte|dpdk|lcore)-worker-?(\d+)$/)?.[1];
    if (id !== undefined) lcores.add(Number(id));
  }
  return lcores;
}

/** The lcores that another process was started with; none where it has ended. */
export function lcoresOf(pid: number): Set<number> {
  const argv = commandLine(pid);
  if (argv.length === 0) return new Set();
  return lcoresOfArgs(ealWords(argv)) ?? defaultLcores(pid);
}
