/**
 * The tests' tools, in one import.
 *
 * @module
 */

export * from "./harness/auditor.ts";
export * from "./harness/cgroup.ts";
export * from "./harness/checkout.ts";
export * from "./harness/crash_points.ts";
export * from "./harness/inspect.ts";
export * from "./harness/l2fwd_fork.ts";
export * from "./harness/mp_server.ts";
export * from "./harness/note.ts";
export * from "./harness/peers.ts";
export * from "./harness/prefix.ts";
export * from "./harness/process.ts";
export * from "./harness/program.ts";
export * from "./harness/programs.ts";
export * from "./harness/registry.ts";
export * from "./harness/service_manager.ts";
export * from "./harness/scripts.ts";
export * from "./harness/shared_folder.ts";
export * from "./harness/simple_mp.ts";
export * from "./harness/terminal.ts";
export * from "./harness/thread_signal.ts";
export * from "./harness/two_signals.ts";
export * from "./harness/unread.ts";
export * from "./harness/wait.ts";
