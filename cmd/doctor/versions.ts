/**
 * Which versions of DPDK this project is made for, and on which it was tried.
 *
 * @module
 */

/** The long-term releases whose layouts and options the shim knows, and whether the suite ran there. */
const RELEASES: Record<string, "tested" | "built"> = {
  "22.11": "tested",
  "23.11": "built",
  "24.11": "tested",
  "25.11": "tested",
};

/** What is known of a version of DPDK. */
export interface Support {
  /** What is to be said of it: `tested`. */
  state: string;
  /** What a user should know before relying on it; `undefined` where all is well. */
  warning?: string;
}

/**
 * What is known of a version.
 *
 * @param version As pkg-config says it: `22.11.11`.
 */
export function supportOf(version: string): Support {
  const release = version.split(".", 2).join(".");
  const supported = Object.keys(RELEASES).join(", ");
  switch (Object.hasOwn(RELEASES, release) ? RELEASES[release] : undefined) {
    case "tested":
      return { state: "tested" };
    case "built":
      return { state: "builds", warning: "the suite was not run with all of this release" };
    default:
      return { state: "not supported", warning: `supported are ${supported}` };
  }
}
