/**
 * The Debian package of the compiled programs: its control file, its layout, and dpkg-deb.
 *
 * @module
 */

import { DpdkError } from "../../../ffi/boundary/errors.ts";
import { runToEnd } from "../../lib/command.ts";

/** What Debian calls the package, and what the names of its programs begin with. */
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
  /** The glibc that the programs were compiled with: `2.36`. */
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
    " running DPDK processes. Each is one file that carries Deno and DPDK.",
    "",
  ].join("\n");
}

/** What goes into a package. */
export interface Contents extends Omit<Control, "kib"> {
  /** Paths of the programs. */
  programs: readonly string[];
  /** Path of the license. */
  license: string;
}

/**
 * Makes the package.
 *
 * @param folder Where it is put, in the place of an older one.
 * @returns Its path.
 * @throws {DpdkError} where dpkg-deb is missing or fails.
 */
export async function makePackage(contents: Contents, folder: string): Promise<string> {
  const { programs, license, ...control } = contents;
  const path = `${folder}/${packageFile(control.version)}`;
  // beside the package, where there is room for it
  const tree = Deno.makeTempDirSync({ dir: folder, prefix: ".deb-" });
  try {
    const [bin, doc] = [`${tree}/usr/bin`, `${tree}/usr/share/doc/${PACKAGE}`];
    for (const path of [`${tree}/DEBIAN`, bin, doc]) Deno.mkdirSync(path, { recursive: true });
    let bytes = 0;
    for (const program of programs) {
      const inside = `${bin}/${PACKAGE}-${program.slice(program.lastIndexOf("/") + 1)}`;
      Deno.copyFileSync(program, inside);
      Deno.chmodSync(inside, 0o755);
      bytes += Deno.statSync(inside).size;
    }
    Deno.copyFileSync(license, `${doc}/copyright`);
    const kib = Math.ceil(bytes / 1024);
    Deno.writeTextFileSync(`${tree}/DEBIAN/control`, controlOf({ ...control, kib }));
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
