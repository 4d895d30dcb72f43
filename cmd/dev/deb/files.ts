/**
 * What is in the Debian package: denodpdk, what shells complete behind it, man pages, and a unit for
 * systemd as an example.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { COMMANDS } from "../../denodpdk/commands.ts";
import { completedCommands } from "../../denodpdk/completions/commands.ts";
import { type Shell, SHELLS } from "../../denodpdk/completions/shells.ts";
import { FILE, manPage } from "./man.ts";
import type { PackedFile } from "./package.ts";

const DOC = `/usr/share/doc/${FILE}`;

/** Where each shell looks for completions of packages. */
const COMPLETIONS: Readonly<Record<Shell, string>> = {
  bash: `/usr/share/bash-completion/completions/${FILE}`,
  zsh: `/usr/share/zsh/vendor-completions/_${FILE}`,
  fish: `/usr/share/fish/vendor_completions.d/${FILE}.fish`,
};

/** A file of this repository. */
const own = (path: string) => ({ file: fileURLToPath(new URL(path, import.meta.url)) });

async function gzip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return await new Response(compressed).bytes();
}

/** The man pages, by their names: one of the file, and one of each command. */
export function manPages(version: string): Map<string, string> {
  const page = (name: string) => `${FILE}-${name}`;
  const commands = COMMANDS.map(({ name, readme }) => ({ name: page(name), readme }));
  const names = commands.map(({ name }) => name);
  const readme = new URL("../../denodpdk/README.md", import.meta.url);
  const all = [
    { name: FILE, readme, related: names },
    ...commands.map((command) => ({ ...command, related: [FILE] })),
  ];
  return new Map(all.map(({ name, readme, related }) => [
    name,
    manPage({ name, markdown: Deno.readTextFileSync(readme), version, related }),
  ]));
}

/**
 * The files of the package.
 *
 * @param program Path of the compiled denodpdk.
 */
export async function packedFiles(program: string, version: string): Promise<PackedFile[]> {
  const pages = [...manPages(version)].map(async ([name, text]) => ({
    path: `/usr/share/man/man1/${name}.1.gz`,
    content: await gzip(text),
  }));
  const completed = completedCommands();
  return [
    { path: `/usr/bin/${FILE}`, content: { file: program }, isProgram: true },
    ...(["bash", "zsh", "fish"] as const).map((shell) => ({
      path: COMPLETIONS[shell],
      content: SHELLS[shell](completed),
    })),
    { path: `${DOC}/copyright`, content: own("../../../LICENSE") },
    { path: `${DOC}/examples/mp_server.service`, content: own("./mp_server.service") },
    ...await Promise.all(pages),
  ];
}
