/**
 * One look of the mender: it notices which processes have died and which sides of rings are torn,
 * and finishes what can be finished.
 *
 * @module
 */

import { stateOf } from "../host/identity.ts";
import { shim } from "../boundary/library.ts";
import { Mempool } from "../mempool.ts";
import { toPointer } from "../boundary/native.ts";
import { Ring } from "../ring.ts";
import { decide, type ForeignGuess, type SideSlot, type Verdict } from "./decide.ts";
import { ForeignWatch } from "./foreign.ts";
import { Journal, type Side } from "./journal.ts";
import type { MenderData } from "./mend.ts";
import { MenderRole } from "./mender_role.ts";
import { nameOf, type Peer, Peers } from "./peers.ts";
import { type Participant, Quiesce } from "./quiesce.ts";
import { Settler } from "./settle.ts";

/**
 * Milliseconds that the mender sleeps when all is well; below, when something must be finished
 * soon.
 */
const REST = 50;
const SOON = 2;

/**
 * Number of looks before the process that is waited for is named: it may go on by itself before.
 */
const PATIENT_LOOKS = 20;

/** A ring that is watched, and what its elements are. */
interface Watched {
  name: string;
  pointer: Deno.PointerObject;
  address: bigint;
  /** The pool that keeps its elements in this ring. */
  pool: Mempool | undefined;
  /** Whether foreign processes move one object at a time in this ring. */
  single: boolean;
}

/** A side of a ring that is or was torn. */
interface SideWatch {
  tail: number;
  foreign: ForeignWatch;
  looks: number;
  /** The last line that said who is waited for. */
  said: string;
}

/** A dead process, and the updates that it may have left unfinished. */
interface Dead {
  peer: Peer;
  /**
   * The head of each side when the process was first known to be dead, until the tail has passed
   * that place.
   */
  sides: Map<string, number>;
  /** Whether it was killed; what may have ended in order is looked at for unfinished updates alone. */
  killed: boolean;
}

/** What {@linkcode Mending} reports. */
export interface MendingEvents {
  say: (line: string) => void;
  onSettled: (pid: number) => void;
}

const SIDES: readonly Side[] = ["consumer", "producer"];

/** Finishes what dead processes began; {@linkcode Mending.look} does the work. */
export class Mending implements Disposable {
  readonly #journal: Journal;
  readonly #peers: Peers;
  readonly #events: MendingEvents;
  readonly #pools: readonly Mempool[];
  readonly #rings: readonly Watched[];
  readonly #spare: Watched | undefined;
  readonly #torn = new Map<string, SideWatch>();
  readonly #settler: Settler;
  readonly #role: MenderRole;
  readonly #participant: Participant;
  #inside = false;
  #dead: Dead[] = [];
  /**
   * Dead foreign primaries that another process is to mend. Nothing shows when it has done so, as a
   * socket or an entry in the journal does for other processes, and it may die before.
   */
  #left: Dead[] = [];
  /** Whether this process mended at the last look. */
  #mends = false;
  /** Elements that dead processes had taken, and the pools' rings that they must be put into. */
  #owed: { to: Watched; objs: bigint[] }[] = [];
  readonly #ends = new Uint32Array(4);

  /** @throws {DpdkError} ENOENT when a pool or a ring does not exist. */
  constructor(data: MenderData, events: MendingEvents) {
    const journal = Journal.find();
    if (!journal) throw new Error("there is no journal");
    this.#journal = journal;
    this.#events = events;
    this.#pools = data.pools.map((name) => Mempool.lookup(name));
    const { largestPut } = data;
    this.#settler = new Settler({
      pools: this.#pools,
      ...(largestPut === undefined ? {} : { largestPut }),
    });
    this.#participant = Quiesce.open().join({ serves: true });
    const rings = data.rings.map((name) => watch(Ring.lookup(name).pointer, { name, data }));
    const pools = this.#pools.flatMap((pool) => poolRing(pool) ?? []);
    this.#rings = [...pools, ...rings];
    this.#spare = pools.find(({ name }) => name === data.spare);
    this.#peers = new Peers(journal, data.runtimeFolder);
    this.#role = new MenderRole(journal, shim().shim_eal_process_type() === 0);
  }

  /** Descriptors that become readable when there is something to look at. */
  get descriptors(): number[] {
    return this.#peers.descriptors;
  }

  /**
   * The number of dead processes whose updates are not all finished, plus the number of pools that
   * must still get elements back.
   */
  get pending(): number {
    return this.#dead.length + this.#owed.length + this.#settler.inHand;
  }

  /**
   * Looks once, and finishes what can be finished.
   *
   * @param ended whether one of the descriptors is readable.
   * @returns milliseconds until the next look.
   */
  look(ended: boolean): number {
    const died = this.#peers.refresh(ended);
    for (const peer of died) {
      this.#dead.push({ peer, sides: this.#heads(), killed: peer.killed });
    }
    const mends = this.#isMender();
    if (mends && this.#role.succeeds && this.#dead.length === 0) {
      // the mender before may have ended before lost elements were given back
      this.#role.settleSuccession();
      this.#events.onSettled(0);
    }
    if (this.#dead.length === 0 && !this.#inside) {
      if (this.#left.length > 0) this.#followLeft();
      return REST;
    }
    // an audit may be under way, which repairs too
    if (mends && !this.#enter()) return SOON;
    let torn = 0;
    for (const ring of this.#rings) {
      for (const side of SIDES) if (this.#lookAt(ring, side, mends)) torn++;
    }
    this.#forgetSettled(mends);
    if (mends) this.#payBack();
    if (this.#owed.length === 0 && this.#settler.give()) this.#leave();
    return (torn > 0 && this.#dead.length > 0) || this.#inside ? SOON : REST;
  }

  /** Looks which updates of those that are left to another process are over. */
  #followLeft(): void {
    for (const ring of this.#rings) {
      for (const side of SIDES) {
        forgetPassed(this.#left, keyOf(ring, side), this.#endsOf(ring, side));
      }
    }
  }

  #enter(): boolean {
    this.#inside ||= this.#participant.tryEnter();
    return this.#inside;
  }

  /** Comes out of the quiesce table; this thread holds nothing. */
  #leave(): void {
    this.#participant.leave();
    this.#inside = false;
  }

  [Symbol.dispose](): void {
    this.#participant[Symbol.dispose]();
    this.#role[Symbol.dispose]();
    this.#peers[Symbol.dispose]();
  }

  /** Whether this process mends. */
  #isMender(): boolean {
    const idle = this.pending === 0 && !this.#inside;
    const holds = this.#role.holds((identity) => this.#peers.isLiving(identity), idle);
    // otherwise it would not know what its own threads do
    const { selfTells } = this.#journal;
    if (holds && selfTells && !this.#mends) this.#takeOver();
    this.#mends = holds && selfTells;
    return holds && (selfTells || this.#dead.length === 0);
  }

  /** Begins with what was left by those of whose death, or whose mending, this process is not sure. */
  #takeOver(): void {
    const left = this.#left.splice(0);
    // deaths before this process came are not known. Another killed process than a foreign primary,
    // whose caches were not emptied, has left its socket or its entry in the journal: so the caches
    // of all other lcores are in order
    if (left.length === 0) left.push({ peer: NOBODY_KNOWN, sides: this.#heads(), killed: true });
    this.#dead.push(...left);
  }

  /** Tail and head of a side. */
  #endsOf({ pointer }: Watched, side: Side): [tail: number, head: number] {
    shim().shim_mend_look(pointer, this.#ends);
    const at = side === "producer" ? 0 : 2;
    return [this.#ends[at] ?? 0, this.#ends[at + 1] ?? 0];
  }

  /** The heads of all sides now. */
  #heads(): Map<string, number> {
    return new Map(
      this.#rings.flatMap((ring) =>
        SIDES.map((side): [string, number] => [keyOf(ring, side), this.#endsOf(ring, side)[1]])
      ),
    );
  }

  /** Whether the side is still torn. */
  #lookAt(ring: Watched, side: Side, mends: boolean): boolean {
    const key = keyOf(ring, side);
    const [tail, head] = this.#endsOf(ring, side);
    forgetPassed(this.#dead, key, [tail, head]);
    if (tail === head) {
      this.#torn.delete(key);
      return false;
    }
    if (!mends) return true;
    const foreign = this.#foreign();
    let watch = this.#torn.get(key);
    if (watch?.tail !== tail) {
      const pids = foreign.map(({ pid }) => pid);
      watch = { tail, foreign: new ForeignWatch(pids), looks: 0, said: "" };
      this.#torn.set(key, watch);
    }
    watch.looks++;
    const verdict = this.#decide(ring, side, { tail, head }, watch, foreign);
    // what was seen is valid only if the tail has not moved meanwhile
    if (this.#endsOf(ring, side)[0] !== tail) return true;
    this.#act(ring, side, verdict, { tail, head, watch });
    return true;
  }

  /** Processes that do not write the journal. */
  #foreign(): Peer[] {
    return this.#peers.living.filter(({ tells }) => !tells);
  }

  #decide(
    ring: Watched,
    side: Side,
    { tail, head }: { tail: number; head: number },
    watch: SideWatch,
    foreign: readonly Peer[],
  ): Verdict {
    const dead = new Set(this.#dead.map(({ peer }) => peer.identity));
    const slots = this.#journal.slots()
      .filter((slot) => slot.ring === ring.address && slot.side === side && slot.state !== "idle")
      .map((slot): SideSlot => ({ ...slot, living: !dead.has(slot.owner) }));
    const inside = watch.foreign.inside(foreign.map(({ pid }) => pid));
    const guess = (peer: Peer): ForeignGuess => ({ counts: countsOf(ring, side, peer) });
    const foreignDead = this.#suspects(keyOf(ring, side)).map(({ peer }) => guess(peer));
    const ours = slots.some((slot) => !slot.living && slot.head === tail);
    return decide({
      tail,
      head,
      slots,
      foreignInside: inside,
      // a process has made the reservation, and no living one
      foreignDead: ours || foreignDead.length > 0 ? foreignDead : [{ counts: undefined }],
      foreignBehind: foreign.flatMap((peer) =>
        Array.from({ length: watch.foreign.behind(peer.pid) }, () => guess(peer))
      ),
    });
  }

  /** Dead foreign processes that may have left a side torn: killed ones, if there are any. */
  #suspects(key: string): Dead[] {
    const all = this.#dead.filter(({ peer, sides }) => !peer.tells && sides.has(key));
    const killed = all.filter((dead) => dead.killed);
    return killed.length > 0 ? killed : all;
  }

  #act(
    ring: Watched,
    side: Side,
    verdict: Verdict,
    { tail, head, watch }: { tail: number; head: number; watch: SideWatch },
  ): void {
    if (verdict.kind === "finish") {
      const { count, slot } = verdict;
      const suspects = slot ? [] : this.#suspects(keyOf(ring, side));
      const done = side === "producer"
        ? this.#finishPut(ring, tail, head, count, slot)
        : this.#finishTake(ring, tail, head, count);
      if (!done) return;
      // what ends in order leaves nothing unfinished
      for (const suspect of suspects) suspect.killed = true;
      const ours = this.#dead.find(({ peer }) => peer.identity === slot?.owner)?.peer;
      const foreign = this.#dead.filter(({ peer }) => !peer.tells && peer.pid > 0);
      const dead = ours ?? (foreign.length === 1 ? foreign[0]?.peer : undefined);
      const who = nameOf(dead ?? NOBODY_KNOWN);
      this.#events.say(`Finished what ${who} began in ${ring.name}`);
      return;
    }
    if (watch.looks < PATIENT_LOOKS || verdict.kind === "again") return;
    const line = this.#waitingLine(ring, verdict);
    // said once, and again when the line changes
    if (line !== watch.said) this.#events.say(line);
    watch.said = line;
  }

  #waitingLine({ name }: Watched, verdict: Verdict & { kind: "wait" | "unclear" }): string {
    if (verdict.kind === "unclear") {
      const names = this.#foreign().map(nameOf).join(", ");
      return `Waits for the end of ${names}: what a killed process began in ${name} cannot be ` +
        `told apart from what they do`;
    }
    const peers = this.#peers.living.filter(({ identity, pid }) =>
      verdict.owners.includes(identity) || verdict.pids.includes(pid)
    );
    const names = peers.map((peer) => {
      const state = stateOf(peer.pid);
      const stopped = state === "T" || state === "t";
      const certain = verdict.owners.includes(peer.identity);
      return `${nameOf(peer)}, which ${stopped ? "is stopped and " : ""}${
        certain ? "is" : "may be"
      } inside an update of ${name}`;
    });
    const own = verdict.owners.includes(this.#journal.self) ? [`itself, inside ${name}`] : [];
    return `Waits for ${[...names, ...own].join("; for ")}`;
  }

  /** Finishes a put that a dead thread began; false when that is not possible yet. */
  #finishPut(
    ring: Watched,
    tail: number,
    head: number,
    count: number,
    slot: SideSlot | undefined,
  ): boolean {
    const none = new BigUint64Array(0);
    const pool = ring.pool?.pointer ?? null;
    const put = (content: bigint, objs: BigUint64Array<ArrayBuffer>) =>
      shim().shim_mend_put(ring.pointer, tail, count, content, objs, pool) > 0;
    if (slot && slot.content !== 0n) return put(slot.content, none);
    const last = ((head - tail) >>> 0) === count;
    if (last && shim().shim_mend_return(ring.pointer, 0, tail, count) > 0) return true;
    if (ring.pool && this.#finishFromCache(ring.pool, tail, count)) return true;
    if (!this.#spare && !ring.pool) return false;
    const from = ring.pool ? ring : this.#spare;
    const spares = new BigUint64Array(count);
    if (!from || shim().shim_mend_spare(from.pointer, spares, count) === 0) return false;
    if (!ring.pool) { for (const spare of spares) clear(from.pool, spare); }
    if (put(0n, spares)) return true;
    this.#owed.push({ to: from, objs: [...spares] });
    return false;
  }

  /**
   * Finishes a put from the cache that a dead foreign process was flushing, where only one cache is
   * possible.
   */
  #finishFromCache(pool: Mempool, tail: number, count: number): boolean {
    const lcores = this.#dead.flatMap(({ peer }) => peer.tells ? [] : peer.lcores)
      .filter((lcore) => shim().shim_mempool_cache_count(pool.pointer, lcore) === count);
    const [lcore] = lcores;
    return lcores.length === 1 && lcore !== undefined && pool.finishPut(lcore, tail) > 0;
  }

  /**
   * Finishes a take that a dead thread began: the elements stay where they are, or are given back.
   */
  #finishTake(ring: Watched, tail: number, head: number, count: number): boolean {
    const last = ((head - tail) >>> 0) === count;
    if (last && shim().shim_mend_return(ring.pointer, 1, tail, count) > 0) return true;
    const objs = new BigUint64Array(count);
    if (shim().shim_mend_take(ring.pointer, tail, count, objs) === 0) return false;
    // objects of a ring that belongs to no pool are lost
    const to = ring.pool ? ring : this.#spare;
    if (to) this.#owed.push({ to, objs: [...objs] });
    return true;
  }

  /** Puts elements back into the pools that must get them, except where an update is under way. */
  #payBack(): void {
    this.#owed = this.#owed.flatMap(({ to, objs }) => {
      while (objs.length > 0) {
        const some = BigUint64Array.from(objs.slice(0, CHUNK));
        if (shim().shim_mend_give(to.pointer, some, some.length) === 0) break;
        objs = objs.slice(some.length);
      }
      return objs.length > 0 ? [{ to, objs }] : [];
    });
  }

  /** Forgets dead processes that left nothing unfinished. */
  #forgetSettled(mends: boolean): void {
    const slots = this.#journal.slots();
    const there = new Set(this.#journal.processes().map(({ identity }) => identity));
    this.#dead = this.#dead.filter((dead) => {
      const { peer, sides, killed } = dead;
      // another mender has forgotten this process already
      if (peer.journal && !there.has(peer.identity)) return false;
      const inside = sides.size > 0 &&
        !(peer.tells &&
          slots.every((slot) => slot.owner !== peer.identity || !this.#isInside(slot, sides)));
      // the process that mends has not done so yet
      if (!mends) {
        if (peer.journal !== undefined || this.#peers.hasSocket(peer)) return true;
        if (this.#peers.isForeignPrimary(peer)) this.#left.push(dead);
        return false;
      }
      if (inside) return true;
      if (!killed) return false;
      this.#journal.whileSettling(() => {
        this.#settler.settle({ lcores: this.#leftLcores(peer), tells: peer.tells });
        if (peer.journal) this.#journal.forget(peer.journal);
      });
      this.#peers.bury(peer);
      if (peer.pid !== 0) this.#events.onSettled(Math.abs(peer.pid));
      return false;
    });
  }

  /** The lcores of a dead process whose caches no living process uses. */
  #leftLcores({ lcores }: Peer): number[] {
    const dead = new Set(this.#dead.map(({ peer }) => peer.identity));
    const living = [
      ...this.#journal.processes().filter(({ identity, admitted }) =>
        admitted && !dead.has(identity)
      ),
      ...this.#peers.living.filter(({ journal }) => !journal),
    ];
    const taken = new Set(living.flatMap(({ lcores }) => lcores));
    return lcores.filter((lcore) => !taken.has(lcore));
  }

  /** Whether the reservation of a dead thread may still be open in the ring that its slot names. */
  #isInside(
    { ring, side, state, head }: { ring: bigint; side: Side; state: string; head: number },
    sides: Map<string, number>,
  ): boolean {
    const watched = this.#rings.find(({ address }) => address === ring);
    if (!watched || state === "idle" || !sides.has(keyOf(watched, side))) return false;
    const [tail, end] = this.#endsOf(watched, side);
    return ((head - tail) >>> 0) < ((end - tail) >>> 0);
  }
}

/** Number of objects that are given back in one call. */
const CHUNK = 64;

const NOBODY_KNOWN: Peer = {
  identity: 0n,
  pid: 0,
  name: "",
  lcores: [],
  journal: undefined,
  tells: false,
};

/** Forgets the reservations of dead processes on a side that are behind its tail. */
function forgetPassed(
  dead: readonly Dead[],
  key: string,
  [tail, head]: [tail: number, head: number],
): void {
  for (const { sides } of dead) {
    const at = sides.get(key);
    if (at === undefined) continue;
    // no update is under way, so later ones belong to living processes; or the tail is there, or
    // beyond, by signed numbers
    if (tail === head || ((tail - at) | 0) >= 0) sides.delete(key);
  }
}

const keyOf = ({ address }: Watched, side: Side) => `${address} ${side}`;

function watch(
  pointer: Deno.PointerObject,
  { name, data }: { name: string; data: MenderData },
): Watched {
  const address = BigInt.asUintN(64, Deno.UnsafePointer.value(pointer));
  return { name, pointer, address, pool: undefined, single: data.single };
}

/** The ring that holds a pool's elements; undefined for a pool with other mempool operations. */
function poolRing(pool: Mempool): Watched | undefined {
  const out = new BigUint64Array(1);
  if (shim().shim_mend_pool_ring(pool.pointer, out) < 0) return undefined;
  const [address = 0n] = out;
  return { name: pool.name, pointer: toPointer(address), address, pool, single: false };
}

/** The numbers of objects that a foreign process may be moving at once. */
function countsOf({ pool, single }: Watched, side: Side, { lcores }: Peer): number[] | undefined {
  if (!pool) return single ? [1] : undefined;
  if (side === "consumer" || lcores.length === 0) return undefined;
  // it puts a whole cache
  return lcores.map((lcore) => shim().shim_mempool_cache_count(pool.pointer, lcore))
    .filter((count) => count > 0);
}

/** Empties an element: a packet without data, or a message of zeros. */
function clear(pool: Mempool | undefined, address: bigint): void {
  if (!pool) return;
  const memory = Deno.UnsafePointerView.getArrayBuffer(toPointer(address), pool.elementSize);
  new Uint8Array(memory).fill(0);
}
