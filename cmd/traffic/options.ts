/**
 * The commands of traffic, and their options.
 *
 * @module
 */

import { FrameSizes, Rate, type Spacing } from "../../ffi/traffic/traffic.ts";
import {
  fail,
  integer,
  knownWord,
  optional,
  type OptionValues,
  readCommand,
  type Reader,
  refuse,
  text,
} from "../lib/options.ts";
import { flowOf } from "./flow.ts";

const COMMANDS = ["send", "receive"] as const;

/** What the program is told to do. */
export type CommandName = typeof COMMANDS[number];

/** The text itself, when it can be read. */
function readable(read: (text: string) => unknown): Reader<string> {
  return (text) => {
    try {
      read(text);
      return text;
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  };
}

/** Seconds, with or without an `s` behind. */
function seconds(text: string): number | undefined {
  const value = /^\d{1,6}(\.\d+)?s?$/.test(text) ? parseFloat(text) : NaN;
  return value > 0 ? value : undefined;
}

function spacing(text: string): Spacing | undefined {
  if (text === "constant" || text === "poisson") return text;
  const burst = Number(/^burst:([1-9]\d{0,5})$/.exec(text)?.[1]);
  return burst > 0 ? { burst } : undefined;
}

const BOTH = {
  /** The port. */
  port: optional("--port", "a port from 0 to 1023", integer(0, 1023), 0),
  /** How long, seconds; until a signal where left out. */
  duration: optional("--duration", "seconds, above 0", seconds, Infinity),
  /** Where to write the results. */
  json: optional("--json", "a file", text, undefined),
};

const SEND = {
  ...BOTH,
  frame: optional(
    "--frame",
    "headers as ether/ipv4(src=10.0.0.1)/udp(dport=9)",
    text,
    "ether/ipv4/udp",
  ),
  size: optional(
    "--size",
    "frame sizes as 64, 64,512,1518, 64:7,570:4 or imix",
    readable((text) => FrameSizes.parse(text)),
    "64",
  ),
  rate: optional(
    "--rate",
    "a rate as 2Mpps, 5Gbps, 5GbpsL1, 30% or max",
    readable((text) => Rate.parse(text)),
    "max",
  ),
  spacing: optional<Spacing, Spacing>(
    "--spacing",
    "constant, poisson or burst:N",
    spacing,
    "constant",
  ),
  stream: optional("--stream", "a stream from 0 to 65535", integer(0, 65_535), undefined),
};

const RECEIVE = {
  ...BOTH,
  hgrm: optional("--hgrm", "a file", text, undefined),
  sent: optional("--sent", "how many packets were sent", integer(1, 2 ** 31), undefined),
};

/** Options of `send`. */
export type SendOptions = OptionValues<typeof SEND> & { command: "send" };

/** Options of `receive`. */
export type ReceiveOptions = OptionValues<typeof RECEIVE> & { command: "receive" };

/**
 * Reads what follows `--`.
 *
 * @throws {DpdkError} one line that names the option and what was expected.
 */
export function readOwnOptions(args: readonly string[]): SendOptions | ReceiveOptions {
  const [word] = args;
  if (word === undefined) fail("traffic", `a command, one of ${COMMANDS.join(", ")}`, "nothing");
  const command = knownWord("traffic", word, COMMANDS, "one");
  const stray = (word: string) => refuse("traffic", "options only", word);
  const rest = args.slice(1);
  if (command === "receive") {
    const { operands: _, ...options } = readCommand(rest, RECEIVE, stray);
    return { ...options, command };
  }
  const { operands: _, ...options } = readCommand(rest, SEND, stray);
  flowOf(options);
  return { ...options, command: "send" };
}
