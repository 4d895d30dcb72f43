/**
 * `deno task test:bare`: the sample tests with the compiled programs, on systems that have nothing.
 * See README.md, which is also its `--help`.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { isFile } from "../../../ffi/host/exists.ts";
import { hugetlbfsMounts, pageKib } from "../../../ffi/host/machine.ts";
import { runToEnd } from "../../lib/command.ts";
import { task } from "../../lib/task.ts";
import { onSignal, run } from "../../lib/run.ts";
import { setUp } from "../../lib/setup/setup.ts";
import { MULTI_CALL, PROGRAMS } from "../compile/programs.ts";
import { bareOptions } from "./options.ts";
import { bareRoot, glibcVersion } from "./root.ts";

const NAME = "bare";
const README = new URL("./README.md", import.meta.url);
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const DIST = `${ROOT}dist`;

/** A script as a person writes it, and the program that is compiled of it. */
const SCRIPT = { path: "tests/tools/bare/fixtures/script.ts", name: "script" };

/** Compiles the script into a folder. */
async function compileScript(folder: string): Promise<void> {
  const task = ["run", "--lock=cmd/dev/deno.lock", "--frozen", "-A", "cmd/dev/compile/main.ts"];
  const args = [...task, ROOT + SCRIPT.path, `--output=${folder}/${SCRIPT.name}`];
  const { success, text } = await runToEnd(Deno.execPath(), args, { cwd: ROOT });
  if (!success) throw new RangeError(text.split("\n").at(-1));
}

/** Where the programs are on a bare system. */
const BIN = "/usr/local/bin";

/**
 * Mounts the system `lower` at `root`, with this machine's devices, processes and hugepages and
 * the programs of a folder, and goes on with what follows. What is written lies in memory.
 */
const INSIDE = `
set -e
lower=$1 memory=$2 root=$3 hugepages=$4 programs=$5
shift 5
mount -t tmpfs none "$memory"
mkdir "$memory/upper" "$memory/work"
mount -t overlay -o "lowerdir=$lower,upperdir=$memory/upper,workdir=$memory/work" none "$root"
mkdir -p /run/dpdk "$root/run/dpdk"
for folder in /dev /proc /sys /run/dpdk; do mount --rbind $folder "$root$folder"; done
if ! [ -d "$root$hugepages" ]; then
  mkdir -p "$root$hugepages"
  mount --bind "$hugepages" "$root$hugepages"
fi
for program in "$programs"/*; do
  inside=$root${BIN}/\${program##*/}
  if [ -f "$program" ] && [ -x "$program" ]; then
    touch "$inside"
    mount --bind "$program" "$inside"
  fi
done
exec "$@"
`;

/** Names of the compiled programs. */
function programs(): string[] {
  return PROGRAMS.map(({ name }) => name).filter((name) => isFile(`${DIST}/${name}`)).sort();
}

/** What is tested on a system. */
interface Tested {
  /** Names of the programs. */
  names: readonly string[];
  /** Which tests. */
  filters: readonly string[];
  /** Whether the programs are commands of `denodpdk`. */
  multiCall: boolean;
}

/**
 * A folder as `dist`, whose programs run on the system at `root`: those of `dist`, or the commands
 * of `denodpdk`, all of them in one file.
 */
function writeCommands(
  folder: string,
  { names, multiCall }: Tested,
  root: string,
): void {
  Deno.mkdirSync(folder);
  Deno.symlinkSync(`${DIST}/bundle`, `${folder}/bundle`);
  for (const name of [...names, SCRIPT.name]) {
    const ofFile = [MULTI_CALL.name, SCRIPT.name].includes(name);
    const words = multiCall && !ofFile ? `${MULTI_CALL.name} ${name}` : name;
    const script = `#!/bin/sh\nexec chroot '${root}' ${BIN}/${words} "$@"\n`;
    Deno.writeTextFileSync(`${folder}/${name}`, script, { mode: 0o755 });
  }
}

/** Where hugepages of the usual size are. */
function hugepageMount(): string {
  const mount = hugetlbfsMounts().find((mount) => mount.pageKib === pageKib());
  if (mount) return mount.path;
  throw new RangeError(`no hugetlbfs is mounted: run \`${task("setup")}\` first`);
}

/** Whether a program that was compiled on this machine can run on a system. */
async function isNewEnough(lower: string): Promise<boolean> {
  const [here = 0, there = 0] = (await Promise.all([glibcVersion(), glibcVersion(lower)]))
    .map((version) => Number(version.split(".")[1]));
  return there >= here;
}

/** Runs the tests on one system; whether they passed. */
async function testOn(suite: string, tested: Tested): Promise<boolean> {
  const { names, filters, multiCall } = tested;
  const lower = await bareRoot(suite);
  if (!await isNewEnough(lower)) {
    console.log(`${suite}: left out, its glibc is older than this machine's`);
    return true;
  }
  console.log(`${suite}: ${names.join(" ")}${multiCall ? ", all in denodpdk" : ""}`);
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-bare-" });
  const [memory, root, commands, files] = ["memory", "root", "commands", "programs"]
    .map((name) => `${folder}/${name}`) as [string, string, string, string];
  try {
    for (const path of [memory, root, files]) Deno.mkdirSync(path);
    for (const name of names) Deno.symlinkSync(`${DIST}/${name}`, `${files}/${name}`);
    await compileScript(files);
    writeCommands(commands, tested, root);
    const mounts = [lower, memory, root, hugepageMount(), files];
    const test = ["run", "--lock=deno.lock", "--frozen", "-A", "cmd/dev/test/main.ts", ...filters];
    const { success } = await new Deno.Command("unshare", {
      args: ["--mount", "sh", "-c", INSIDE, "sh", ...mounts, Deno.execPath(), ...test],
      cwd: ROOT,
      env: {
        DENODPDK_TEST_DIST: commands,
        DENODPDK_TEST_ROOT: root,
        ...multiCall ? { DENODPDK_TEST_COMMANDS: "1" } : {},
      },
    }).spawn().status;
    return success;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

await run(NAME, README, async (args) => {
  const { suites, filters } = bareOptions(args);
  if (!await setUp({ tests: true })) return 1;
  if (Deno.uid() !== 0) throw new RangeError("mounts need root: run it with sudo");
  const names = programs();
  if (names.length === 0) {
    throw new RangeError(`no programs in ${DIST}: run \`${task("compile")}\` first`);
  }
  let status = 0;
  let interrupted = false;
  // the tests end by themselves, and then this program
  onSignal((signalled) => {
    status = signalled;
    interrupted = true;
  });
  const hasAll = names.includes(MULTI_CALL.name);
  for (const [index, suite] of suites.entries()) {
    // each way of calling the programs once: a run on a system takes two minutes
    const multiCall = hasAll && index > 0;
    if (!interrupted && !await testOn(suite, { names, filters, multiCall })) status ||= 1;
  }
  return status;
});
