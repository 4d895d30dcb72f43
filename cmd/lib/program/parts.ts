/**
 * How a program of one file begins: its options, its ports.
 *
 * @module
 */

import { type Eal, Port, type PortOptions } from "../../../ffi/port_core.ts";
import { parseEalOptions } from "../../../ffi/eal_api.ts";
import { optional, type OptionSpec, type OptionValues, readOptions, refuse } from "../options.ts";
import { parsePortMask, PORT_MASK, portsOf } from "../ports.ts";

/**
 * The program's own options, and which ports `-p` names where it has ports.
 *
 * @throws {DpdkError} for the first that is wrong.
 */
export function readProgramOptions<Options extends Record<string, OptionSpec<unknown>>>(
  args: readonly string[],
  options: Options,
  ports: number | "all" | undefined,
): { options: OptionValues<Options>; portMask: bigint | undefined } {
  const { appArgs } = parseEalOptions(args);
  if (ports === undefined) return { options: readOptions(appArgs, options), portMask: undefined };
  const mask = optional("-p", PORT_MASK, (text) => parsePortMask(text), undefined);
  const { " mask": portMask, ...own } = readOptions(appArgs, { ...options, " mask": mask });
  return { options: own as OptionValues<Options>, portMask: portMask as bigint | undefined };
}

/**
 * The ids of so many ports, those of a mask, else the first ones; or of all, at least one.
 *
 * @throws {DpdkError} where there are not so many.
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
 * Opens ports in a primary, attaches to them elsewhere.
 *
 * @param ports Where it adds each as soon as that is to be closed again.
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
