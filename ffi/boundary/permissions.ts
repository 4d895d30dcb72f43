/**
 * Whether Deno lets this process use DPDK at all. Where it does not, that is told in one line and at
 * once: else Deno would ask at the terminal, several times, or fail midway.
 *
 * @module
 */

import { DpdkError } from "./errors.ts";

/**
 * The least of what is needed. With less than `-A`, Deno shows no files of `/proc` and `/sys`; but what a
 * person has thought about is not refused here.
 */
const NEEDED: readonly Deno.PermissionDescriptor[] = [
  { name: "ffi" },
  { name: "read", path: "/proc" },
  { name: "write", path: "/var/run/dpdk" },
  { name: "env", variable: "DENODPDK_SHIM" },
  { name: "sys", kind: "uid" },
];

/**
 * Names of the permissions that this process lacks for DPDK; none in a compiled program, whose
 * permissions were set when it was compiled.
 */
function lackedPermissions(): string[] {
  if (Deno.build.standalone) return [];
  return NEEDED.filter((one) => Deno.permissions.querySync(one).state !== "granted")
    .map(({ name }) => name);
}

/**
 * Throws where permissions are lacking.
 *
 * @throws {DpdkError} without a stack, which would show places of this library.
 */
export function requirePermissions(): void {
  const lacked = lackedPermissions();
  if (lacked.length === 0) return;
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    throw new DpdkError({
      operation: "DPDK",
      reason: `expected all permissions, got none for ${lacked.join(", ")}`,
      hint: "run it with `deno run -A`",
    });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
