/**
 * Reads EAL's command line before EAL does, so that a bad option gives one clear line, where EAL
 * itself prints a page of usage or goes on with a guess.
 *
 * @module
 */

import { SHIM_SOCKET_PATH } from "../boundary/constants.ts";
import { DpdkError } from "../boundary/errors.ts";
import { didYouMean } from "./suggest.ts";
import type { EalOption, EalTable } from "./eal_table.ts";
import { LCORE_OPTIONS, type LcoreMap, parseLcoreOption } from "./lcore_list.ts";
import { ealTable, loadedEalTable } from "../boundary/library.ts";
import { runtimeRoot } from "./machine.ts";

/** What EAL's arguments say, as far as this toolkit needs it. */
export interface EalOptions {
  /**
   * EAL's arguments, without the program's own, in the form that every version of EAL takes: names
   * in full, the value behind `=` (apart, for options of one letter), and no option twice unless it
   * is a list.
   */
  ealArgs: string[];
  /** The program's own arguments: all that follows `--`. */
  appArgs: string[];
  /** Whether `-h` or `--help` was among EAL's arguments. */
  help: boolean;
  /** The value of `--proc-type`; primary where left out. */
  procType: "primary" | "secondary" | "auto";
  /** The value of `--file-prefix`; "rte" where left out. */
  filePrefix: string;
  /**
   * The lcores that `-l`, `-c` or `--lcores` name, with their CPUs; undefined where left out, which
   * means all CPUs.
   */
  lcores: LcoreMap | undefined;
  /** The option that named the lcores, such as `-l`. */
  lcoreOption: string;
  /**
   * The value of `--remap-lcore-ids`: lcore ids count from here. {@linkcode EalOptions.lcores} has
   * the resulting ids.
   */
  lcoreBase: number | undefined;
  /** The lcores that `-s` or `-S` makes service cores. */
  serviceLcores: ReadonlySet<number>;
  /** The value of `--main-lcore`. */
  mainLcore: number | undefined;
  /** Whether `--base-virtaddr` was given. */
  hasBaseVirtaddr: boolean;
  /** The value of `--huge-dir`. */
  hugeDir: string | undefined;
  /** The values of all `--vdev`, as `net_pcap0,iface=eth0`. */
  vdevs: string[];
  /** Whether an option asks for a device or a driver. */
  hasDevices: boolean;
  /** Whether `--no-huge` was given. */
  noHuge: boolean;
  /** The value of `-m`, MiB. */
  memoryMib: number | undefined;
  /** Whether `--no-shconf` or `--in-memory` was given: no other process can attach then. */
  noShconf: boolean;
  /**
   * The option that makes it impossible to attach to this process, such as `--huge-unlink`;
   * undefined where there is none.
   */
  keepsOthersOut: string | undefined;
}

/** What the value of an option looks like. */
interface Form {
  /** What was expected, in words, for errors. */
  expected: string;
  valid: Check;
  /** Whether the value can be left out. */
  optional?: true;
}

/** Whether a value has the right form. */
type Check = Pick<RegExp, "test">;

/** The options that ask for a device or a driver. */
const DEVICE_OPTIONS = ["-a", "--allow", "-d", "--vdev"];

const TEXT = /^[^]+$/;
const COUNT = /^[1-9]\d{0,8}$/;
const SIZES = /^\d+(,\d+)*$/;
const NUMBER = /^(0[xX][0-9a-fA-F]+|\d+)$/;

/** The form of a value that must be given. */
function value(expected: string, valid: Check = TEXT): Form {
  return { expected, valid };
}

/** The form of a value that may be left out. */
function perhaps(expected: string, valid: Check): Form {
  return { expected, valid, optional: true };
}

/**
 * Names of log levels. EAL takes any beginning of one, and ignores a level that it does not know.
 */
const LEVELS = ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"];

/**
 * Whether a text is a log level, alone or behind a regular expression and a comma or a pattern and
 * a colon.
 */
function isLogLevel(text: string): boolean {
  const level = text.match(/^(?:[^,]*,|[^,:]*:)?([a-z]+|[1-9]\d{0,8})$/)?.[1];
  if (level === undefined) return false;
  return text === "help" || /^\d/.test(level) || LEVELS.some((name) => name.startsWith(level));
}

const DEVICE = value("a device such as 0000:03:00.0");
const MEGABYTES = value("megabytes a NUMA node such as 1024,1024", SIZES);

/**
 * The options whose values are checked here, by the names that this toolkit uses for them. Which
 * options exist, and which of them take a value, EAL itself tells: see {@linkcode EalTable}.
 */
const OWN: Readonly<Record<string, Form | "nothing">> = {
  "-a": DEVICE,
  "-b": DEVICE,
  "-c": value("a hexadecimal mask of CPUs such as 0x3"),
  "-d": value("a driver library or a folder of them"),
  "-h": "nothing",
  "-l": value("a list of CPUs such as 0-1,3"),
  "-m": value("megabytes of memory, a number from 1", COUNT),
  "-n": value("memory channels, a number from 1", COUNT),
  "-r": value("memory ranks, a number from 1 to 16", /^([1-9]|1[0-6])$/),
  "-s": value("a hexadecimal mask of service cores such as 0x3"),
  "-S": value("a list of service cores such as 2-3"),
  "-v": "nothing",
  "--allow": DEVICE,
  "--base-virtaddr": value("an address such as 0x500000000000", NUMBER),
  "--block": DEVICE,
  "--create-uio-dev": "nothing",
  // `..` would be a folder with other files in it
  "--file-prefix": value(
    "a name without '/' and '%'",
    // deno-lint-ignore no-control-regex -- a class such as \p{Cc} takes a millisecond of every start
    /^(?!\.{1,2}$)[^/%\x00-\x1f\x7f-\x9f]+$/u,
  ),
  "--force-max-simd-bitwidth": value("0, 64, 128, 256 or 512", /^(0|64|128|256|512)$/),
  "--help": "nothing",
  "--huge-dir": value("a folder where hugetlbfs is mounted"),
  "--huge-unlink": perhaps("existing, always or never", /^(existing|always|never)$/),
  "--huge-worker-stack": perhaps("KiB of a worker's stack, a number", /^\d+$/),
  "--in-memory": "nothing",
  "--iova-mode": value("pa or va", /^(pa|va)$/),
  "--lcores": value("lcores at CPUs such as 2@0,3@1"),
  "--legacy-mem": "nothing",
  "--log-level": value("a level (8) or type:level (lib.eal:debug)", { test: isLogLevel }),
  "--main-lcore": value("an lcore id", NUMBER),
  "--match-allocations": "nothing",
  "--mbuf-pool-ops-name": value("the name of mempool operations"),
  "--no-hpet": "nothing",
  "--no-huge": "nothing",
  "--no-pci": "nothing",
  "--no-shconf": "nothing",
  "--no-telemetry": "nothing",
  "--numa-limit": MEGABYTES,
  "--numa-mem": MEGABYTES,
  "--proc-type": value("primary, secondary or auto", /^(primary|secondary|auto)$/),
  "--remap-lcore-ids": perhaps("the first lcore id", NUMBER),
  "--single-file-segments": "nothing",
  "--socket-limit": MEGABYTES,
  "--socket-mem": MEGABYTES,
  "--syslog": value("a syslog facility such as daemon"),
  "--telemetry": "nothing",
  "--trace": value("a regular expression of trace names"),
  "--trace-bufsz": value("a size such as 2M"),
  "--trace-dir": value("a folder"),
  "--trace-mode": value("overwrite or discard", /^[od]/),
  "--vdev": value("a virtual device such as net_null0"),
  "--vfio-intr": value("legacy, msi or msix", /^(legacy|msi|msix)$/),
  "--vfio-vf-token": value("a UUID"),
  "--vmware-tsc-map": "nothing",
};

/** The options to assume where EAL has not told its own: those that are checked here. */
const OWN_OPTIONS = Object.entries(OWN).map(([option, form]): EalOption => {
  const takes = form === "nothing" ? 0 : form.optional ? 2 : 1;
  return option.startsWith("--")
    ? ["", option.slice(2), takes, 1]
    : [option.slice(1), "", takes, 1];
});

function fail(option: string, reason: string, hint?: string): never {
  throw new DpdkError({ operation: option, reason, ...(hint ? { hint } : {}) });
}

/** An option of EAL, and how its value is checked here. */
interface Known {
  /** The option's name in this toolkit, such as `--lcores` or `-l`, however it was spelled. */
  option: string;
  takes: 0 | 1 | 2;
  form: Form;
  /** Whether every occurrence counts, and not only the last one. */
  many: boolean;
}

/** The name of an option in this toolkit: the spelling that it checks, or else the long name. */
function nameOf(spelled: string, other: string): string {
  const names = [spelled, other];
  return names.find((name) => Object.hasOwn(OWN, name)) ??
    names.find((name) => name.startsWith("--")) ?? spelled;
}

/**
 * Options that may be given more than once; of all others that are checked here the last one
 * counts.
 */
const LISTS = ["-a", "--allow", "-b", "--block", "-d", "--log-level", "--trace", "--vdev"];

/** The options that an EAL has. */
class Options {
  /** The options by each of their spellings. */
  readonly #known = new Map<string, Known>();
  /** The long names, with their dashes. */
  readonly #long: string[] = [];
  /** Whether `-l` and `--lcores` are two names of one option. */
  readonly oneLcoreOption: boolean;

  constructor(options: readonly EalOption[]) {
    for (const [letter, name, takes, many] of options) {
      const short = letter && `-${letter}`;
      const long = name && `--${name}`;
      if (short) this.#add(short, nameOf(short, long), takes, many);
      if (!long) continue;
      this.#add(long, nameOf(long, short), takes, many);
      this.#long.push(long);
    }
    this.oneLcoreOption = options.some(([letter, name]) => letter === "l" && name === "lcores");
  }

  #add(spelled: string, option: string, takes: 0 | 1 | 2, many: 0 | 1): void {
    const own = OWN[option];
    const form = own === undefined || own === "nothing" ? value("a value") : own;
    const repeats = own === undefined ? many === 1 : LISTS.includes(option);
    this.#known.set(spelled, { option, takes, form, many: repeats });
  }

  /** The option with exactly this spelling. */
  get(spelled: string): Known | undefined {
    return this.#known.get(spelled);
  }

  /**
   * The long options that a name can stand for: older EALs take any prefix that belongs to one
   * option only.
   */
  candidates(spelled: string): string[] {
    if (this.#known.has(spelled)) return [spelled];
    return spelled === "--" ? [] : this.#long.filter((name) => name.startsWith(spelled));
  }

  /** The long option that a name stands for. */
  long(spelled: string): Known {
    const candidates = this.candidates(spelled);
    const known = this.#known.get(candidates[0] ?? "");
    if (known === undefined) this.refuse(spelled);
    if (candidates.length > 1) {
      fail(spelled, `expected one of ${candidates.join(", ")}, got '${spelled}'`);
    }
    return known;
  }

  /** Refuses an option that EAL does not have. */
  refuse(spelled: string): never {
    const hint = didYouMean(spelled, this.#long) ?? "the program's own options follow after --";
    fail(spelled, `expected an option of EAL, got '${spelled}'`, hint);
  }

  /** Whether every occurrence of an option counts. */
  isMany(option: string): boolean {
    return this.#known.get(option)?.many ?? LISTS.includes(option);
  }

  /**
   * The option whose notation the lcores of an option have: `-l` also takes the notation of
   * `--lcores` where the two are one option.
   */
  notationOf({ option, value = "" }: GivenOption): string {
    return option === "-l" && this.oneLcoreOption && /[@(]/.test(value) ? "--lcores" : option;
  }
}

const optionsOf = new WeakMap<readonly EalOption[], Options>();

/** The options of an EAL; without a table, the options that are checked here. */
function optionsIn(table: EalTable | undefined): Options {
  const list = table?.options ?? OWN_OPTIONS;
  let options = optionsOf.get(list);
  if (options === undefined) optionsOf.set(list, options = new Options(list));
  return options;
}

/** One option of the command line, with its canonical name. */
export interface GivenOption {
  /** The option's name in full, such as `--lcores` or `-l`. */
  option: string;
  /** The option's value; undefined where it has none. */
  value: string | undefined;
}

function checked({ option, takes, form }: Known, text: string | undefined): GivenOption {
  if (takes === 0) {
    if (text !== undefined) fail(option, `expected no value, got '${text}'`);
    return { option, value: text };
  }
  if (text === undefined && takes === 2) return { option, value: text };
  if (text === undefined) fail(option, `expected ${form.expected}, got nothing`);
  if (!form.valid.test(text)) fail(option, `expected ${form.expected}, got '${text}'`);
  return { option, value: text };
}

/** Splits arguments as EAL's parser does with its table. */
function* readOptions(args: readonly string[], options: Options): Generator<GivenOption> {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg.startsWith("--")) {
      const equals = arg.indexOf("=");
      const known = options.long(equals < 0 ? arg : arg.slice(0, equals));
      const text = equals >= 0 ? arg.slice(equals + 1) : known.takes === 1 ? args[++i] : undefined;
      yield checked(known, text);
    } else if (arg.startsWith("-") && arg.length > 1) {
      for (let at = 1; at < arg.length; at++) {
        const known = options.get(`-${arg[at]}`);
        if (known === undefined) options.refuse(`-${arg[at]}`);
        if (known.takes === 0) {
          yield checked(known, undefined);
          continue;
        }
        yield checked(known, shortValue(known, arg.slice(at + 1)) ?? apart(known, () => args[++i]));
        break;
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
 * The value behind an option's letter; behind `=` where the value can be left out, as in `-R=4`.
 */
function shortValue({ takes }: Known, rest: string): string | undefined {
  return (takes === 2 ? rest.replace(/^=/, "") : rest) || undefined;
}

/** The next word where an option must have a value. */
function apart({ takes }: Known, next: () => string | undefined): string | undefined {
  return takes === 1 ? next() : undefined;
}

/**
 * The options in the command line of a process that is already running. Words that are no option of
 * EAL are passed over, since EAL has taken the line as it is.
 */
export function* scanOptions(args: readonly string[]): Generator<GivenOption> {
  const options = optionsIn(loadedEalTable());
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg.startsWith("--")) {
      const equals = arg.indexOf("=");
      const [name, ...others] = options.candidates(equals < 0 ? arg : arg.slice(0, equals));
      const known = options.get(name ?? "");
      if (known === undefined || others.length > 0) continue;
      const value = equals >= 0 ? arg.slice(equals + 1) : apart(known, () => args[++i]);
      yield { option: known.option, value };
    } else if (arg.startsWith("-")) {
      for (let at = 1; at < arg.length; at++) {
        const known = options.get(`-${arg[at]}`);
        if (known === undefined) break;
        const ends = known.takes !== 0;
        const value = ends
          ? shortValue(known, arg.slice(at + 1)) ?? apart(known, () => args[++i])
          : undefined;
        yield { option: known.option, value };
        if (ends) break;
      }
    }
  }
}

/** The options of a running process with their values, the last one of each: see {@linkcode scanOptions}. */
export function parseLenient(args: readonly string[]): Map<string, string | undefined> {
  return new Map([...scanOptions(args)].map(({ option, value }) => [option, value]));
}

/** Whether EAL's arguments ask for a device or a driver. */
export function asksForDevices(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const given = parseLenient(end < 0 ? args : args.slice(0, end));
  return DEVICE_OPTIONS.some((option) => given.has(option));
}

/** The id from which `--remap-lcore-ids` counts; undefined where it was not given. */
export function lcoreBaseOf(given: Iterable<GivenOption>): number | undefined {
  let base: number | undefined;
  for (const { option, value } of given) {
    if (option === "--remap-lcore-ids") base = Number(value ?? 0);
  }
  return base;
}

/**
 * The lcores that one option gives a process of a known EAL: see {@linkcode parseLcoreOption}.
 *
 * @param base the id from which the ids count, see {@linkcode lcoreBaseOf}.
 */
export function lcoresOfOption(
  given: GivenOption,
  base: number | undefined,
  table: EalTable | undefined = loadedEalTable(),
): LcoreMap {
  const { option, value = "" } = given;
  const notation = optionsIn(table).notationOf(given);
  const isPlaced = notation === "--lcores" && /[@(]/.test(value);
  if (base !== undefined && isPlaced) {
    fail(
      "--remap-lcore-ids",
      `cannot be combined with CPUs of one's own choice, ${option} ${value}`,
    );
  }
  return parseLcoreOption(notation, value, { limit: table?.lcores, base });
}

/**
 * The option among EAL's arguments that makes it impossible to attach to the process; undefined
 * where there is none.
 */
export function keepsOthersOut(args: readonly string[]): string | undefined {
  const given = parseLenient(args);
  for (const option of ["--in-memory", "--no-shconf", "--no-huge"]) {
    if (given.has(option)) return option;
  }
  const unlink = given.get("--huge-unlink") ?? "always";
  return given.has("--huge-unlink") && unlink === "always" ? "--huge-unlink" : undefined;
}

/**
 * The longest text that EAL puts behind the file prefix: the largest pid, and a cycle count of
 * years.
 */
const SOCKET_NAME = "/mp_socket_4194304_fffffffffffffff";

/**
 * Refuses a file prefix with which the path of a secondary's socket would be too long: EAL would
 * cut it.
 */
function checkPrefixLength(prefix: string): void {
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  const limit = SHIM_SOCKET_PATH - bytes(`${runtimeRoot()}/${SOCKET_NAME}`);
  const length = bytes(prefix);
  if (length <= limit) return;
  fail("--file-prefix", `expected a name of up to ${limit} bytes, got '${prefix}' of ${length}`);
}

/**
 * Reads a program's arguments as EAL will read them: `EAL options [-- program's options]`. EAL need
 * not run.
 *
 * @throws {DpdkError} for an option that EAL would refuse: one line that names the option and what
 * was expected.
 */
export function parseEalOptions(args: readonly string[]): EalOptions {
  return readEalOptions(args, ealTable());
}

/**
 * Reads arguments as an EAL with these options reads them.
 *
 * @param table the options of that EAL; undefined for the options that are checked here.
 * @throws {DpdkError} one line that names the option and what was expected.
 */
export function readEalOptions(
  args: readonly string[],
  table: EalTable | undefined,
): EalOptions {
  const known = optionsIn(table);
  const end = args.indexOf("--");
  const given = [...readOptions(end < 0 ? args : args.slice(0, end), known)];
  const ealArgs = canonical(given, known);
  const lcoreBase = lcoreBaseOf(given);
  const options: EalOptions = {
    ealArgs,
    appArgs: end < 0 ? [] : args.slice(end + 1),
    help: false,
    procType: "primary",
    filePrefix: "rte",
    lcores: undefined,
    lcoreOption: "",
    lcoreBase,
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
  for (const one of given) {
    const { option, value = "" } = one;
    seen.add(option);
    if (LCORE_OPTIONS.includes(option)) {
      if (options.lcores) fail(option, `cannot be combined with ${options.lcoreOption}`);
      options.lcores = lcoresOfOption(one, lcoreBase, table);
      options.lcoreOption = option;
    } else if (option === "-s" || option === "-S") {
      options.serviceLcores = new Set(lcoresOfOption(one, undefined, table).keys());
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
  options.hasDevices = DEVICE_OPTIONS.some((option) => seen.has(option));
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
  ["-m", "--numa-mem"],
  ["--no-huge", "--socket-mem"],
  ["--no-huge", "--numa-mem"],
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

/** Options about devices and memory, which must be the same in all processes of a primary. */
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
  "--log-color",
  "--log-level",
  "--log-timestamp",
  "--no-hpet",
  "--no-pci",
  "--no-telemetry",
  "--syslog",
  "--vfio-intr",
  "--vfio-vf-token",
];

/** An option as arguments: an option of one letter and its value are two. */
function written(option: string, value: string): string[] {
  if (value === "") return [option];
  return option.startsWith("--") ? [`${option}=${value}`] : [option, value];
}

/** Options without abbreviations and repetitions, for which EAL 25.11 ends the process. */
function canonical(given: readonly GivenOption[], options: Options): string[] {
  const last = new Map(given.map(({ option }, i) => [option, i]));
  return given
    .filter(({ option }, i) => options.isMany(option) || last.get(option) === i)
    .flatMap(({ option, value = "" }) => written(option, value));
}

/**
 * Those of a primary's arguments that a secondary with the same devices needs too. Lcores and
 * process type are left out: each process has its own.
 */
export function secondaryArgs(args: readonly string[]): string[] {
  return argsForSecondary(args, ealTable());
}

/** {@linkcode secondaryArgs} for an EAL with these options. */
export function argsForSecondary(
  args: readonly string[],
  table: EalTable | undefined,
): string[] {
  const { ealArgs } = readEalOptions(args, table);
  return [...readOptions(ealArgs, optionsIn(table))]
    .filter(({ option }) => FOR_SECONDARIES.includes(option))
    .flatMap(({ option, value = "" }) => written(option, value));
}
