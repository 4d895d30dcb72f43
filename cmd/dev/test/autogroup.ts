/**
 * Changes how the kernel divides CPUs while tests poll on all of them.
 *
 * @module
 */

const SWITCH = "/proc/sys/kernel/sched_autogroup_enabled";

/**
 * Makes the kernel divide CPUs between threads, and not between sessions first, until disposal.
 * Linux 6.18 otherwise leaves other sessions, and kernel threads, without a CPU for up to half a
 * minute when one session polls on it and sleeps for moments, as our tests do; no process ends
 * meanwhile. Does nothing where that is so already, or without the right to change it.
 */
export function withoutAutogroup(): Disposable {
  const turn = (on: "0" | "1") => Deno.writeTextFileSync(SWITCH, on, { create: false });
  const after = new DisposableStack();
  try {
    if (Deno.readTextFileSync(SWITCH).trim() === "1") {
      turn("0");
      after.defer(() => turn("1"));
    }
  } catch {
    // this kernel has no such switch, or we are not root
  }
  return after;
}
