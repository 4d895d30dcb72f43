/**
 * The processes of a primary as the mender knows them: which of them live, which have died, and
 * which lcores the dead ones had.
 *
 * A process is dead when its pidfd says so, which is when its last thread has ended: `/proc` shows
 * the first thread as a zombie while others still run. A process that cannot be seen from here, as
 * in another PID namespace, is dead when no process has its socket any more.
 *
 * @module
 */

import { ESRCH } from "../boundary/constants.ts";
import { limits } from "../boundary/bounds.ts";
import { identityOf, startOf } from "../host/identity.ts";
import { bury, primaryOf, secondariesOf, type Secondary, secondaryLife } from "../host/liveness.ts";
import { lcoresOf } from "../host/process_lcores.ts";
import { shim } from "../boundary/library.ts";
import { processName } from "../host/machine.ts";
import type { Journal, JournalProcess } from "./journal.ts";

/** Another process of the primary. */
export interface Peer {
  /** The process's identity, see `identityOf`; 0 where nothing is known of it. */
  identity: bigint;
  /**
   * The process's pid; negative for a process that cannot be seen from here, whose threads cannot
   * be looked at.
   */
  pid: number;
  /** Name of the process's program; empty where it was not seen. */
  name: string;
  /** The lcores that the process was started with. */
  lcores: readonly number[];
  /** The process's entry in the journal; undefined for a foreign process. */
  journal: JournalProcess | undefined;
  /** Whether all threads of the process write the journal. */
  tells: boolean;
  /** Name of the process's socket in the runtime folder, where it is known. */
  socket?: string;
}

/** A process that has ended. */
export interface EndedPeer extends Peer {
  /**
   * Whether it was certainly killed. A process that ends in order removes its socket, so a socket
   * that is left tells a killed one. But EAL removes that too as soon as a message does not reach
   * it: then nobody can say how its process ended.
   */
  killed: boolean;
}

/**
 * Milliseconds, longer than a few ticks of the clock by which the kernel dates a folder's changes.
 */
const TICKS = 200;

/**
 * A living process; `fd`, its pidfd, is negative where it cannot be watched, as in another PID
 * namespace.
 */
interface Living extends Peer {
  fd: number;
}

/** Watches which processes live, and tells which have died. */
export class Peers implements Disposable {
  readonly #journal: Journal;
  readonly #folder: string;
  readonly #living = new Map<bigint, Living>();
  /** Dead processes that were never seen alive, by the paths of their sockets. */
  readonly #strangers = new Set<string>();
  /** The pid of a foreign primary, since the name of its socket does not contain it. */
  #primary = 0;
  #changes = -1n;
  #folderTime = -1;

  /** @param folder The runtime folder. */
  constructor(journal: Journal, folder: string) {
    this.#journal = journal;
    this.#folder = folder;
  }

  /** The living processes. */
  get living(): readonly Peer[] {
    return [...this.#living.values()];
  }

  /** Whether the process of an identity lives. */
  isLiving(identity: bigint): boolean {
    return this.#living.has(identity);
  }

  /** Descriptors that become readable when one of the processes has ended. */
  get descriptors(): number[] {
    return [...this.#living.values()].flatMap(({ fd }) => fd >= 0 ? [fd] : []);
  }

  /**
   * Looks for new processes, and returns those that have ended since the last look, or were dead
   * when they were first seen; not those of ours that ended in order.
   *
   * @param ended whether one of the descriptors is readable.
   */
  refresh(ended: boolean): EndedPeer[] {
    const died = ended
      ? [...this.#living.values()].filter(({ fd }) => fd >= 0 && hasEnded(fd))
      : [];
    died.push(
      ...[...this.#living.values()].filter(({ pid, socket }) =>
        pid < 0 && socket !== undefined && secondaryLife(this.#folder, socket) === "dead"
      ),
    );
    // at once, before EAL removes the socket
    const withSocket = new Set<Peer>(died.filter((peer) => this.hasSocket(peer)));
    for (const peer of died) this.#drop(peer);
    const all: Peer[] = [...died, ...this.#refreshOurs()];
    const strangers = this.#refreshForeign(ended, all);
    for (const peer of strangers) withSocket.add(peer);
    all.push(...strangers);
    if (all.length === 0) return [];
    // one of ours that ended in order has left the journal
    const left = new Set(this.#journal.processes().map(({ identity }) => identity));
    return all
      .filter(({ journal, identity }) => !journal || left.has(identity))
      .map((peer) => ({
        ...peer,
        killed: peer.journal !== undefined || peer.pid === this.#primary || withSocket.has(peer),
      }));
  }

  #drop({ fd, identity }: Living): void {
    if (fd >= 0) shim().shim_process_close(fd);
    this.#living.delete(identity);
  }

  /** Looks at the processes in the journal. Returns the dead among the new ones. */
  #refreshOurs(): Peer[] {
    const { changes } = this.#journal;
    if (changes === this.#changes) return [];
    this.#changes = changes;
    const dead: Peer[] = [];
    const there = this.#journal.processes();
    for (const process of there) {
      const { identity, pid, lcores, tells, visible } = process;
      if (identity === this.#journal.self) continue;
      const known = this.#living.get(identity);
      if (known?.journal) {
        known.tells = tells;
        continue;
      }
      // the process had a socket before it was in the journal
      if (known) this.#drop(known);
      const fd = visible ? openLiving(pid, identity) : undefined;
      const peer = { identity, pid, name: "", lcores, journal: process, tells };
      if (visible && fd === undefined) dead.push(peer);
      else {this.#living.set(identity, {
          ...peer,
          name: visible ? processName(pid) : "?",
          fd: fd ?? -1,
        });}
    }
    const left = new Set(there.map(({ identity }) => identity));
    for (const peer of [...this.#living.values()]) {
      if (peer.journal && !left.has(peer.identity)) this.#drop(peer);
    }
    return dead;
  }

  /**
   * Looks at the processes that have a socket or the lock of a primary, and no entry in the
   * journal.
   *
   * @param died the processes that are known to have died.
   * @returns the other processes that have died.
   */
  #refreshForeign(anyway: boolean, died: readonly Peer[]): Peer[] {
    let time: number;
    try {
      time = Deno.statSync(this.#folder).mtime?.getTime() ?? 0;
    } catch {
      // the folder was removed although its processes live
      return [];
    }
    if (time === this.#folderTime && !anyway) return [];
    // two changes within a tick of the kernel's clock look like one
    this.#folderTime = Date.now() - time > TICKS ? time : -1;
    const known = new Set([...this.#living.values(), ...died].map(({ pid }) => Math.abs(pid)));
    const dead: Peer[] = [];
    const unseen: Secondary[] = [];
    for (const secondary of secondariesOf(this.#folder)) {
      const { socket, life, ownPid, pid } = secondary;
      if (life !== "dead" && pid === undefined) unseen.push(secondary);
      else if (life !== "dead") this.#addForeign(pid, socket);
      else if (known.has(ownPid) || this.#strangers.has(socket)) continue;
      else if (identityOf(ownPid) !== undefined) {
        // the process may be ending in order: it closes its socket first, and removes it after that
        this.#folderTime = -1;
      } else if (socketExists(this.#folder, socket)) {
        // nobody knows which lcores it had
        this.#strangers.add(socket);
        const { allLcores: lcores } = this;
        const peer = { identity: 0n, pid: ownPid, name: "", lcores, journal: undefined };
        dead.push({ ...peer, tells: false, socket });
      }
    }
    this.#addUnseen(unseen);
    const primary = primaryOf(this.#folder)?.pid;
    if (primary !== undefined) this.#primary = primary;
    this.#addForeign(primary);
    return dead;
  }

  /** The ids of all lcores that DPDK can have. */
  get allLcores(): number[] {
    return [...Array(limits().lcores).keys()];
  }

  /** Adds processes that cannot be seen from here and have no entry in the journal. */
  #addUnseen(secondaries: readonly Secondary[]): void {
    const ours = new Set(
      this.#journal.processes().filter(({ visible }) => !visible).map(({ pid }) => pid),
    );
    for (const { socket, ownPid } of secondaries) {
      if (ours.has(ownPid)) continue;
      // the socket's name contains the cycle count at which it was made, which no other socket has
      const made = BigInt(`0x${socket.replace(/^mp_socket_\d+_/, "")}`);
      const identity = BigInt.asUintN(64, ~(made << 16n | BigInt(ownPid & 0xffff)));
      if (this.#living.has(identity)) continue;
      this.#living.set(identity, {
        identity,
        pid: -ownPid,
        name: "?",
        lcores: this.allLcores,
        journal: undefined,
        tells: false,
        socket,
        fd: -1,
      });
    }
  }

  #addForeign(pid: number | undefined, socket?: string): void {
    const identity = pid && pid !== Deno.pid ? identityOf(pid) : undefined;
    if (!pid || identity === undefined) return;
    const key = BigInt.asUintN(64, identity);
    if (this.#living.has(key)) return;
    const fd = openLiving(pid, key);
    if (fd === undefined) return;
    const lcores = [...lcoresOf(pid)];
    const name = processName(pid);
    const peer = { identity: key, pid, name, lcores, journal: undefined, tells: false, fd };
    this.#living.set(key, socket === undefined ? peer : { ...peer, socket });
  }

  /** Whether a process was a primary that writes no journal. */
  isForeignPrimary({ pid, journal }: Peer): boolean {
    return pid !== 0 && pid === this.#primary && journal === undefined;
  }

  /** The sockets of a dead secondary that are still in the runtime folder. */
  #sockets({ pid, socket }: Peer): string[] {
    return secondariesOf(this.#folder)
      .filter((it) => it.life === "dead")
      .filter((it) => socket === undefined ? it.ownPid === Math.abs(pid) : it.socket === socket)
      .map((it) => it.socket);
  }

  /** Whether the socket of a dead secondary is still in the runtime folder. */
  hasSocket(peer: Peer): boolean {
    return this.#sockets(peer).length > 0;
  }

  /**
   * Removes the sockets of a dead process from the runtime folder: they mean that its caches were
   * not emptied yet.
   */
  bury(peer: Peer): void {
    for (const socket of this.#sockets(peer)) bury(this.#folder, socket);
  }

  [Symbol.dispose](): void {
    for (const peer of [...this.#living.values()]) this.#drop(peer);
  }
}

/**
 * Whether the socket of an ended process is still there: a process that ended in order has removed
 * it.
 */
function socketExists(folder: string, socket: string): boolean {
  try {
    Deno.lstatSync(`${folder}/${socket}`);
    return true;
  } catch {
    return false;
  }
}

/** Whether the process of a descriptor has ended. */
function hasEnded(fd: number): boolean {
  return shim().shim_process_await(Uint32Array.of(fd), 1, 0) === 0;
}

/** A pidfd of a process, -1 where the kernel gives none; undefined when the process is dead. */
function openLiving(pid: number, identity: bigint): number | undefined {
  const fd = shim().shim_process_open(pid);
  if (fd === -ESRCH) return undefined;
  const start = startOf(pid);
  const other = start === undefined || BigInt.asUintN(32, start) !== identity >> 32n;
  if (!other && (fd < 0 || !hasEnded(fd))) return fd;
  if (fd >= 0) shim().shim_process_close(fd);
  return undefined;
}

/** A process in words, for messages. */
export function nameOf({ name, pid }: Pick<Peer, "name" | "pid">): string {
  if (pid === 0) return "a killed process";
  if (pid < 0) return `a process of another PID namespace (pid ${-pid} there)`;
  return name === "" ? `process ${pid}` : `${name} (pid ${pid})`;
}
