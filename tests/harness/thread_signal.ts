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

/**
 * Sends SIGINT to a thread of a process other than its first.
 *
 * @returns Whether there was one.
 */
export function interruptOtherThread(pid: number): boolean {
  const other = [...Deno.readDirSync(`/proc/${pid}/task`)]
    .map(({ name }) => Number(name))
    .find((tid) => tid !== pid);
  return other !== undefined && libc.symbols.tgkill(pid, other, SIGINT) === 0;
}
