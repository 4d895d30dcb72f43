/**
 * The options and ports of a program of one file.
 *
 * @module
 */

import { type Eal, Port, type PortOptions } from "../../../ffi/port_core.ts";
import {
  optional,
  type OptionSpec,
  type OptionValues,
  ownArgs,
  readOptions,
  refuse,
} from "../options.ts";
import { parsePortMask, PORT_MASK, portsOf } from "../ports.ts";

/**
 * Reads the program's own options, and the ports of `-p` for a program with ports.
 *
 * @throws {DpdkError} for the first wrong option.
 */
export function readProgramOptions<Options extends Record<string, OptionSpec<unknown>>>(
  args: readonly string[],
  options: Options,
  ports: number | "all" | undefined,
): { options: OptionValues<Options>; portMask: bigint | undefined } {
  const appArgs = ownArgs(args);
  if (ports === undefined) return { options: readOptions(appArgs, options), portMask: undefined };
  const mask = optional("-p", PORT_MASK, (text) => parsePortMask(text), undefined);
  const { " mask": portMask, ...own } = readOptions(appArgs, { ...options, " mask": mask });
  return { options: own as OptionValues<Options>, portMask: portMask as bigint | undefined };
}

/**
 * The ids of the ports that a program uses: those of a mask, else the first `wantedCount`, or all
 * ports, at least one.
 *
 * @throws {DpdkError} when there are not enough ports.
 */
export function choosePorts(portMask: bigint | undefined, wantedCount: number | "all"): number[] {
  if (wantedCount === 0) return [];
  const there = Port.list().map(({ id }) => id);
  const first = wantedCount === "all" ? there : there.slice(0, wantedCount);
  const chosen = portMask === undefined ? first : portsOf(portMask, there);
  const count = wantedCount === "all" ? Math.max(1, chosen.length) : wantedCount;
  if (chosen.length === count) return chosen;
  const wanted = `${count} port${count === 1 ? "" : "s"}`;
  if (portMask !== undefined) refuse("-p", wanted, portMask.toString(16));
  const hint = `add one with --vdev=net_null${there.length}`;
  refuse("ports", wanted, String(there.length), hint);
}

/**
 * Opens ports in a primary, and attaches to them in a secondary.
 *
 * @param ports a list to which each port is added as soon as it must be closed again.
 */
export function openPorts(
  { processType }: Eal,
  ids: readonly number[],
  options: PortOptions,
  ports: Port[],
): void {
  for (const id of ids) {
    ports.push(processType === "primary" ? Port.open(id, options) : Port.attach(id));
  }
}
