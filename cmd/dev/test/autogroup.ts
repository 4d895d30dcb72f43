/**
 * How the kernel shares CPUs out while tests poll on all of them.
 *
 * @module
 */

const SWITCH = "/proc/sys/kernel/sched_autogroup_enabled";

/**
 * Lets the kernel share CPUs out between threads alone, not between sessions first, until disposal.
 * Linux 6.18 leaves other sessions, and kernel threads, without a CPU for up to half a minute where
 * one session polls on it and sleeps for moments as well, as our tests do; so no process ends meanwhile.
 * Nothing happens where that is so already, or not for us to decide.
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
