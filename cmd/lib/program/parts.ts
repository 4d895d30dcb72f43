/**
 * How a program of one file begins: its options, its ports.
 *
 * @module
 */

import { type Eal, Port, type PortOptions } from "../../../mod.ts";
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
  ports: number | undefined,
): { options: OptionValues<Options>; portMask: bigint | undefined } {
  const { appArgs } = parseEalOptions(args);
  if (ports === undefined) return { options: readOptions(appArgs, options), portMask: undefined };
  const mask = optional("-p", PORT_MASK, (text) => parsePortMask(text), undefined);
  const { " mask": portMask, ...own } = readOptions(appArgs, { ...options, " mask": mask });
  return { options: own as OptionValues<Options>, portMask: portMask as bigint | undefined };
}

/**
 * The ids of so many ports: those of a mask, else the first ones.
 *
 * @throws {DpdkError} where there are not so many.
 */
export function choosePorts(portMask: bigint | undefined, count: number): number[] {
  if (count === 0) return [];
  const there = Port.list().map(({ id }) => id);
  const chosen = portMask === undefined ? there.slice(0, count) : portsOf(portMask, there);
  if (chosen.length === count) return chosen;
  const wanted = `${count} port${count === 1 ? "" : "s"}`;
  if (portMask !== undefined) refuse("-p", wanted, portMask.toString(16));
  const hint = `--vdev=net_null${there.length} makes one more`;
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
