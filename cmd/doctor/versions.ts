/**
 * Which versions of DPDK this project is made for, and on which it was tried.
 *
 * @module
 */

/** The long-term releases whose layouts and options the shim knows, and what of the suite ran there. */
const RELEASES: Record<string, "all" | "parts"> = {
  "22.11": "all",
  "23.11": "parts",
  "24.11": "all",
  "25.11": "all",
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
    case "all":
      return { state: "tested" };
    case "parts": {
      const warning =
        "the tests of the library, of the samples and with C peers ran, not the others";
      return { state: "tested in parts", warning };
    }
    default:
      return { state: "not supported", warning: `supported are ${supported}` };
  }
}
