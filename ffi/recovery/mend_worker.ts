/**
 * The mender's thread: waits until a process ends or some time has passed, and then looks.
 *
 * @module
 */

import { chooseLibrary, shim } from "../boundary/library.ts";
import { errorLine, Look, type MenderData, type MenderReport } from "./mend.ts";
import { Mending } from "./mending.ts";

/** The part of a Worker's global scope that is used here. */
interface Scope {
  onmessage: ((event: MessageEvent<MenderData>) => void) | null;
  postMessage(report: MenderReport): void;
}

const scope = globalThis as typeof globalThis & Scope;

scope.onmessage = ({ data }) => {
  const say = (line: string) => scope.postMessage({ kind: "said", line });
  try {
    chooseLibrary(data.library);
    using mending = new Mending(data, {
      say,
      onSettled: (pid) => scope.postMessage({ kind: "settled", pid }),
    });
    const looks = new Int32Array(data.looks);
    for (let ready = -1; ready !== 0;) {
      const wait = mending.look(ready > 0);
      Atomics.store(looks, Look.PENDING, mending.pending);
      Atomics.add(looks, Look.COUNT, 1);
      const fds = Uint32Array.from([data.stop, ...mending.descriptors]);
      ready = shim().shim_process_await(fds, fds.length, wait);
    }
  } catch (error) {
    say(`recovery unavailable: ${errorLine(error)}`);
  }
  scope.postMessage({ kind: "ended" });
};
