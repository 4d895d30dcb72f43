/**
 * Debian systems that have nothing but the essential packages.
 *
 * @module
 */

import { cacheFolder } from "../../../ffi/shim/build.ts";
import { DpdkError } from "../../../ffi/boundary/errors.ts";
import { runToEnd } from "../../lib/command.ts";

/** The version of a system's C library, as `2.36`: of this machine's, or of one in a folder. */
export async function glibcVersion(root = "/"): Promise<string> {
  const { text } = await runToEnd("chroot", [root, "ldd", "--version"]);
  const version = text.split("\n")[0]?.match(/\d+\.\d+$/)?.[0];
  if (version === undefined) throw new DpdkError({ operation: `ldd in ${root}`, reason: text });
  return version;
}

/** Where apt gets Debian's packages from here; none where this is no Debian. */
async function mirror(): Promise<string[]> {
  const format = "$(LABEL)|$(COMPONENT)|$(REPO_URI)";
  const { text } = await runToEnd("apt-get", ["indextargets", "--format", format]);
  const [line] = text.split("\n").filter((line) => line.startsWith("Debian|main|"));
  return line === undefined ? [] : [line.split("|")[2] ?? ""];
}

/** What a system has besides Debian's essential packages, and where it is kept. */
export interface DebianRoot {
  /** Debian's name for the release, as `bookworm`. */
  suite: string;
  /** The folder of its kind below the cache folder, as `bare`. */
  kind: string;
  /** Further packages. */
  packages?: readonly string[];
}

/** Runs a command that makes a part of a system. */
async function perform(command: string, ...args: string[]): Promise<void> {
  const { success, text } = await runToEnd(command, args);
  if (success) return;
  const operation = [command, ...args].slice(0, 4).join(" ");
  throw new DpdkError({ operation, reason: text.split("\n").slice(-3).join("; ") });
}

/**
 * The folder of a system. It is made where it is missing, which takes a minute.
 *
 * @throws {DpdkError} where that fails; the reason is the last lines of debootstrap or apt-get.
 */
export async function debianRoot({ suite, kind, packages = [] }: DebianRoot): Promise<string> {
  const parent = `${cacheFolder()}/${kind}`;
  const root = `${parent}/${suite}`;
  try {
    if (Deno.statSync(root).isDirectory) return root;
  } catch {
    // it is to be made
  }
  Deno.mkdirSync(parent, { recursive: true, mode: 0o700 });
  const temporary = Deno.makeTempDirSync({ dir: parent, prefix: `.${suite}-` });
  try {
    await perform("debootstrap", "--variant=minbase", suite, temporary, ...await mirror());
    if (packages.length > 0) {
      // apt reads its own files as another user
      Deno.chmodSync(temporary, 0o755);
      // a mirror may be a snapshot, whose lists say that they are too old
      const keep = `${temporary}/etc/apt/apt.conf.d/90snapshot`;
      Deno.writeTextFileSync(keep, 'Acquire::Check-Valid-Until "false";\n');
      // what is installed there goes with the run: nothing needs to reach the disk at once
      const fast = `${temporary}/etc/dpkg/dpkg.cfg.d/90throwaway`;
      Deno.writeTextFileSync(fast, "force-unsafe-io\n");
      // not by debootstrap, which knows nothing of packages that provide another
      await perform("chroot", temporary, "apt-get", "update", "-q");
      const quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8"];
      const install = ["apt-get", "install", "-y", "-q", "--no-install-recommends"];
      await perform("chroot", temporary, ...quiet, ...install, ...packages);
    }
    Deno.chmodSync(temporary, 0o755);
    Deno.renameSync(temporary, root);
  } catch (error) {
    Deno.removeSync(temporary, { recursive: true });
    throw error;
  }
  return root;
}

/** A system that has nothing but the essential packages. */
export function bareRoot(suite: string): Promise<string> {
  return debianRoot({ suite, kind: "bare" });
}
