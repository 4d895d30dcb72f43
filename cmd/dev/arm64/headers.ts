/**
 * DPDK's headers for arm64, so that `deno task check` compiles the shim for it on any Debian.
 *
 * @module
 */

import { cacheFolder } from "../../../ffi/build.ts";
import { DpdkError } from "../../../ffi/errors.ts";
import { output } from "../../bare/root.ts";

/** The compiler, in Debian's package of the same name with `gcc-` in front. */
export const ARM64_COMPILER = "aarch64-linux-gnu-gcc";

/** Debian packages with the headers. */
const PACKAGES = ["libdpdk-dev", "libnuma-dev", "libbsd-dev"];

/** Where the headers lie, or would. */
function folder(): string {
  return `${cacheFolder()}/arm64`;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Whether the headers are there. */
export function hasArm64Headers(): boolean {
  return exists(`${folder()}/usr/include/dpdk/rte_eal.h`);
}

async function perform(command: string, args: string[]): Promise<void> {
  const { success, text } = await output(command, ...args);
  if (success) return;
  const reason = text.split("\n").slice(-2).join("; ");
  throw new DpdkError({ operation: `headers for arm64: ${command}`, reason });
}

/**
 * Fetches the headers with apt-get, whose own lists and architectures stay as they are.
 *
 * @throws {DpdkError} where that fails.
 */
export async function fetchArm64Headers(): Promise<void> {
  Deno.mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 });
  const temporary = Deno.makeTempDirSync({ dir: cacheFolder(), prefix: ".arm64-" });
  try {
    const apt = [
      "APT::Architecture=arm64",
      "APT::Architectures=arm64",
      // it runs as this user, who can read the folder
      "APT::Sandbox::User=root",
      "Acquire::Languages=none",
      `Dir::State::Lists=${temporary}/lists`,
      `Dir::Cache=${temporary}/cache`,
    ].flatMap((option) => ["-o", option]);
    for (const path of ["lists/partial", "cache/archives/partial", "packages"]) {
      Deno.mkdirSync(`${temporary}/${path}`, { recursive: true });
    }
    await perform("apt-get", [...apt, "update", "-q"]);
    const download = 'cd "$1" && shift && exec apt-get "$@"';
    const packages = `${temporary}/packages`;
    await perform("sh", ["-c", download, "sh", packages, ...apt, "-q", "download", ...PACKAGES]);
    for (const { name } of [...Deno.readDirSync(packages)]) {
      await perform("dpkg-deb", ["--extract", `${packages}/${name}`, `${temporary}/root`]);
    }
    // archives and libraries are not looked at
    Deno.removeSync(`${temporary}/root/usr/lib`, { recursive: true });
    Deno.renameSync(`${temporary}/root`, folder());
  } finally {
    Deno.removeSync(temporary, { recursive: true });
  }
}

/**
 * The command line that compiles the shim for arm64, with no output.
 *
 * @param sources Its C files.
 * @param flags Further flags of the compiler.
 */
export function arm64Command(sources: readonly string[], flags: readonly string[]): string[] {
  const include = `${folder()}/usr/include`;
  return [
    ARM64_COMPILER,
    ...flags,
    "-march=armv8-a+crc",
    ...[`${include}/dpdk`, `${include}/aarch64-linux-gnu/dpdk`, include].map((it) => `-I${it}`),
    ...["-include", "rte_config.h"],
    ...["-S", "-o", "/dev/null"],
    ...sources.flatMap((path) => ["-include", path]),
    ...["-x", "c", "/dev/null"],
  ];
}
