/**
 * What all forwarding programs do: masks of ports, links, and the end.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { type Eal, Port } from "../../ffi/port_core.ts";
import { refuse } from "./options.ts";
import { say, write } from "./stdout.ts";

/** Milliseconds between two looks at links, and the most looks: for 9 s. */
const LINK_INTERVAL = 100;
const LINK_TRIES = 90;

/**
 * Drivers that keep packets in rings only or not at all, so that a packet that is found nowhere is
 * lost.
 */
const HOLDING_NOTHING = new Set(["net_null", "net_ring", "net_pcap"]);

/** Drivers that free packets one by one, or by `rte_pktmbuf_free_bulk()`. */
const FREEING_FEW = new Set([
  ...HOLDING_NOTHING,
  "net_af_packet",
  "net_memif",
  "net_tap",
]);

/** The most packets that such drivers put into a pool at once: `RTE_PKTMBUF_FREE_PENDING_SZ`. */
const LARGEST_PUT = 64;

const areAll = (ports: readonly number[], drivers: ReadonlySet<string>) =>
  ports.every((port) => drivers.has(Port.attach(port).info().driver));

/** Whether none of these ports keeps packets of its own. */
export function holdNothing(ports: readonly number[]): boolean {
  return areAll(ports, HOLDING_NOTHING);
}

/** The most packets that these ports put into a pool at once; empty where that is not known. */
export function largestPut(ports: readonly number[]): { largestPut?: number } {
  return areAll(ports, FREEING_FEW) ? { largestPut: LARGEST_PUT } : {};
}

/** What a mask of ports is, in words, for messages. */
export const PORT_MASK = "a hexadecimal mask of ports such as 3";

/** A mask of ports as the C samples take it, `3` or `0x3`; undefined for any other text. */
export function parsePortMask(text: string, maxDigits = 8): bigint | undefined {
  const digits = text.match(/^(?:0[xX])?([0-9a-fA-F]+)$/)?.[1];
  return digits !== undefined && digits.length <= maxDigits ? BigInt(`0x${digits}`) : undefined;
}

/** A mask in the form of the option. */
export const maskText = (mask: bigint): string => mask.toString(16);

/**
 * The ports of a mask, in order. What it names beside them is ignored with a warning, as in C.
 *
 * @param ports the existing ports.
 * @param multiple how many ports belong together: 2 where they are paired.
 * @throws {DpdkError} when none of them exists, or their number is no multiple of that.
 */
export function portsOf(portMask: bigint, ports: readonly number[], multiple = 1): number[] {
  const used = ports.filter((port) => (portMask >> BigInt(port)) & 1n);
  const left = used.reduce((mask, port) => mask & ~(1n << BigInt(port)), portMask);
  const mask = maskText(portMask);
  if (ports.length === 0) {
    refuse("-p", "ports, and there are none", mask, "--vdev=net_null0 --vdev=net_null1 makes two");
  }
  const there = `the ports ${ports.join(", ")}`;
  if (used.length === 0) refuse("-p", `some of ${there}`, mask);
  if (used.length % multiple !== 0) refuse("-p", `an even number of ${there}`, mask);
  if (left !== 0n) write(`WARNING: leftover ports in mask 0x${maskText(left)} - ignoring\n`);
  return used;
}

/**
 * Waits up to 9 s for all links, and prints them: `check_all_ports_link_status` of the C samples.
 *
 * @param ended resolves when the user ends the program.
 */
export async function checkLinks(
  ports: readonly number[],
  ended: Promise<unknown>,
): Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  ended.catch(() => {}).then(() => stop.abort());
  write("\nChecking link status");
  const all = ports.map((port) => Port.attach(port));
  for (let i = 0; i < LINK_TRIES && !signal.aborted && !all.every((port) => port.link().up); i++) {
    write(".");
    await delay(LINK_INTERVAL, undefined, { signal }).catch(() => {});
  }
  write("done\n");
  for (const port of all) say(`Port ${port.id} ${port.link().text}`);
}

/**
 * Closes the ports that a program opened, ends its handles of others, and ends EAL. While
 * secondaries live, a primary leaves ports and memory to them, and the last of them removes
 * everything; the C samples take ports and memory away under them.
 */
export function endProgram(eal: Eal, ports: readonly Port[]): void {
  const left = eal.processType === "primary" ? eal.secondaries() : [];
  if (left.length > 0) {
    const names = left.map(({ pid, name }) => `${name} (pid ${pid})`).join(", ");
    say(`The ports stay open for ${names}`);
    return;
  }
  for (const port of ports) port[Symbol.dispose]();
  eal[Symbol.dispose]();
}
