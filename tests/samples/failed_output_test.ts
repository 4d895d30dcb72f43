/** A reader that goes, as `head` does, and a full disk: no program calls that an error of its own. */

import { assertEquals } from "../assert.ts";
import { type Command, program, testPrefix } from "../harness.ts";

const PORTS = ["--vdev=net_null0", "--vdev=net_null1"];

/** By program, what makes it print while it works. */
const RUNNING: Record<string, { extra?: string[]; own: string[] }> = {
  simple_mp: { own: [] },
  symmetric_mp: { extra: PORTS, own: ["--", "-p", "3", "--num-procs=1", "--proc-id=0"] },
  mp_server: { extra: PORTS, own: ["--", "-p", "3", "-n", "1"] },
  l2fwd_fork: { extra: PORTS, own: ["--", "-p", "3", "-T", "1"] },
};

const LCORES: Record<string, string> = { l2fwd_fork: "0@0,1@1,2@1" };

const HELPED = ["simple_mp", "inspect", "doctor"];

/** The last reader has gone when the first line has come. */
const GONE = 'fifo=$(mktemp -u) && mkfifo "$fifo" && { head -n 1 "$fifo" > /dev/null & } && ' +
  'exec 3> "$fifo" && rm "$fifo" && exec "$0" "$@" >&3 3>&-';
const FULL = 'exec "$0" "$@" > /dev/full';

function through(script: string, { command, args }: Command): Command {
  return { command: "sh", args: ["-c", script, command, ...args] };
}

const ENDS = [
  ["a reader that goes", GONE, 141, ""],
  ["a full disk", FULL, 1, "write to stdout: ENOSPC: No space left on device\n"],
] as const;

for (const [what, script, status, line] of ENDS) {
  for (const [name, { extra = [], own }] of Object.entries(RUNNING)) {
    Deno.test(`${name}: ${what}`, async () => {
      await using prefix = testPrefix();
      const eal = prefix.eal({ lcores: LCORES[name] ?? "0@0,1@1", extra });
      const process = prefix.spawn(name, through(script, program(name)), [...eal, ...own]);
      const { code } = await process.ended();
      // without DPDK's own lines
      const said = process.stderr.match(RegExp(`^(${name}|error): .*\n`, "gm"))?.join("") ?? "";
      assertEquals([code, said], [status, line && `${name}: ${line}`]);
      assertEquals(prefix.files(), []);
    });
  }
  for (const name of HELPED) {
    Deno.test(`${name} --help: ${what}`, async () => {
      await using prefix = testPrefix();
      const process = prefix.spawn(name, through(script, program(name)), ["--help"]);
      const { code } = await process.ended();
      // a pipe takes the whole of a help text before its reader goes
      const taken = code === 0 && status === 141;
      if (!taken) assertEquals([code, process.stderr], [status, line && `${name}: ${line}`]);
    });
  }
}
