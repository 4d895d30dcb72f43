/**
 * Hugepages of 2 MiB and the hugetlbfs that DPDK opens its files in.
 *
 * @module
 */

import {
  hugepagesFile,
  hugetlbfsMounts,
  meminfoKib,
  pageKib,
  pageText,
  totalHugepages,
} from "../../../ffi/host/machine.ts";
import { task } from "../task.ts";
import { exists } from "../../../ffi/host/exists.ts";
import { reason, SetupError, type Step } from "./step.ts";
import { runToEndSync } from "../command.ts";

/** What is reserved unless something else is wanted, in MiB in all. */
export const DEFAULT_MIB = 1024;

const MOUNT = "/dev/hugepages";

/** What must stay free for everything else, in MiB. */
const SPARE_MIB = 128;

const IN_CONTAINER = "in a container: set them up on the host, start it with " +
  "--privileged -v /dev/hugepages:/dev/hugepages";

/** Asks the kernel for `pages` in all; returns what it gave. Never lowers what is there. */
function request(pages: number): number {
  const file = hugepagesFile();
  const total = () => totalHugepages() ?? 0;
  const ask = () => {
    // read again right before: somebody else may have asked for more meanwhile
    if (total() < pages) Deno.writeTextFileSync(file, String(pages), { create: false });
    return total();
  };
  if (ask() >= pages) return total();
  for (const hurdle of ["/proc/sys/vm/drop_caches", "/proc/sys/vm/compact_memory"]) {
    try {
      Deno.writeTextFileSync(hurdle, hurdle.endsWith("drop_caches") ? "3" : "1", { create: false });
    } catch {
      // read-only in containers; the kernel may give the rest all the same
    }
  }
  return ask();
}

function reserve(pages: number, before: number): string {
  const wanted = `${pages} hugepages of ${pageText()}`;
  const pageMib = pageKib() / 1024;
  const needMib = (pages - before) * pageMib;
  const haveMib = Math.floor(meminfoKib("MemAvailable") / 1024);
  if (needMib > haveMib - SPARE_MIB) {
    const possible = Math.max(0, before + Math.floor((haveMib - SPARE_MIB) / 2 / pageMib)) *
      pageMib;
    throw new SetupError(
      `too little memory: ${wanted} need ${needMib} MiB, ${haveMib} MiB are available`,
      possible > 64 ? `${task("setup")} --hugepages-mib ${possible}` : undefined,
    );
  }
  const command = `echo ${pages} | sudo tee ${hugepagesFile()}`;
  let got: number;
  try {
    got = request(pages);
  } catch (error) {
    throw new SetupError(
      `the kernel refuses to reserve ${wanted} (${reason(error)}); ${IN_CONTAINER}`,
      command,
    );
  }
  if (got < pages) {
    // 64 MiB are what the samples need at the very least
    throw new SetupError(
      `the kernel gave ${got} of ${wanted}, its memory is too fragmented; ` +
        (got < 32 ? "restart the machine and try again" : "restart the machine, or accept that"),
      task("setup") + (got < 32 ? "" : ` --hugepages-mib ${got * 2}`),
    );
  }
  return `${got} of ${pageText()} now, ${before} before`;
}

/** The step that reserves hugepages up to `mib` in all, or `undefined`. */
export function hugepagesStep(mib: number): Step | undefined {
  const pages = Math.ceil(mib * 1024 / pageKib());
  const before = totalHugepages();
  if (before !== undefined && before >= pages) return undefined;
  const command = `echo ${pages} > ${hugepagesFile()}`;
  return {
    name: "hugepages",
    missing: `${pages} hugepages of ${pageText()} (${before ?? 0} now)`,
    command,
    doing: `reserving ${pages} of ${pageText()}`,
    run() {
      if (before !== undefined) return reserve(pages, before);
      throw new SetupError(
        `${hugepagesFile()} is missing: the kernel has no hugepages of ${pageText()}, or hides them; ` +
          IN_CONTAINER,
        `echo ${pages} | sudo tee ${hugepagesFile()}`,
      );
    },
  };
}

/** The size of a page as `mount` takes it. */
function mountSize(): string {
  return `${pageKib() / 1024}M`;
}

function mount(): string {
  const command =
    `sudo mkdir -p ${MOUNT} && sudo mount -t hugetlbfs -o pagesize=${mountSize()} none ${MOUNT}`;
  try {
    Deno.mkdirSync(MOUNT, { recursive: true });
    const args = ["-t", "hugetlbfs", "-o", `pagesize=${mountSize()}`, "none", MOUNT];
    const { success, stderr } = runToEndSync("mount", args);
    if (!success) throw new Error(stderr.trim());
  } catch (error) {
    throw new SetupError(`cannot mount ${MOUNT} (${reason(error)}); ${IN_CONTAINER}`, command);
  }
  return "done";
}

/** The step that mounts hugetlbfs, or lets this user write there; `undefined` where all is well. */
export function mountStep(): Step | undefined {
  const mounts = hugetlbfsMounts().filter((mount) => mount.pageKib === pageKib());
  if (mounts.some(({ writable }) => writable)) return undefined;
  const [unwritable] = mounts;
  if (unwritable && Deno.uid() !== 0) {
    return {
      name: "hugetlbfs",
      missing: `write access to ${unwritable.path}`,
      command: `chmod 1777 ${unwritable.path}`,
      doing: `opening ${unwritable.path}`,
      run: () => "",
    };
  }
  // whoever types this as root is a user who wants to write there without being root
  const options = `pagesize=${mountSize()}${Deno.uid() === 0 ? "" : ",mode=1777"}`;
  return {
    name: "hugetlbfs",
    missing: `a hugetlbfs with pages of ${pageText()}`,
    command: `${
      exists(MOUNT) ? "" : `mkdir -p ${MOUNT} && `
    }mount -t hugetlbfs -o ${options} none ${MOUNT}`,
    doing: `mounting at ${MOUNT}`,
    run: mount,
  };
}
