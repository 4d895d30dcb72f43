/**
 * What a script can import by name: the entries of deno.json, as modules of this program, so that a
 * script and `program()` have the same EAL.
 *
 * @module
 */

/** The modules behind the names. */
export const ENTRIES: Readonly<Record<string, URL>> = {
  "denodpdk": new URL("../../../mod.ts", import.meta.url),
  "denodpdk/net": new URL("../../../ffi/net/net.ts", import.meta.url),
  "denodpdk/pcap": new URL("../../../ffi/pcap/pcap.ts", import.meta.url),
  "denodpdk/eal": new URL("../../../ffi/eal_api.ts", import.meta.url),
  "denodpdk/recovery": new URL("../../../ffi/recovery/recovery.ts", import.meta.url),
  "denodpdk/supervise": new URL("../../../ffi/supervise/supervise.ts", import.meta.url),
  "denodpdk/traffic": new URL("../../../ffi/traffic/traffic.ts", import.meta.url),
};

/** The module that each module of a script imports first. */
export const THREAD = new URL("./thread.ts", import.meta.url);

/** The module that makes modules ready while a script runs. */
export const LATE = new URL("./late.ts", import.meta.url);

/** Whether a URL is one of this library's own modules, such as that of an lcore's Worker. */
export function isOwnModule(url: string): boolean {
  return url.startsWith(new URL("../../../ffi/", import.meta.url).href);
}

/** How only a compiled program can be given a package. */
const ELSEWHERE = /^(npm|jsr|https?):/;

/** Why a name cannot be imported by a script; undefined where it may be one that can. */
export function refusalOf(
  name: string,
  file: string,
): { reason: string; hint: string } | undefined {
  if (!ELSEWHERE.test(name)) return undefined;
  return {
    reason: `imports '${name}', which only a compiled program can bring along`,
    hint: `run \`deno task compile ${file}\` where Deno is`,
  };
}
