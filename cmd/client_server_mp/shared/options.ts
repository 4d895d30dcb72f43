/**
 * The own options of mp_server and mp_client, after `--`.
 *
 * @module
 */

import { integer, optional, type OptionValues, readOptions, required } from "../../lib/options.ts";
import { parsePeriod, PERIOD } from "../../lib/period.ts";
import { parsePortMask, PORT_MASK } from "../../lib/ports.ts";
import { MAX_CLIENTS } from "./common.ts";

const SERVER = {
  /** A bit for each port. */
  portMask: required("-p", PORT_MASK, (text) => parsePortMask(text, 16)),
  /** How many clients there can be. */
  clients: required(
    "-n",
    `a number of clients from 1 to ${MAX_CLIENTS}`,
    integer(1, MAX_CLIENTS),
  ),
  /** Seconds between two displays of the statistics, 0 for one at the end. The C sample lacks it. */
  period: optional("-T", PERIOD, parsePeriod, 1),
};

/** The values of mp_server's options. */
export type ServerOptions = OptionValues<typeof SERVER>;

/** Reads mp_server's own options. */
export function serverOptions(args: readonly string[]): ServerOptions {
  return readOptions(args, SERVER);
}

const CLIENT = {
  /** The client's id; 0 where it is left out, as in C. */
  client: optional(
    "-n",
    `a client id from 0 to ${MAX_CLIENTS - 1}`,
    integer(0, MAX_CLIENTS - 1),
    0,
  ),
};

/** Reads mp_client's own option, its id. */
export function clientOptions(args: readonly string[]): number {
  return readOptions(args, CLIENT).client;
}
