/**
 * `deno task test:versions`: what this project promises, tried on Debian systems with other
 * versions of DPDK. See README.md, which is also its `--help`.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import { cacheFolder } from "../../../ffi/build.ts";
import { output } from "../../bare/root.ts";
import { onSignal, run } from "../../run.ts";
import { setUp } from "../../setup/setup.ts";
import { write } from "../../stdout.ts";
import { mixedVersions } from "./mixed.ts";
import { STEPS, versionsOptions } from "./options.ts";
import { type Outcome, type System, Systems } from "./system.ts";

const NAME = "test:versions";
const README = new URL("./README.md", import.meta.url);
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** The last count that a suite printed, as `938 passed, 0 failed`. */
function counts(text: string): string | undefined {
  return text.match(/^\d+ passed, \d+ failed(?:, \d+ skipped)?$/gm)?.at(-1);
}

/** A cell of the table: counts or ok, and how long it took. */
function cell({ success, text, seconds }: Outcome): string {
  const time = seconds < 90 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} min`;
  return `${success ? counts(text) ?? "ok" : `FAILED ${counts(text) ?? ""}`.trim()}\n${time}`;
}

/** Versions of what a system has, once its packages are installed. */
async function versionsOf(systems: Systems, system: System): Promise<string> {
  const asked = "pkg-config --modversion libdpdk; gcc -dumpfullversion; ldd --version | head -1";
  const { text } = await systems.on(system, "sh", "-c", asked);
  const [dpdk = "?", gcc = "?", libc = "?"] = text.split("\n");
  return `DPDK ${dpdk}\ngcc ${gcc}\nglibc ${libc.match(/[\d.]+$/)?.[0] ?? "?"}`;
}

await run(NAME, README, async (args) => {
  const { steps, tests, suites } = versionsOptions(args);
  if (!await setUp({ tests: true })) return 1;
  if (Deno.uid() !== 0) throw new RangeError("mounts need root: run it with sudo");
  const dirty = (await output("git", "-C", ROOT, "status", "--porcelain")).text;
  if (dirty) write("what is not committed is left out: each system has a clone\n");

  const kept = `${cacheFolder()}/versions`;
  Deno.mkdirSync(kept, { recursive: true, mode: 0o700 });
  using systems = new Systems(ROOT, Deno.makeTempDirSync({ dir: kept, prefix: ".run-" }));
  let status = 0;
  let interrupted = false;
  // Ctrl-C comes to what runs as well, and then the rest is left out
  onSignal((signalled) => {
    status = signalled;
    interrupted = true;
  });
  const table = new Table({
    head: ["", ...steps],
    style: Deno.stdout.isTerminal() && !Deno.noColor ? {} : { head: [], border: [] },
  });
  const done: System[] = [];
  for (const suite of suites) {
    if (interrupted) break;
    write(`${suite.padEnd(9)} preparing ...`);
    const system = await systems.add(suite);
    write(" done\n");
    const cells: string[] = [];
    for (const step of steps) {
      if (interrupted) break;
      write(`${suite.padEnd(9)} ${step} ... `);
      const task = [...STEPS[step] ?? [], ...(step === "test" ? tests : [])];
      const outcome = await systems.on(
        system,
        ...["npx", "--yes", `deno@${Deno.version.deno}`, "task", ...task],
      );
      const log = `${kept}/${suite}-${step}.log`;
      Deno.writeTextFileSync(log, `${outcome.text}\n`);
      cells.push(cell(outcome));
      write(`${cell(outcome).replace("\n", ", ")}${outcome.success ? "" : `; see ${log}`}\n`);
      if (!outcome.success) status ||= 1;
    }
    table.push([`${suite}\n${await versionsOf(systems, system)}`, ...cells]);
    done.push(system);
  }
  if (!interrupted && steps.includes("compile")) {
    for (const { pair, fault } of await mixedVersions(systems, done)) {
      write(`${pair}: ${fault ?? "refused by name"}\n`);
      if (fault) status ||= 1;
    }
  }
  write(`${table}\n`);
  return status;
});
