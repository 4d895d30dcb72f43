/**
 * The distribution's packages: DPDK, a C compiler and pkg-config.
 *
 * @module
 */

import { exists } from "../../../ffi/host/exists.ts";
import { hasProgram, SetupError, type Step } from "./step.ts";
import { runToEnd } from "../command.ts";

/** Folders where distributions put the `.pc` files of 64-bit libraries. */
function pkgConfigFolders(): string[] {
  const multiarch = { x86_64: "x86_64-linux-gnu", aarch64: "aarch64-linux-gnu" }[Deno.build.arch];
  return [
    ...(Deno.env.get("PKG_CONFIG_PATH") ?? "").split(":").filter(Boolean),
    ...[`lib/${multiarch}`, "lib64", "lib", "share"].flatMap((folder) => [
      `/usr/local/${folder}/pkgconfig`,
      `/usr/${folder}/pkgconfig`,
    ]),
  ];
}

/** Each Debian package with a cheap sign that it, or its like, is there: no process is started. */
const PACKAGES: Record<string, () => boolean> = {
  "gcc": () => hasProgram("gcc"),
  // only recommended by gcc, so --no-install-recommends would leave it out
  "libc6-dev": () => exists("/usr/include/stdio.h"),
  "pkg-config": () => hasProgram("pkg-config"),
  "libdpdk-dev": () => pkgConfigFolders().some((folder) => exists(`${folder}/libdpdk.pc`)),
};

/**
 * What only the tests need: the C samples, DPDK's tools and testpmd, network namespaces, ping and
 * arping, Scapy and wireshark's tools, a browser, what makes bare systems, shells and what shows man
 * pages, and a compiler for the other architecture.
 */
const TEST_PACKAGES: Record<string, () => boolean> = {
  "dpdk-doc": () => exists("/usr/share/dpdk/examples/multi_process/simple_mp/main.c"),
  "dpdk": () => hasProgram("dpdk-proc-info"),
  "dpdk-dev": () => hasProgram("dpdk-testpmd"),
  "iproute2": () => hasProgram("ip"),
  "iputils-ping": () => hasProgram("ping"),
  "iputils-arping": () => hasProgram("arping"),
  // what packets and capture files are compared with; tshark brings capinfos, editcap and others
  "python3-scapy": () => exists("/usr/lib/python3/dist-packages/scapy/__init__.py"),
  "tshark": () => hasProgram("tshark"),
  "tcpdump": () => hasProgram("tcpdump"),
  // draws traffic's page of results; without the windows, which are a quarter of Chromium
  "chromium-headless-shell": () => hasProgram("chromium-headless-shell") || hasProgram("chromium"),
  "procps": () => hasProgram("ps"),
  "zsh": () => hasProgram("zsh"),
  "fish": () => hasProgram("fish"),
  "groff-base": () => hasProgram("groff"),
  "debootstrap": () => hasProgram("debootstrap"),
  "debian-archive-keyring": () => exists("/usr/share/keyrings/debian-archive-keyring.gpg"),
  // `deno task check` compiles the shim for arm64 as well
  ...(Deno.build.arch === "x86_64"
    ? {
      "gcc-aarch64-linux-gnu": () => hasProgram("aarch64-linux-gnu-gcc"),
      // only recommended by it, as libc6-dev is by gcc
      "libc6-dev-arm64-cross": () => exists("/usr/aarch64-linux-gnu/include/stdio.h"),
    }
    : {}),
};

const APT = ["-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"];

/** What a person types where the packages have other names. */
const OTHERS: Record<string, string> = {
  dnf: "dnf install -y gcc glibc-devel pkgconf-pkg-config dpdk-devel dpdk-examples",
  zypper: "zypper install -y gcc glibc-devel pkg-config dpdk-devel dpdk-examples",
  pacman: "pacman -S --needed gcc pkgconf dpdk",
};

function installCommand(packages: string[]): string {
  const other = Object.keys(OTHERS).find(hasProgram);
  if (other && !hasProgram("apt-get")) return OTHERS[other] ?? "";
  return `apt-get update && apt-get install -y --no-install-recommends ${packages.join(" ")}`;
}

async function apt(args: string[]): Promise<{ success: boolean; lines: string[] }> {
  const env = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };
  const { success, text } = await runToEnd("apt-get", args, { env });
  return { success, lines: text.split("\n") };
}

async function install(packages: string[]): Promise<string> {
  const start = performance.now();
  // one unreachable third-party list fails an update that is good enough; install decides
  const update = await apt(["update", "-q"]);
  const result = await apt(["install", ...APT, ...packages]);
  if (!result.success) {
    const lines = [...(update.success ? [] : update.lines.slice(-3)), ...result.lines.slice(-5)];
    const last = lines.map((line) => `\n  ${line}`).join("");
    throw new SetupError(`apt-get failed; its last lines:${last}`, installCommand(packages));
  }
  return `done (${Math.round((performance.now() - start) / 1000)} s)`;
}

/** The step that installs what is missing, or `undefined`. */
export function packagesStep(tests: boolean): Step | undefined {
  const wanted = { ...PACKAGES, ...(tests ? TEST_PACKAGES : {}) };
  const missing = Object.keys(wanted).filter((name) => !wanted[name]?.());
  if (missing.length === 0) return undefined;
  const names = missing.join(" ");
  return {
    name: "packages",
    missing: `packages ${missing.join(", ")}`,
    command: installCommand(missing),
    doing: `installing ${names} with apt-get`,
    run() {
      if (hasProgram("apt-get")) return install(missing);
      throw new SetupError(`${names} missing, and no apt-get here`, installCommand(missing));
    },
  };
}
