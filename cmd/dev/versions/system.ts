/**
 * Debian systems as a stranger has them: node and npm, this machine's kernel, hugepages and devices,
 * and a fresh clone of this checkout.
 *
 * @module
 */

import { runToEnd } from "../../lib/command.ts";
import { exists } from "../../../ffi/host/exists.ts";
import { hasProgram } from "../../lib/setup/step.ts";
import { debianRoot } from "../bare/root.ts";
import { DpdkError } from "../../../ffi/boundary/errors.ts";
import { hugetlbfsMounts, pageKib } from "../../../ffi/host/machine.ts";

/** Where the clone lies on a system. */
const CLONE = "/root/denodpdk";

/** The certificates that this machine trusts: a registry may stand behind a private authority. */
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/**
 * Mounts systems in a mount namespace of its own, and goes on with what follows `--`. What is
 * written to a system lies beside it, in the run's folder. The systems share /run/dpdk with each
 * other, and with nobody else.
 *
 * Arguments: the run's folder, the hugetlbfs, for each system its folder and its name, `--`, a
 * command.
 */
const INSIDE = `
set -e
run=$1 hugepages=$2
shift 2
mkdir -p "$run/dpdk"
while [ "$1" != -- ]; do
  lower=$1 root=$run/$2/root
  mkdir -p "$run/$2/upper" "$run/$2/work" "$root"
  mount -t overlay -o "lowerdir=$lower,upperdir=$run/$2/upper,workdir=$run/$2/work" none "$root"
  for folder in /dev /sys; do mount --rbind $folder "$root$folder"; done
  mount -t proc none "$root/proc"
  mount -t tmpfs none "$root/run"
  mkdir "$root/run/dpdk"
  mount --bind "$run/dpdk" "$root/run/dpdk"
  if ! [ -d "$root$hugepages" ]; then
    mkdir -p "$root$hugepages"
    mount --bind "$hugepages" "$root$hugepages"
  fi
  if [ -f ${CERTIFICATES} ]; then
    touch "$root${CERTIFICATES}"
    mount --bind ${CERTIFICATES} "$root${CERTIFICATES}"
  fi
  shift 2
done
shift
exec "$@"
`;

/** Whether git can tell what was committed in a checkout. */
const hasGit = (checkout: string) => exists(`${checkout}.git`) && hasProgram("git");

/** The command line of git for a checkout of any user. */
const gitIn = (checkout: string) => ["git", "-c", "safe.directory=*", "-C", checkout];

/** Whether there is something in a checkout that was not committed. */
export async function isChanged(checkout: string): Promise<boolean> {
  if (!hasGit(checkout)) return false;
  const [git = "", ...inside] = gitIn(checkout);
  return (await runToEnd(git, [...inside, "status", "--porcelain"])).text !== "";
}

/** A command's end. */
export interface Outcome {
  /** Whether its status was 0. */
  success: boolean;
  /** All that it printed. */
  text: string;
  /** How long it took, in seconds. */
  seconds: number;
}

/** A system with its clone. */
export interface System {
  /** Debian's name for the release. */
  suite: string;
  /** The system's folder as debootstrap made it, which stays unchanged. */
  lower: string;
}

/** The systems of one run. Disposal removes what was written to them. */
export class Systems implements Disposable {
  readonly #systems: System[] = [];
  readonly #hugepages: string;
  readonly #checkout: string;
  /** Where what is written goes, and the logs. */
  readonly folder: string;

  /**
   * @param checkout The folder to clone; its path ends in a slash.
   * @param folder An empty folder for the run, on a disk: a suite's packages take 2 GB.
   * @throws {DpdkError} where no hugetlbfs is mounted.
   */
  constructor(checkout: string, folder: string) {
    const mount = hugetlbfsMounts().find((mount) => mount.pageKib === pageKib());
    if (!mount) throw new DpdkError({ operation: "hugetlbfs", reason: "none is mounted" });
    this.#hugepages = mount.path;
    this.#checkout = checkout;
    this.folder = folder;
  }

  /**
   * Prepares a system: Debian with node and npm, made by debootstrap where it is missing, and a
   * clone of what is committed; of all that lies here where git or its folder is missing.
   *
   * @throws {DpdkError} where that fails.
   */
  async add(suite: string): Promise<System> {
    const packages = ["ca-certificates", "nodejs", "npm"];
    const system = { suite, lower: await debianRoot({ suite, kind: "versions", packages }) };
    const clone = `${this.folder}/${suite}/upper${CLONE}`;
    const all = hasGit(this.#checkout)
      ? [...gitIn(this.#checkout), "archive", "HEAD"]
      : ["tar", "-C", this.#checkout, "--exclude=./dist", "-c", "."];
    // not by `git clone`, which refuses what belongs to another user
    const copy = 'mkdir -p "$0" && "$@" >"$0.tar" && tar -C "$0" -xf "$0.tar" && rm "$0.tar"';
    const { success, text } = await runToEnd("sh", ["-c", copy, clone, ...all]);
    if (!success) throw new DpdkError({ operation: `copying ${this.#checkout}`, reason: text });
    this.#systems.push(system);
    return system;
  }

  /** Runs a command in the clone of a system. */
  on({ suite }: System, ...command: string[]): Promise<Outcome> {
    return this.together(
      `cd "$1" && shift && ${enter("$@")}`,
      `${this.folder}/${suite}/root`,
      ...command,
    );
  }

  /** The folder of a system as {@linkcode Systems.together} sees it. */
  rootOf({ suite }: System): string {
    return `${this.folder}/${suite}/root`;
  }

  /** Runs a shell script with all systems mounted; what it starts ends with it. */
  async together(script: string, ...args: string[]): Promise<Outcome> {
    const mounts = this.#systems.flatMap(({ lower, suite }) => [lower, suite]);
    const start = performance.now();
    const { success, text } = await runToEnd("unshare", [
      ...["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"],
      ...["sh", "-c", INSIDE, "sh", this.folder, this.#hugepages, ...mounts, "--"],
      ...["sh", "-c", script, "sh", ...args],
    ]);
    return { success, text, seconds: (performance.now() - start) / 1000 };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** Shell: runs a command in the clone of the system at `.`, with nothing of this machine's. */
export function enter(command: string): string {
  const environment = [
    "HOME=/root USER=root LOGNAME=root LANG=C.UTF-8 TERM=dumb",
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    `DENO_TLS_CA_STORE=system NODE_EXTRA_CA_CERTS=${CERTIFICATES}`,
    `npm_config_cafile=${CERTIFICATES} npm_config_update_notifier=false`,
  ].join(" ");
  const words = command === "$@" ? '"$@"' : command;
  return `env -i ${environment} chroot . sh -c 'cd ${CLONE} && exec "$@"' sh ${words}`;
}
