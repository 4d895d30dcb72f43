/**
 * Processes that one process starts, watches and replaces: no DPDK, as l2fwd_fork's master needs it.
 *
 * @module
 */

export * from "./process.ts";
export * from "./self.ts";
export * from "./slave.ts";
export type { SupervisorEvent, SupervisorLimits } from "./slave_group.ts";
export * from "./supervisor.ts";
