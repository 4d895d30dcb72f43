/**
 * EAL's command line, read before EAL reads it: a bad option shall be one clear line, where EAL
 * itself prints a page of usage or goes on with a guess.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { didYouMean } from "./suggest.ts";
import { LCORE_OPTIONS, type LcoreMap, parseLcoreOption } from "./lcore_list.ts";
import { runtimeRoot } from "./machine.ts";

/** What the toolkit itself wants to know of EAL's arguments. */
export interface EalOptions {
  /**
   * EAL's arguments without the program's own, as each EAL takes them: names in full, a value behind
   * `=` or, of an option of one letter, apart, and nothing twice but lists.
   */
  ealArgs: string[];
  /** The program's own arguments: all that follows `--`. */
  appArgs: string[];
  /** `-h` or `--help` was among EAL's arguments. */
  help: boolean;
  /** `--proc-type`; primary where left out, as EAL has it. */
  procType: "primary" | "secondary" | "auto";
  /** `--file-prefix`; "rte" where left out. */
  filePrefix: string;
  /** The lcores of `-l`, `-c` or `--lcores`; undefined (all CPUs) where left out. */
  lcores: LcoreMap | undefined;
  /** The option that gave them. */
  lcoreOption: string;
  /** The lcores that `-s` or `-S` makes service cores. */
  serviceLcores: ReadonlySet<number>;
  /** `--main-lcore`. */
  mainLcore: number | undefined;
  /** `--base-virtaddr` was given. */
  hasBaseVirtaddr: boolean;
  /** `--huge-dir`. */
  hugeDir: string | undefined;
  /** The values of all `--vdev`, as `net_pcap0,iface=eth0`. */
  vdevs: string[];
  /** A device or a driver was asked for. */
  hasDevices: boolean;
  /** `--no-huge` was given. */
  noHuge: boolean;
  /** `-m`, in MiB. */
  memoryMib: number | undefined;
  /** `--no-shconf` or `--in-memory` was given: no other process can attach. */
  noShconf: boolean;
  /** The option that makes it impossible to attach to this process, as `--huge-unlink`. */
  keepsOthersOut: string | undefined;
}

/** What an option takes: nothing, a value, or perhaps a value (only as `--option=value`). */
type Takes = "nothing" | {
  expected: string;
  valid: Check;
  /** It can be left out. */
  optional?: true;
};

/** Whether a value has the right form. */
type Check = Pick<RegExp, "test">;

const TEXT = /^[^]+$/;
const COUNT = /^[1-9]\d{0,8}$/;
const SIZES = /^\d+(,\d+)*$/;

/** A value of this form; the text says what was expected. */
function value(expected: string, valid: Check = TEXT): Takes {
  return { expected, valid };
}

/** The same, or no value at all. */
function perhaps(expected: string, valid: Check): Takes {
  return { expected, valid, optional: true };
}

/** Names of levels; EAL takes each beginning of one, and goes on after a level that it does not know. */
const LEVELS = ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"];

/** Whether this is a level, alone or after a regular expression and a comma, or a pattern and a colon. */
function isLogLevel(text: string): boolean {
  const level = text.match(/^(?:[^,]*,|[^,:]*:)?([a-z]+|[1-9]\d{0,8})$/)?.[1];
  if (level === undefined) return false;
  return text === "help" || /^\d/.test(level) || LEVELS.some((name) => name.startsWith(level));
}

const SHORT: Record<string, Takes> = {
  a: value("a device such as 0000:03:00.0"),
  b: value("a device such as 0000:03:00.0"),
  c: value("a hexadecimal mask of CPUs such as 0x3"),
  d: value("a driver library or a folder of them"),
  h: "nothing",
  l: value("a list of CPUs such as 0-1,3"),
  m: value("megabytes of memory, a number from 1", COUNT),
  n: value("memory channels, a number from 1", COUNT),
  r: value("memory ranks, a number from 1 to 16", /^([1-9]|1[0-6])$/),
  s: value("a hexadecimal mask of service cores such as 0x3"),
  S: value("a list of service cores such as 2-3"),
  v: "nothing",
};

const LONG: Record<string, Takes> = {
  "allow": value("a device such as 0000:03:00.0"),
  "base-virtaddr": value("an address such as 0x500000000000", /^(0[xX][0-9a-fA-F]+|\d+)$/),
  "block": value("a device such as 0000:03:00.0"),
  "create-uio-dev": "nothing",
  // `..` is a folder with other things in it
  "file-prefix": value(
    "a name without '/' and '%'",
    // deno-lint-ignore no-control-regex -- a class such as \p{Cc} takes a millisecond of every start
    /^(?!\.{1,2}$)[^/%\x00-\x1f\x7f-\x9f]+$/u,
  ),
  "force-max-simd-bitwidth": value("0, 64, 128, 256 or 512", /^(0|64|128|256|512)$/),
  "help": "nothing",
  "huge-dir": value("a folder where hugetlbfs is mounted"),
  "huge-unlink": perhaps("existing, always or never", /^(existing|always|never)$/),
  "huge-worker-stack": perhaps("KiB of a worker's stack, a number", /^\d+$/),
  "in-memory": "nothing",
  "iova-mode": value("pa or va", /^(pa|va)$/),
  "lcores": value("lcores at CPUs such as 2@0,3@1"),
  "legacy-mem": "nothing",
  "log-level": value("a level (8) or type:level (lib.eal:debug)", { test: isLogLevel }),
  "main-lcore": value("an lcore id", /^(0[xX][0-9a-fA-F]+|\d+)$/),
  "match-allocations": "nothing",
  "mbuf-pool-ops-name": value("the name of mempool operations"),
  "no-hpet": "nothing",
  "no-huge": "nothing",
  "no-pci": "nothing",
  "no-shconf": "nothing",
  "no-telemetry": "nothing",
  "proc-type": value("primary, secondary or auto", /^(primary|secondary|auto)$/),
  "single-file-segments": "nothing",
  "socket-limit": value("megabytes a NUMA node such as 1024,1024", SIZES),
  "socket-mem": value("megabytes a NUMA node such as 1024,1024", SIZES),
  "syslog": value("a syslog facility such as daemon"),
  "telemetry": "nothing",
  "trace": value("a regular expression of trace names"),
  "trace-bufsz": value("a size such as 2M"),
  "trace-dir": value("a folder"),
  "trace-mode": value("overwrite or discard", /^[od]/),
  "vdev": value("a virtual device such as net_null0"),
  "vfio-intr": value("legacy, msi or msix", /^(legacy|msi|msix)$/),
  "vfio-vf-token": value("a UUID"),
  "vmware-tsc-map": "nothing",
};

function fail(option: string, reason: string, hint?: string): never {
  throw new DpdkError({ operation: option, reason, ...(hint ? { hint } : {}) });
}

/** The long options that a name can stand for: getopt_long takes any prefix that only one has. */
function candidatesOf(name: string): string[] {
  if (Object.hasOwn(LONG, name)) return [name];
  return name === "" ? [] : Object.keys(LONG).filter((option) => option.startsWith(name));
}

/** Refuses an option that EAL does not have. */
function unknown(option: string): never {
  const hint = didYouMean(option, Object.keys(LONG).map((name) => `--${name}`)) ??
    "the program's own options follow after --";
  fail(option, `expected an option of EAL, got '${option}'`, hint);
}

function longOption(name: string): string {
  const candidates = candidatesOf(name);
  const [only] = candidates;
  if (only === undefined) unknown(`--${name}`);
  if (candidates.length > 1) {
    const names = candidates.map((candidate) => `--${candidate}`).join(", ");
    fail(`--${name}`, `expected one of ${names}, got '--${name}'`);
  }
  return only;
}

/** One option of the command line, with its canonical name. */
export interface GivenOption {
  /** Its name in full, as `--lcores` or `-l`. */
  option: string;
  /** Its value, where it has one. */
  value: string | undefined;
}

function checked(option: string, takes: Takes, text: string | undefined): GivenOption {
  if (typeof takes === "object") {
    if (text === undefined && takes.optional) return { option, value: text };
    if (text === undefined) fail(option, `expected ${takes.expected}, got nothing`);
    if (!takes.valid.test(text)) fail(option, `expected ${takes.expected}, got '${text}'`);
  } else if (takes === "nothing" && text !== undefined) {
    fail(option, `expected no value, got '${text}'`);
  }
  return { option, value: text };
}

/** Whether a long option without `=` has the next word as its value. */
function takesNext(takes: Takes | undefined): boolean {
  return typeof takes === "object" && !takes.optional;
}

/** Splits arguments as getopt_long does with EAL's tables. */
function* readOptions(args: readonly string[]): Generator<GivenOption> {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg.startsWith("--")) {
      const equals = arg.indexOf("=");
      const name = longOption(arg.slice(2, equals < 0 ? undefined : equals));
      const takes = LONG[name] ?? "nothing";
      const text = equals >= 0 ? arg.slice(equals + 1) : takesNext(takes) ? args[++i] : undefined;
      yield checked(`--${name}`, takes, text);
    } else if (arg.startsWith("-") && arg.length > 1) {
      for (let at = 1; at < arg.length; at++) {
        const letter = arg[at] ?? "";
        const takes = SHORT[letter];
        const option = `-${letter}`;
        if (takes === undefined) unknown(option);
        if (takes === "nothing") {
          yield checked(option, takes, undefined);
        } else {
          yield checked(option, takes, arg.slice(at + 1) || args[++i]);
          break;
        }
      }
    } else {
      fail(
        `'${arg}'`,
        `expected an option, got '${arg}'`,
        "EAL's options come first, the program's own after --",
      );
    }
  }
}

/**
 * The options in the command line of a process that runs already, which knows better than we do
 * what is right: words that are no option of EAL's are passed over.
 */
export function* scanOptions(args: readonly string[]): Generator<GivenOption> {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg.startsWith("--")) {
      const equals = arg.indexOf("=");
      const [name, ...others] = candidatesOf(arg.slice(2, equals < 0 ? undefined : equals));
      if (name === undefined || others.length > 0) continue;
      const apart = equals < 0 && takesNext(LONG[name]);
      yield {
        option: `--${name}`,
        value: equals >= 0 ? arg.slice(equals + 1) : apart ? args[++i] : undefined,
      };
    } else if (arg.startsWith("-")) {
      for (let at = 1; at < arg.length; at++) {
        const takes = SHORT[arg[at] ?? ""];
        if (takes === undefined) break;
        const ends = takes !== "nothing";
        yield { option: `-${arg[at]}`, value: ends ? arg.slice(at + 1) || args[++i] : undefined };
        if (ends) break;
      }
    }
  }
}

/** The options of a running process with their values, the last one of each: see {@linkcode scanOptions}. */
export function parseLenient(args: readonly string[]): Map<string, string | undefined> {
  return new Map([...scanOptions(args)].map(({ option, value }) => [option, value]));
}

/** Of EAL's arguments the option that makes it impossible to attach to the process. */
export function keepsOthersOut(args: readonly string[]): string | undefined {
  const given = parseLenient(args);
  for (const option of ["--in-memory", "--no-shconf", "--no-huge"]) {
    if (given.has(option)) return option;
  }
  const unlink = given.get("--huge-unlink") ?? "always";
  return given.has("--huge-unlink") && unlink === "always" ? "--huge-unlink" : undefined;
}

/** Longest path of a socket, in bytes: `sun_path` without its NUL. */
const SOCKET_PATH = 107;

/** What EAL puts behind the file prefix: the largest pid, and cycles that suffice for years. */
const SOCKET_NAME = "/mp_socket_4194304_fffffffffffffff";

/** A path of a secondary's socket that is too long would be cut, in the middle of a letter too. */
function checkPrefixLength(prefix: string): void {
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  const limit = SOCKET_PATH - bytes(`${runtimeRoot()}/${SOCKET_NAME}`);
  const length = bytes(prefix);
  if (length <= limit) return;
  fail("--file-prefix", `expected a name of up to ${limit} bytes, got '${prefix}' of ${length}`);
}

/**
 * Reads a program's arguments as EAL will: `EAL options [-- program's options]`.
 *
 * @throws {DpdkError} one line that names the option and what was expected.
 */
export function parseEalOptions(args: readonly string[]): EalOptions {
  const end = args.indexOf("--");
  const given = [...readOptions(end < 0 ? args : args.slice(0, end))];
  const ealArgs = canonical(given);
  const options: EalOptions = {
    ealArgs,
    appArgs: end < 0 ? [] : args.slice(end + 1),
    help: false,
    procType: "primary",
    filePrefix: "rte",
    lcores: undefined,
    lcoreOption: "",
    serviceLcores: new Set(),
    mainLcore: undefined,
    hasBaseVirtaddr: false,
    hugeDir: undefined,
    vdevs: [],
    hasDevices: false,
    noHuge: false,
    memoryMib: undefined,
    noShconf: false,
    keepsOthersOut: keepsOthersOut(ealArgs),
  };
  const seen = new Set<string>();
  for (const { option, value = "" } of given) {
    seen.add(option);
    if (LCORE_OPTIONS.includes(option)) {
      if (options.lcores) fail(option, `cannot be combined with ${options.lcoreOption}`);
      options.lcores = parseLcoreOption(option, value);
      options.lcoreOption = option;
    } else if (option === "-s" || option === "-S") {
      options.serviceLcores = new Set(parseLcoreOption(option, value).keys());
    } else if (option === "--proc-type") {
      options.procType = value === "secondary" || value === "auto" ? value : "primary";
    } else if (option === "--file-prefix") {
      checkPrefixLength(value);
      options.filePrefix = value;
    } else if (option === "--huge-dir") {
      options.hugeDir = value;
    } else if (option === "-m") {
      options.memoryMib = Number(value);
    } else if (option === "--vdev") {
      options.vdevs.push(value);
    } else if (option === "--main-lcore") {
      options.mainLcore = Number(value);
    }
  }
  options.help = seen.has("-h") || seen.has("--help");
  options.hasBaseVirtaddr = seen.has("--base-virtaddr");
  options.hasDevices = ["-a", "--allow", "-d", "--vdev"].some((option) => seen.has(option));
  options.noHuge = seen.has("--no-huge");
  options.noShconf = seen.has("--no-shconf") || seen.has("--in-memory");
  checkCombinations(seen, options);
  return options;
}

const EXCLUSIVE: readonly (readonly [string, string])[] = [
  ["-a", "-b"],
  ["--allow", "--block"],
  ["-a", "--block"],
  ["--allow", "-b"],
  ["-m", "--socket-mem"],
  ["--no-huge", "--socket-mem"],
  ["--no-huge", "--huge-unlink"],
  ["--no-huge", "--huge-worker-stack"],
  ["--no-huge", "--match-allocations"],
  ["--legacy-mem", "--in-memory"],
  ["--no-huge", "--in-memory"],
  ["--legacy-mem", "--match-allocations"],
];

function checkCombinations(
  seen: Set<string>,
  { lcores, mainLcore, procType, keepsOthersOut }: EalOptions,
): void {
  if (procType === "secondary" && keepsOthersOut && keepsOthersOut !== "--huge-unlink") {
    fail(keepsOthersOut, "cannot be combined with --proc-type=secondary, which shares memory");
  }
  for (const [one, other] of EXCLUSIVE) {
    if (seen.has(one) && seen.has(other)) fail(one, `cannot be combined with ${other}`);
  }
  if (lcores && mainLcore !== undefined && !lcores.has(mainLcore)) {
    fail("--main-lcore", `expected one of the enabled lcores, got '${mainLcore}'`);
  }
}

/** Which devices there are and where memory is must look the same in every process. */
const FOR_SECONDARIES = [
  "-a",
  "-b",
  "-d",
  "--allow",
  "--block",
  "--create-uio-dev",
  "--file-prefix",
  "--force-max-simd-bitwidth",
  "--huge-dir",
  "--iova-mode",
  "--log-level",
  "--no-hpet",
  "--no-pci",
  "--no-telemetry",
  "--syslog",
  "--vfio-intr",
  "--vfio-vf-token",
];

/** An option as arguments; those of one letter take their value apart. */
function written(option: string, value: string): string[] {
  if (value === "") return [option];
  return option.startsWith("--") ? [`${option}=${value}`] : [option, value];
}

/** What may be given more than once; of all others the last one counts. */
const LISTS = ["-a", "--allow", "-b", "--block", "-d", "--log-level", "--trace", "--vdev"];

/** The same options without abbreviations and repetitions, which EAL 25.11 ends the process for. */
function canonical(given: readonly GivenOption[]): string[] {
  const last = new Map(given.map(({ option }, i) => [option, i]));
  return given
    .filter(({ option }, i) => LISTS.includes(option) || last.get(option) === i)
    .flatMap(({ option, value = "" }) => written(option, value));
}

/**
 * Of a primary's arguments those that a secondary with the same devices needs as well; without
 * lcores and process type, which are each one's own.
 */
export function secondaryArgs(args: readonly string[]): string[] {
  const { ealArgs } = parseEalOptions(args);
  return [...readOptions(ealArgs)]
    .filter(({ option }) => FOR_SECONDARIES.includes(option))
    .flatMap(({ option, value = "" }) => written(option, value));
}
