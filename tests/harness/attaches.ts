/**
 * Many attaches to one primary.
 *
 * @module
 */

import { assertEquals } from "../assert.ts";
import { accounts } from "./inspect.ts";
import { note } from "./note.ts";
import { testPrefix } from "./prefix.ts";
import { LCORES, program } from "./program.ts";
import { type Maker, POOL_SIZE, startSimpleMp } from "./simple_mp.ts";

/**
 * Attaches `count` secondaries to a primary, two at a time. Each is a whole simple_mp that sends
 * one message and ends with its input; all must succeed and all messages arrive.
 */
export async function attachInARow(maker: Maker, count: number): Promise<void> {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix, { maker, type: "primary" });
  const failures: string[] = [];
  const sent: string[] = [];
  const times: number[] = [];
  const attach = async (lcores: string) => {
    const name = `attach_${sent.length}`;
    sent.push(name);
    const start = performance.now();
    const secondary = prefix.spawn(
      name,
      program("simple_mp"),
      prefix.eal({ type: "secondary", lcores }),
    );
    await secondary.send(`send ${name}`);
    await secondary.closeStdin();
    const { code } = await secondary.ended();
    times.push(performance.now() - start);
    if (code !== 0) failures.push(`${name}: status ${code}: ${secondary.stderr}`);
  };
  await Promise.all([LCORES.second, LCORES.third].map(async (lcores) => {
    while (sent.length < count) await attach(lcores);
  }));
  assertEquals(failures, []);
  assertEquals([...await primary.receives(count)].sort(), sent.toSorted());
  const all = { available: POOL_SIZE, inRings: 0, size: POOL_SIZE, lost: 0 };
  assertEquals(await accounts(prefix), all);
  times.sort((a, b) => a - b);
  const ms = (part: number) => Math.round(times[Math.floor((times.length - 1) * part)] ?? 0);
  note(`${count} attaches; start to end: median ${ms(0.5)} ms, longest ${ms(1)} ms`);
}
