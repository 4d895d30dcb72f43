/**
 * A Debian package: its control file, and dpkg-deb.
 *
 * @module
 */

import { dirname } from "node:path/posix";
import { DpdkError } from "../../../ffi/boundary/errors.ts";
import { runToEnd } from "../../lib/command.ts";

/** What Debian calls the package. */
export const PACKAGE = "denodpdk";

/** Debian's names for what `deno compile` makes programs for. */
const ARCHITECTURES: Readonly<Record<typeof Deno.build.arch, string>> = {
  x86_64: "amd64",
  aarch64: "arm64",
};

/** What a control file says. */
export interface Control {
  /** The project's version: `0.2.0`. */
  version: string;
  /** The glibc that the program was compiled with: `2.36`. */
  glibc: string;
  /** What the installed files take, in KiB. */
  kib: number;
}

/** The version as Debian sorts it: a pre-release comes before its release. */
function debianVersion(version: string): string {
  return version.replace("-", "~");
}

/** The name of the package's file. */
export function packageFile(version: string): string {
  return `${PACKAGE}_${debianVersion(version)}_${ARCHITECTURES[Deno.build.arch]}.deb`;
}

/** The text of `DEBIAN/control`. */
export function controlOf({ version, glibc, kib }: Control): string {
  return [
    `Package: ${PACKAGE}`,
    `Version: ${debianVersion(version)}`,
    `Architecture: ${ARCHITECTURES[Deno.build.arch]}`,
    "Maintainer: the denodpdk authors <denodpdk@localhost>",
    `Installed-Size: ${kib}`,
    `Depends: libc6 (>= ${glibc})`,
    "Section: net",
    "Priority: optional",
    "Description: DPDK's multi-process samples in TypeScript",
    " simple_mp, symmetric_mp, mp_server, mp_client and l2fwd_fork, with tools that look at",
    " running DPDK processes: commands of denodpdk, one file that carries Deno and DPDK.",
    "",
  ].join("\n");
}

/** A file of a package. */
export interface PackedFile {
  /** Where it is installed. */
  path: string;
  /** What is in it: bytes, text, or all that is in a file. */
  content: Uint8Array<ArrayBuffer> | string | { file: string };
  /** Whether it is a program. */
  isProgram?: boolean;
}

/** What goes into a package. */
export interface Contents extends Omit<Control, "kib"> {
  files: readonly PackedFile[];
}

/**
 * The script that runs when the package is removed: the libraries that services put into the system's
 * cache folder go with it.
 */
const POSTRM = `#!/bin/sh
set -e
case $1 in remove | purge) rm -rf /var/cache/${PACKAGE} ;; esac
`;

/** Writes a file of the package below a folder. Returns its size. */
function writeInto(tree: string, { path, content, isProgram }: PackedFile): number {
  const inside = tree + path;
  Deno.mkdirSync(dirname(inside), { recursive: true });
  if (typeof content === "string") Deno.writeTextFileSync(inside, content);
  else if (content instanceof Uint8Array) Deno.writeFileSync(inside, content);
  else Deno.copyFileSync(content.file, inside);
  Deno.chmodSync(inside, isProgram ? 0o755 : 0o644);
  return Deno.statSync(inside).size;
}

/**
 * Makes the package.
 *
 * @param folder Where it is put, in the place of an older one.
 * @returns Its path.
 * @throws {DpdkError} where dpkg-deb is missing or fails.
 */
export async function makePackage(contents: Contents, folder: string): Promise<string> {
  const { files, ...control } = contents;
  const path = `${folder}/${packageFile(control.version)}`;
  // beside the package, where there is room for it
  const tree = Deno.makeTempDirSync({ dir: folder, prefix: ".deb-" });
  try {
    const bytes = files.reduce((sum, file) => sum + writeInto(tree, file), 0);
    const kib = Math.ceil(bytes / 1024);
    writeInto(tree, { path: "/DEBIAN/control", content: controlOf({ ...control, kib }) });
    writeInto(tree, { path: "/DEBIAN/postrm", content: POSTRM, isProgram: true });
    // folders of a package are for everybody, whatever this user's umask is
    await perform("chmod", "-R", "u=rwX,go=rX", tree);
    // dpkg unpacks zstd since Debian 12, in a tenth of the time that xz takes
    await perform("dpkg-deb", "--root-owner-group", "-Zzstd", "--build", tree, path);
    return path;
  } finally {
    Deno.removeSync(tree, { recursive: true });
  }
}

async function perform(command: string, ...args: string[]): Promise<void> {
  const { success, text } = await runToEnd(command, args);
  if (!success) throw new DpdkError({ operation: command, reason: text.split("\n").at(-1) ?? "" });
}
