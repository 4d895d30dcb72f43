/** Whose reservation it is that a ring waits for, from what can be seen. */

import { assertEquals } from "../../assert.ts";
import {
  decide,
  type SideSlot,
  type TornSide,
  type Verdict,
} from "../../../ffi/recovery/decide.ts";

const DEAD = 1n;
const ALIVE = 2n;

/** A slot of a dead thread that has 4 objects from 100 on, but for what is said. */
function slot(what: Partial<SideSlot> = {}): SideSlot {
  const owner = what.living ? ALIVE : DEAD;
  return {
    index: 0,
    state: "got",
    head: 100,
    count: 4,
    content: 0n,
    living: false,
    owner,
    ...what,
  };
}

/** What comes of a side that is torn at 100. */
function verdict(what: Partial<TornSide>) {
  const side = { tail: 100, head: 104, slots: [], foreignInside: [], foreignDead: [] };
  return decide({ ...side, foreignBehind: [], ...what });
}

const finish = (count: number, slot?: SideSlot): Verdict => ({ kind: "finish", count, slot });

Deno.test("a dead thread that has the place is finished, whoever waits behind it", () => {
  const dead = slot();
  assertEquals(verdict({ slots: [dead] }), finish(4, dead));
  const behind = slot({ living: true, head: 104, count: 9 });
  assertEquals(verdict({ head: 113, slots: [behind, dead] }), finish(4, dead));
});

Deno.test("a living thread that has the place, or may have it, is waited for", () => {
  for (const state of ["got", "trying"] as const) {
    const living = slot({ living: true, state });
    const slots = [living, slot({ state: "trying" })];
    assertEquals(verdict({ slots }), { kind: "wait", owners: [ALIVE], pids: [] });
  }
  const slots = [slot({ state: "trying" })];
  assertEquals(verdict({ slots, foreignInside: [7] }), { kind: "wait", owners: [], pids: [7] });
});

Deno.test("a living thread that only tries does not keep a dead one's place from being finished", () => {
  const dead = slot();
  const slots = [slot({ living: true, state: "trying" }), dead];
  assertEquals(verdict({ slots, foreignInside: [7] }), finish(4, dead));
});

Deno.test("slots that are about another place do not count", () => {
  const dead = slot();
  const elsewhere = slot({ living: true, head: 50, state: "got" });
  assertEquals(verdict({ slots: [elsewhere, dead] }), finish(4, dead));
});

Deno.test("of two dead threads that tried, the one whose objects end where the next begin", () => {
  const two = slot({ state: "trying", count: 2 });
  const four = slot({ state: "trying", count: 4 });
  assertEquals(verdict({ slots: [two, four] }), finish(4, four));
  const behind = slot({ living: true, head: 102, count: 2 });
  assertEquals(verdict({ slots: [four, two, behind] }), finish(2, two));
});

Deno.test("dead threads behind each other that all only tried", () => {
  const first = slot({ state: "trying", count: 1 });
  const second = slot({ state: "trying", head: 101, count: 3 });
  assertEquals(verdict({ slots: [second, first] }), finish(1, first));
});

Deno.test("a living thread that tries to come behind shows where it is as soon as it goes on", () => {
  const first = slot({ state: "trying", count: 1 });
  const behind = slot({ living: true, state: "trying", head: 101, count: 3 });
  assertEquals(verdict({ slots: [first, behind] }), { kind: "again" });
});

Deno.test("a dead foreign process has all up to the next place that is known", () => {
  const foreignDead = [{ counts: undefined }];
  assertEquals(verdict({ foreignDead }), finish(4, undefined));
  const behind = slot({ living: true, head: 103, count: 1 });
  assertEquals(verdict({ foreignDead, slots: [behind] }), finish(3, undefined));
});

Deno.test("with foreign threads behind, what their caches hold must add up in one way", () => {
  const dead = (...counts: number[]) => ({ counts });
  const head = 100 + 384 + 300;
  const foreignDead = [dead(384)];
  assertEquals(verdict({ head, foreignDead, foreignBehind: [dead(300)] }), finish(384, undefined));
  assertEquals(
    verdict({ head: 484, foreignDead, foreignBehind: [dead(9)] }),
    finish(384, undefined),
  );
  const either = verdict({
    head,
    foreignDead: [dead(384), dead(300)],
    foreignBehind: [dead(384, 300)],
  });
  assertEquals(either, { kind: "unclear" });
  const unknown = { foreignDead, foreignBehind: [{ counts: undefined }] };
  assertEquals(verdict({ head, ...unknown }), { kind: "unclear" });
});

Deno.test("places are counted modulo 2^32", () => {
  const dead = slot({ head: 0xffff_fffe });
  assertEquals(verdict({ tail: 0xffff_fffe, head: 2, slots: [dead] }), finish(4, dead));
});
