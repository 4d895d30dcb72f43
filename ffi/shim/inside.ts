/**
 * Makes a compiled program use the DPDK that it carries.
 *
 * @module
 */

import { carryBundle } from "../boundary/library.ts";
import { bundleManifest, coreManifest, extractBundle } from "./extract.ts";

/** Uses the DPDK inside a compiled program, in this thread. */
export function useBundleInside(): void {
  carryBundle(() => ({
    ...bundleManifest(),
    extract: () => extractBundle().library,
    core() {
      const manifest = coreManifest();
      return manifest && { ...manifest, extract: () => extractBundle({ kind: "core" }).library };
    },
  }));
}
