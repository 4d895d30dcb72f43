/**
 * The options after `--`, as the ancestor has them.
 *
 * @module
 */

import { DpdkError } from "../../mod.ts";
import { parsePeriod, PERIOD } from "../period.ts";
import { parsePortMask, PORT_MASK } from "../ports.ts";

/** What the user wants. */
export interface Options {
  /** Ports to forward on, a bit each. */
  portMask: number;
  /** Ports that one slave receives on. */
  portsPerSlave: number;
  /** Seconds between two tables of statistics, 0 for none. */
  period: number;
  /** Slaves float: no CPU, and an lcore id of their own. */
  floating: boolean;
}

/** `MAX_RX_QUEUE_PER_LCORE`. */
const MAX_PORTS_PER_SLAVE = 16;

/** The program's own words when nothing else is said. */
const DEFAULTS: Options = { portMask: 0, portsPerSlave: 1, period: 10, floating: false };

function refuse(option: string, reason: string): never {
  throw new DpdkError({ operation: option, reason });
}

function portMask(text: string): number {
  const mask = Number(parsePortMask(text) ?? 0n);
  if (mask > 0) return mask;
  refuse("-p", `expected ${PORT_MASK} for ports 0 and 1, got '${text}'`);
}

function portsPerSlave(text: string): number {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number < MAX_PORTS_PER_SLAVE) return number;
  refuse("-q", `expected ports of a slave from 1 to ${MAX_PORTS_PER_SLAVE - 1}, got '${text}'`);
}

function period(text: string): number {
  return parsePeriod(text) ?? refuse("-T", `expected ${PERIOD}, got '${text}'`);
}

/**
 * Reads them as getopt does with "p:q:T:f".
 *
 * @throws {DpdkError} one line that names the option and what was expected.
 */
export function parseOptions(args: readonly string[]): Options {
  const options = { ...DEFAULTS };
  const seen = new Set<string>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (!/^-[^-]/.test(arg)) {
      refuse(`'${arg}'`, "unknown; expected -p PORTMASK, -q NQ, -T PERIOD, -f");
    }
    for (let at = 1; at < arg.length; at++) {
      const option = `-${arg[at]}`;
      if (option === "-f") {
        options.floating = true;
        continue;
      }
      if (!["-p", "-q", "-T"].includes(option)) {
        refuse(option, "unknown; expected -p PORTMASK, -q NQ, -T PERIOD, -f");
      }
      const text = arg.slice(at + 1) || args[++i];
      if (text === undefined) refuse(option, "expected a value, got nothing");
      if (seen.has(option)) refuse(option, "given more than once");
      seen.add(option);
      if (option === "-p") options.portMask = portMask(text);
      else if (option === "-q") options.portsPerSlave = portsPerSlave(text);
      else options.period = period(text);
      break;
    }
  }
  if (options.portMask === 0) refuse("-p", "expected a hexadecimal mask of ports, got none");
  return options;
}
