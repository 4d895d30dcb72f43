/**
 * Processes that one process starts, watches and replaces, as the master of l2fwd_fork does with
 * its slaves. Nothing here needs DPDK.
 *
 * - {@linkcode Supervisor}: starts slaves; when one dies, stops its group, resets what it left
 *   behind, and starts the group again. A {@linkcode Slave} has {@linkcode SlaveProcess}es, one
 *   after another.
 * - {@linkcode selfCommand}: the command that starts this very program once more.
 * - {@linkcode ownProcessGroup}, {@linkcode dieWithParent}, {@linkcode processTitle}: for the
 *   child.
 * - {@linkcode notifyService}: tells systemd that this process is ready.
 * - {@linkcode processEnd}: waits for the end of any process.
 *
 * @example Wait for the end of a process that somebody else started
 * ```ts
 * import { processEnd } from "denodpdk/supervise";
 *
 * await processEnd(Number(Deno.args[0]));
 * console.log("it has ended");
 * ```
 *
 * @module
 */

export * from "./process.ts";
export * from "./self.ts";
export * from "./slave.ts";
export type { SupervisorEvent, SupervisorLimits } from "./slave_group.ts";
export * from "./supervisor.ts";
