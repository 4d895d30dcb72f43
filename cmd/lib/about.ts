/**
 * `--version`, and what `--help` says below a program's README: which DPDK a program brings.
 *
 * @module
 */

import { columnsOf } from "./terminal.ts";
import { VERSION } from "./version.ts";
import { wrap } from "./wrap.ts";
import { bundledDrivers, dpdkVersion } from "../../ffi/boundary/library.ts";

/** Which DPDK this program runs on, and the drivers that it carries itself. */
export function dpdkText(width: number = columnsOf("stdout")): string {
  const dpdk = ["DPDK", dpdkVersion()].filter(Boolean).join(" ");
  const drivers = bundledDrivers();
  const text = (text: string, first = "") => `${wrap(text, width, { first }).join("\n")}\n`;
  return drivers
    ? text(`${dpdk} is inside, with these drivers:`) + text(drivers.join(" "), "  ")
    : text(`${dpdk} of this system, with the drivers that are installed.`);
}

/** What `--version` prints. */
export function versionText(name: string): string {
  return `${name} of denodpdk ${VERSION}\n${dpdkText()}`;
}
