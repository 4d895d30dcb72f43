/**
 * `--version`, and what `--help` says below a program's README: which DPDK a program brings.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };
import { bundledDrivers, dpdkVersion } from "../ffi/library.ts";

/** The longest line. */
const WIDTH = 80;

/** Words in lines, of which the ones behind the first begin with two spaces. */
function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= WIDTH) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else {
      lines.push(line === undefined ? word : `  ${word}`);
    }
  }
  return lines.join("\n");
}

/** Which DPDK this program runs on, and the drivers that it carries itself. */
export function dpdkText(): string {
  const dpdk = ["DPDK", dpdkVersion()].filter(Boolean).join(" ");
  const drivers = bundledDrivers();
  return drivers
    ? `${dpdk} is inside, with these drivers:\n  ${wrapped(drivers.join(" "))}\n`
    : `${dpdk} of this system, with the drivers that are installed.\n`;
}

/** What `--version` prints. */
export function versionText(name: string): string {
  return `${name} of denodpdk ${config.version}\n${dpdkText()}`;
}
