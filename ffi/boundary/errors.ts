/**
 * The one error class of the toolkit.
 *
 * @module
 */

import {
  EALREADY,
  EBUSY,
  EFBIG,
  EINVAL,
  ENAMETOOLONG,
  ENODEV,
  ENOENT,
  ENOMEM,
  ENOSPC,
  ENOTSUP,
  EPERM,
  EPROTO,
} from "./constants.ts";

/** The numbers of the errnos that TypeScript finds out itself. */
const ERRNOS: Readonly<Record<string, number>> = {
  EALREADY,
  EBUSY,
  EFBIG,
  EINVAL,
  ENAMETOOLONG,
  ENODEV,
  ENOENT,
  ENOMEM,
  ENOSPC,
  ENOTSUP,
  EPERM,
  EPROTO,
};

/** @internal The hint for failures because of something that this machine lacks. */
export const SETUP_HINT = Deno.build.standalone
  ? "the program `doctor` tells how"
  : "run `deno task setup`";

/** @internal The error of a compiled program that carries no DPDK. */
export function noDpdkInside(): DpdkError {
  return new DpdkError({
    operation: "find the DPDK inside this program",
    reason: "it was compiled without one",
    hint: "compile it with `deno task compile` of a checkout of denodpdk",
  });
}

/** What a {@linkcode DpdkError} is made of. */
export interface DpdkErrorInit {
  /** The operation that failed, with its object: `rte_ring_create(PRI_2_SEC)`. */
  operation: string;
  /** The positive errno or rte_errno; that of `code` where left out, 0 where there is none. */
  errno?: number;
  /** The name of the errno, as `EEXIST`; empty where there is none. */
  code?: string;
  /** Why it failed: the text of `rte_strerror`, or words of this toolkit. */
  reason: string;
  /** What helps, where that is known. */
  hint?: string;
}

/**
 * What a call of DPDK throws when it is refused. The message is one line:
 * `rte_ring_create(PRI_2_SEC): EEXIST: File exists (hint)`.
 *
 * @example Do something else where there is no such ring
 * ```ts
 * import { DpdkError, Ring } from "denodpdk";
 *
 * function lookupOrCreate(name: string): Ring {
 *   try {
 *     return Ring.lookup(name);
 *   } catch (error) {
 *     if (error instanceof DpdkError && error.code === "ENOENT") return Ring.create(name, 1024);
 *     throw error;
 *   }
 * }
 * ```
 */
export class DpdkError extends Error {
  /** Always `"DpdkError"`. */
  override readonly name = "DpdkError";
  /** The operation that failed, with its object. */
  readonly operation: string;
  /** The positive errno or rte_errno; 0 where the failure has none. */
  readonly errno: number;
  /** The name of the errno, as `EEXIST`; empty where there is none. */
  readonly code: string;
  /** What went wrong: rte_strerror's text, or our own words. */
  readonly reason: string;
  /** The cure, where we know it. */
  readonly hint: string | undefined;

  /** An error whose message says in one line what failed, why, and what helps. */
  constructor({ operation, code = "", errno, reason, hint }: DpdkErrorInit) {
    const why = code ? `${code}: ${reason}` : reason;
    super(`${operation}: ${why}${hint ? ` (${hint})` : ""}`);
    this.operation = operation;
    this.errno = errno ?? ERRNOS[code] ?? 0;
    this.code = code;
    this.reason = reason;
    this.hint = hint;
  }
}
