/** A signal that the kernel gives to another thread than the one in which EAL starts. */

import { assert, assertEquals } from "../assert.ts";
import {
  ALL_PROGRAMS,
  argsOf,
  INTERRUPTED,
  interruptOtherThread,
  program,
  testPrefix,
  until,
} from "../harness.ts";

/** So much memory that EAL goes on making files of hugepages for a while after the first one. */
const MANY_PAGES = ["-m", "256"];

for (const name of ALL_PROGRAMS.filter((it) => it !== "mp_client")) {
  Deno.test(`${name}: SIGINT to any thread while EAL makes its files leaves none of them`, async () => {
    await using prefix = testPrefix();
    const process = prefix.spawn(name, program(name), [...MANY_PAGES, ...argsOf(prefix, name)]);
    await until(
      () => !process.running || prefix.files().some((path) => path.includes("map_")),
      `${name} to make its first hugepage file`,
    );
    assert(interruptOtherThread(process.pid), `${name} has one thread only`);
    const { code } = await process.ended();
    // on a busy machine it may run before the signal is sent
    assert(code === 130 || code === INTERRUPTED[name], `status ${code}, ${process.stderr}`);
    assertEquals(prefix.files(), []);
  });
}
