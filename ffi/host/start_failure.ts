/**
 * Finds the option that is to blame when EAL does not start, or starts without a device that was
 * asked for. EAL's own log seldom names it.
 *
 * @module
 */

import { type EalOptions, parseLenient } from "./eal_options.ts";
import { didYouMean } from "./suggest.ts";

/** A wrong option, in the form of an error. */
export interface Blame {
  /** The option, such as `--socket-mem`. */
  operation: string;
  /** What was expected, and what was given. */
  reason: string;
  /** What helps, where that is known. */
  hint?: string;
}

/** Drivers of virtual ports; a device's name begins with its driver's. */
const VIRTUAL_DRIVERS: readonly string[] = [
  "net_af_packet",
  "net_af_xdp",
  "net_bonding",
  "net_failsafe",
  "net_memif",
  "net_null",
  "net_pcap",
  "net_ring",
  "net_tap",
  "net_tun",
  "net_vhost",
  "net_virtio_user",
];

/** A device's name in the value of `--vdev`, without its arguments. */
const nameOf = (vdev: string) => vdev.split(",", 1)[0] ?? "";

/** Texts of EAL's log, and the errors that they mean; `given` has the values of the options. */
const FAULTS: readonly [
  line: RegExp,
  option: (match: RegExpMatchArray) => string,
  expected: string,
][] = [
  [/invalid parameters for (--[\w-]+)/, ([, option = ""]) => option, "a value that EAL takes"],
  [/invalid core list syntax/, () => "-l", "a list of CPUs such as 0-1,3"],
  [/invalid coremask syntax/, () => "-c", "a hexadecimal mask of CPUs such as 0x3"],
  [/invalid parameter for --lcores/, () => "--lcores", "lcores at CPUs such as 2@0,3@1"],
  [/invalid service core list/, () => "-S", "a list of service cores such as 2-3"],
  [/invalid service coremask/, () => "-s", "a hexadecimal mask of service cores such as 0x3"],
  [/eal_trace_bufsz_args_save/, () => "--trace-bufsz", "a size such as 2M"],
  [/eal_trace_mode_args_save/, () => "--trace-mode", "overwrite or discard"],
  [/eal_trace_dir_args_save/, () => "--trace-dir", "a folder"],
];

/** The error for a virtual device that did not start, with a suggestion for a misspelt driver. */
export function vdevBlame(vdev: string, reason: string): Blame {
  const name = nameOf(vdev);
  const driver = name.replace(/\d+$/, "");
  const hint = VIRTUAL_DRIVERS.includes(driver) ? undefined : didYouMean(driver, VIRTUAL_DRIVERS);
  return { operation: `--vdev=${vdev}`, reason, ...(hint ? { hint } : {}) };
}

/** EAL's log, without what `--log-color` and `--log-timestamp` add to each line. */
export function plainLog(log: string): string {
  // deno-lint-ignore no-control-regex -- that is what a terminal's colours begin with
  return log.replace(/\x1b\[[\d;]*m/g, "").replace(/^\[[^\]\n]*\d:?\d+[^\]\n]*\] /gm, "");
}

/** What a driver logged about a device that it did not start; EAL's log may be off. */
export function vdevReason(vdev: string, log: string): string {
  const lines = log.split("\n");
  const at = lines.findIndex((line) =>
    line.includes(`failed to initialize ${nameOf(vdev)} device`)
  );
  const said = at > 0 ? lines[at - 1]?.replace(/^\w+(\(\))?: /, "").trim() : "";
  return said ? `the device does not start: ${said}` : "the device does not start";
}

function memoryBlame(given: Map<string, string | undefined>, log: string): Blame | undefined {
  const [, where = "", asked, free] = log.match(
    /Not enough memory available(?: on socket (\d+))?! Requested: (\d+)MB, available: (\d+)MB/,
  ) ?? [];
  const option = ["--socket-mem", "--numa-mem", "-m"].find((name) => given.has(name));
  if (asked !== undefined && option) {
    const node = where && option !== "-m" ? ` on NUMA node ${where}` : "";
    const reason = `expected at most ${free} MB${node}, got '${given.get(option)}'`;
    return { operation: option, reason };
  }
  const limit = ["--socket-limit", "--numa-limit"].find((name) => given.has(name));
  if (limit === undefined || !/alloc|memory/i.test(log)) return undefined;
  const reason = `expected as many megabytes as EAL itself and the program need, got '${
    given.get(limit) ?? ""
  }'`;
  return { operation: limit, reason };
}

/**
 * The error for the option that made a start fail; undefined where EAL's log does not tell.
 *
 * @param log EAL's log.
 */
export function blamedOption({ ealArgs, vdevs }: EalOptions, log: string): Blame | undefined {
  const given = parseLenient(ealArgs);
  const [, one, other] = log.match(
    /Option (--[\w-]+) (?:is not compatible|cannot be specified together) with (--[\w-]+)/,
  ) ?? [];
  if (one && other) return { operation: one, reason: `cannot be combined with ${other}` };
  for (const [line, optionOf, expected] of FAULTS) {
    const match = log.match(line);
    if (!match) continue;
    const option = optionOf(match);
    return { operation: option, reason: `expected ${expected}, got '${given.get(option) ?? ""}'` };
  }
  const main = log.match(/lcore (\d+) is main lcore, cannot use as service core/)?.[1];
  if (main) {
    return {
      operation: given.has("-S") ? "-S" : "-s",
      reason: `expected others than the main lcore, got '${main}'`,
    };
  }
  const device = log.match(/failed to parse device "(.*)"/)?.[1];
  if (device !== undefined) {
    const vdev = vdevs.find((vdev) => nameOf(vdev) === device);
    if (vdev !== undefined) return vdevBlame(vdev, "no driver here has a device of that name");
    return { operation: "-a", reason: `expected a device such as 0000:03:00.0, got '${device}'` };
  }
  const library = log.match(/(\S+): cannot open shared object file: (.*)/);
  if (library && given.has("-d")) {
    return { operation: "-d", reason: `${library[1]}: ${library[2]}` };
  }
  return memoryBlame(given, log);
}
