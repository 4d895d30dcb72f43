/**
 * DPDK's headers for arm64, so that `deno task check` compiles the shim for it on any Debian.
 *
 * @module
 */

import { asOneUnit, cacheFolder, sourceFiles } from "../../../ffi/shim/build.ts";
import { DpdkError } from "../../../ffi/boundary/errors.ts";
import { runToEnd } from "../command.ts";
import { exists } from "../../../ffi/host/exists.ts";
import { hasProgram, type Step } from "./step.ts";

/** Of Debian's package gcc-aarch64-linux-gnu. */
const COMPILER = "aarch64-linux-gnu-gcc";

/** Debian packages with the headers. */
const PACKAGES = ["libdpdk-dev", "libnuma-dev", "libbsd-dev"];

/** Where the headers lie, or would. */
function folder(): string {
  return `${cacheFolder()}/arm64`;
}

/** Whether the headers are there. */
function hasHeaders(): boolean {
  return exists(`${folder()}/usr/include/dpdk/rte_eal.h`);
}

async function perform(command: string, args: string[]): Promise<void> {
  const { success, text } = await runToEnd(command, args);
  if (success) return;
  const reason = text.split("\n").slice(-2).join("; ");
  throw new DpdkError({ operation: `headers for arm64: ${command}`, reason });
}

/**
 * Fetches the headers with apt-get, whose own lists and architectures stay as they are.
 *
 * @throws {DpdkError} where that fails.
 */
async function fetchHeaders(): Promise<string> {
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
    return "done";
  } finally {
    Deno.removeSync(temporary, { recursive: true });
  }
}

/** The step of the set-up that fetches the headers; `undefined` where it is not for this machine. */
export function arm64Step(): Step | undefined {
  if (hasHeaders() || !hasProgram("dpkg-deb")) return undefined;
  return {
    name: "arm64",
    missing: "headers for arm64",
    command: "deno task setup --tests",
    doing: "fetching DPDK's headers with apt-get",
    run: fetchHeaders,
  };
}

/** Why the shim cannot be compiled for arm64 here; `undefined` where it can. */
export function whyNoArm64(): string | undefined {
  if (!hasProgram(COMPILER)) return `no ${COMPILER}`;
  return hasHeaders() ? undefined : "no headers for arm64";
}

/** The command line that compiles the shim for arm64, with no output. */
export function arm64Command(flags: readonly string[]): string[] {
  const include = `${folder()}/usr/include`;
  return [
    COMPILER,
    ...flags,
    "-march=armv8-a+crc",
    ...[`${include}/dpdk`, `${include}/aarch64-linux-gnu/dpdk`, include].map((it) => `-I${it}`),
    ...["-include", "rte_config.h"],
    ...["-S", "-o", "/dev/null"],
    ...asOneUnit(sourceFiles().filter((path) => path.endsWith(".c"))),
  ];
}
