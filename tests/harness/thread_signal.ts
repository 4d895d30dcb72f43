/**
 * A signal to one thread of a process. The kernel gives a signal that is sent to a process to any
 * thread that takes it: mostly, but not always, to the first.
 *
 * @module
 */

const SIGINT = 2;

const libc = Deno.dlopen("libc.so.6", {
  tgkill: { parameters: ["i32", "i32", "i32"], result: "i32" },
});

/** A thread of a process: its first, which runs JavaScript, or one of the others. */
export type Which = "first" | "other";

/**
 * Sends SIGINT to one thread of a process.
 *
 * @returns Whether there is such a thread.
 */
export function interruptThread(pid: number, which: Which): boolean {
  const thread = [...Deno.readDirSync(`/proc/${pid}/task`)]
    .map(({ name }) => Number(name))
    .find((tid) => (tid === pid) === (which === "first"));
  return thread !== undefined && libc.symbols.tgkill(pid, thread, SIGINT) === 0;
}
