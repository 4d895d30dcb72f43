/** A signal that the kernel gives to a thread in which EAL does not start. */

import { assert, assertEquals } from "../assert.ts";
import {
  ALL_PROGRAMS,
  argsOf,
  INTERRUPTED,
  interruptThread,
  program,
  testPrefix,
  until,
} from "../harness.ts";

/** So much memory that EAL goes on making files of hugepages for a while after the first one. */
const MANY_PAGES = ["-m", "256"];

const names = ALL_PROGRAMS.filter((it) => it !== "mp_client");
const threads = ["first", "other"] as const;

for (const [name, which] of names.flatMap((name) => threads.map((it) => [name, it] as const))) {
  Deno.test(`${name}: SIGINT to the ${which} thread while EAL makes its files leaves none`, async () => {
    await using prefix = testPrefix();
    const process = prefix.spawn(name, program(name), [...MANY_PAGES, ...argsOf(prefix, name)]);
    await until(
      () => !process.running || prefix.files().some((path) => path.includes("map_")),
      `${name} to make its first hugepage file`,
    );
    assert(interruptThread(process.pid, which), `${name} has no ${which} thread`);
    const { code } = await process.ended();
    // on a busy machine it may run before the signal is sent
    assert(code === 130 || code === INTERRUPTED[name], `status ${code}, ${process.stderr}`);
    assertEquals(prefix.files(), []);
  });
}
