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
  try {
    if (Deno.readTextFileSync(SWITCH).trim() !== "1") return { [Symbol.dispose]() {} };
    turn("0");
  } catch {
    return { [Symbol.dispose]() {} };
  }
  return { [Symbol.dispose]: () => turn("1") };
}
