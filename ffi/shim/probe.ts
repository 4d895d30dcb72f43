/**
 * Prints, as JSON, the tail queues and the table of mempool operations that a linkage of the shim
 * has. Run by the build; EAL is started with memory of its own for that.
 *
 * @module
 */

import { chooseLibrary, shim } from "../boundary/library.ts";
import { cStrings, readText } from "../boundary/native.ts";
import { removeQuietly } from "../host/remove.ts";
import { runtimeFolder } from "../host/runtime.ts";

const [library = ""] = Deno.args;
chooseLibrary(library);
const prefix = `denodpdk_probe_${Deno.pid}`;
const args = [
  "probe",
  "--no-huge",
  "--no-shconf",
  "--no-pci",
  "--no-telemetry",
  "-m",
  "16",
  `--file-prefix=${prefix}`,
];
const text = cStrings(args);
const none = new Uint8Array(1);
const result = shim().shim_eal_init(args.length, text, text.length, none, 0, 0, none);
const log = readText((text, len) => shim().shim_log_held(text, len));
shim().shim_log_release(0);
// EAL makes a runtime folder although it shares nothing
removeQuietly(runtimeFolder(prefix));
if (result < 0) {
  console.error(`error: EAL cannot start: ${log.trim().split("\n").pop()}`);
  Deno.exit(1);
}
const ops: string[] = [];
for (let index = 0; shim().shim_mempool_ops_table(index, new Uint8Array(1), 1) >= 0; index++) {
  ops.push(readText((text, len) => shim().shim_mempool_ops_table(index, text, len)));
}
const tailqs = readText((text, len) => shim().shim_eal_tailqs(text, len))
  .matchAll(/qname:<([^>]+)>/g);
console.log(JSON.stringify({ tailqs: Array.from(tailqs, ([, name]) => name), ops }));
