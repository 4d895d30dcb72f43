/**
 * Counts the packets of a primary's ports from outside, for either side of a row in the same way:
 * a secondary that answers each line on stdin with a line of JSON, `{"ns":…,"rx":…,"tx":…}`.
 *
 *     watch.ts FILE_PREFIX
 *
 * @module
 */

import { Eal, Port } from "../../../mod.ts";
import { tscCycles, tscCyclesPerSecond } from "../../../ffi/eal_api.ts";

using _eal = Eal.attach({ filePrefix: Deno.args[0] ?? "" });
const ports = Port.list().map(({ id }) => Port.attach(id));
const perNs = tscCyclesPerSecond() / 1e9;
const decoder = new TextDecoder();
for await (const bytes of Deno.stdin.readable) {
  for (const _line of decoder.decode(bytes).matchAll(/\n/g)) {
    // the time of the first counter is the time of all: they are read within a microsecond
    const ns = tscCycles() / perNs;
    let rx = 0;
    let tx = 0;
    for (const port of ports) {
      const { ipackets, opackets } = port.stats();
      rx += ipackets;
      tx += opackets;
    }
    console.log(JSON.stringify({ ns, rx, tx }));
  }
}
