/**
 * Many attaches to one primary.
 *
 * @module
 */

import { assertEquals } from "../assert.ts";
import { settledAccounts } from "./inspect.ts";
import { note } from "./note.ts";
import { testPrefix } from "./prefix.ts";
import { fixture, LCORES, program } from "./program.ts";
import { type Maker, POOL_SIZE, startSimpleMp } from "./simple_mp.ts";

/** One of so many is a whole simple_mp; its receiving lcore, which the others lack, takes half of its time. */
const WHOLE = 10;

/**
 * Attaches `count` secondaries to a primary, two at a time. Each sends one message and ends; all must
 * succeed and all messages arrive.
 */
export async function attachInARow(maker: Maker, count: number): Promise<void> {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix, { maker, type: "primary" });
  const failures: string[] = [];
  const sent: string[] = [];
  const times: number[] = [];
  const attach = async (lcores: string) => {
    const name = `attach_${sent.length}`;
    const whole = sent.length % WHOLE === 0;
    sent.push(name);
    const start = performance.now();
    const eal = prefix.eal({ type: "secondary", lcores });
    const secondary = whole
      ? prefix.spawn(name, program("simple_mp"), eal)
      : prefix.spawn(name, fixture("send"), [name, ...eal]);
    if (whole) await secondary.send(`send ${name}`);
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
  assertEquals(await settledAccounts(prefix), all);
  times.sort((a, b) => a - b);
  const ms = (part: number) => Math.round(times[Math.floor((times.length - 1) * part)] ?? 0);
  note(`${count} attaches; start to end: median ${ms(0.5)} ms, longest ${ms(1)} ms`);
}
