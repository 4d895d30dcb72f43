/**
 * What the doctor looks at. Each check only reads.
 *
 * @module
 */

import {
  bundledDrivers,
  cpuCount,
  cpuList,
  DpdkError,
  dpdkVersion,
  hugepages,
  hugetlbfsMounts,
  leftoverHugepageFiles,
  LINKAGES,
  pageKib,
  pageText,
  runtimeFolders,
  runtimeRoot,
  shimStatus,
  shownCpus,
} from "../../ffi/machine.ts";
import { task } from "../lib/task.ts";
import { DEFAULT_MIB, hugepagesStep, mountStep } from "../lib/setup/hugepages.ts";
import { supportOf } from "./versions.ts";
import { runToEndSync } from "../lib/command.ts";

/** One line of the doctor's table. */
export interface Finding {
  /** What was looked at. */
  subject: string;
  /** What was found. */
  state: string;
  /** The command that helps; `undefined` where nothing needs to be done. */
  cure?: string;
  /** What a user should know, where nothing can be done about it. */
  warning?: string;
}

const setup = () => task("setup");

/**
 * The command to set up hugepages: the task, or, on a box that has only this program, the commands
 * that the task would run.
 */
function hugepagesCure(mib?: number): string {
  if (Deno.build.standalone) return hugepagesStep(mib ?? DEFAULT_MIB)?.command ?? "";
  return mib === undefined ? setup() : `${setup()} --hugepages-mib ${mib}`;
}

function mountCure(): string {
  return Deno.build.standalone ? mountStep()?.command ?? "" : setup();
}

function hugepageRows(): Finding[] {
  const counts = hugepages();
  const usual = counts.filter((of) => of.pageKib === pageKib());
  const total = usual.reduce((sum, count) => sum + count.total, 0);
  const free = usual.reduce((sum, count) => sum + count.free, 0);
  const moreMib = total * 2 + 1024;
  if (usual.length === 0) {
    return [{
      subject: `hugepages ${pageText()}`,
      state: "not in this kernel or container",
      cure: hugepagesCure(),
    }];
  }
  return counts.map(({ pageKib: kib, node, total: pages, free: unused }) => {
    const subject = `hugepages ${pageText(kib)}${node === undefined ? "" : `, node ${node}`}`;
    const state = `${pages} total, ${unused} free`;
    if (kib !== pageKib()) return { subject, state: `${state} (not needed)` };
    if (total === 0) return { subject, state, cure: hugepagesCure() };
    if (free === 0) return { subject, state, cure: hugepagesCure(moreMib) };
    return { subject, state };
  });
}

function mountRow(): Finding {
  const subject = `hugetlbfs ${pageText()}`;
  const mounts = hugetlbfsMounts().filter((of) => of.pageKib === pageKib());
  const usable = mounts.find(({ writable }) => writable);
  if (usable) return { subject, state: usable.path };
  const [mount] = mounts;
  if (!mount) return { subject, state: "not mounted", cure: mountCure() };
  const state = `${mount.path}, not writable`;
  return Deno.uid() === 0
    ? { subject, state, cure: `mount -o remount,rw ${mount.path}` }
    : { subject, state, cure: `sudo chmod 1777 ${mount.path}` };
}

/** A version with what is known of it. */
function versionRow(version: string, inside = ""): Finding {
  const { state, warning } = supportOf(version);
  const found = `${version}${inside} (${state})`;
  return { subject: "DPDK", state: found, ...(warning ? { warning } : {}) };
}

function dpdkRow(): Finding {
  const subject = "DPDK";
  const drivers = bundledDrivers();
  if (drivers) {
    return versionRow(dpdkVersion() ?? "", ` in this program, with ${drivers.length} drivers`);
  }
  try {
    const args = ["--modversion", "libdpdk"];
    const { success, stdout } = runToEndSync("pkg-config", args);
    if (success) return versionRow(stdout.trim());
    return { subject, state: "libdpdk is not installed", cure: setup() };
  } catch {
    return { subject, state: "pkg-config is not installed", cure: setup() };
  }
}

function shimRows(): Finding[] {
  const given = Deno.env.get("DENODPDK_SHIM");
  if (given) return [{ subject: "shim", state: `DENODPDK_SHIM: ${given}` }];
  if (Deno.build.standalone) return [{ subject: "shim", state: "in this program" }];
  return LINKAGES.map((linkage) => {
    const { state, path: library } = shimStatus(linkage);
    const full = library.replace(/\/[^/]+\.so$/, "");
    const home = Deno.env.get("HOME");
    const path = home && full.startsWith(`${home}/`) ? `~${full.slice(home.length)}` : full;
    const subject = `shim, ${linkage}`;
    if (state === "ready") return { subject, state: `built: ${path}` };
    return { subject, state: `${state}: ${path}`, cure: setup() };
  });
}

/** The error that EAL would find no CPU; undefined where it finds some. */
function cpusFault(): DpdkError | undefined {
  try {
    shownCpus();
  } catch (error) {
    if (error instanceof DpdkError) return error;
    throw error;
  }
}

function cpuRow(): Finding {
  const fault = cpusFault();
  if (fault) return { subject: "CPUs", state: fault.reason, cure: fault.hint ?? "" };
  const cpus = cpuList();
  const count = cpuCount(cpus);
  if (count > 1) return { subject: "CPUs", state: `${cpus} (${count})` };
  // a main lcore and a worker lcore are what the smallest program needs
  return {
    subject: "CPUs",
    state: `${cpus} (1, two lcores needed)`,
    cure: `--lcores '(0,1)@${cpus}'`,
  };
}

/** A prefix in words, with its folder where other folders may have that name too. */
function subjectOf(prefix: string, path?: string): string {
  const usual = path === undefined || path === `${runtimeRoot()}/${prefix}`;
  return usual ? `prefix ${prefix}` : `prefix ${prefix} in ${path.slice(0, -prefix.length - 1)}`;
}

function runtimeRows(): Finding[] {
  const folders = runtimeFolders();
  const alive = folders.filter(({ life }) => life === "alive");
  const rows: Finding[] = alive.map(({ prefix, path, processes }) => ({
    subject: subjectOf(prefix, path),
    state: processes.map(({ pid, name }) => `${name} (${pid})`).join(", ") || "alive",
  }));

  const files = leftoverHugepageFiles(alive.map(({ prefix }) => prefix));
  const left = folders.filter(({ life }) => life !== "alive");
  const prefixes = new Set([...left, ...files].map(({ prefix }) => prefix));
  for (const prefix of prefixes) {
    const here = left.filter((one) => one.prefix === prefix);
    const pages = files.filter((one) => one.prefix === prefix);
    const count = pages.reduce((sum, one) => sum + one.count, 0);
    const what = `${here.length > 0 ? "runtime folder left, " : ""}${count} hugepage files left`;
    const subject = subjectOf(prefix, here[0]?.path);
    if ([...here, ...pages].some(({ life }) => life === "unknown")) {
      rows.push({
        subject,
        state: `${what}; who uses them cannot be told from here`,
        cure: setup(),
      });
      continue;
    }
    const paths = [
      ...here.map(({ path }) => quoted(path)),
      ...pages.map(({ folder }) => `${quoted(`${folder}/${prefix}`)}map_*`),
    ];
    rows.push({ subject, state: `dead, ${what}`, cure: `rm -r ${paths.join(" ")}` });
  }
  if (rows.length === alive.length) {
    rows.push({ subject: "leftovers", state: `none in ${runtimeRoot()}` });
  }
  return rows;
}

/** A path, quoted for a shell. */
function quoted(path: string): string {
  return /^[\w./+:@-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** Everything that the doctor has to say, in the table's order. */
export function examine(): Finding[] {
  return [...hugepageRows(), mountRow(), dpdkRow(), ...shimRows(), cpuRow(), ...runtimeRows()];
}
