/**
 * Decides which processes live. No other module does.
 *
 * What counts is the kernel's answer, which is the same wherever a process runs: for a primary the
 * lock on `config`, for a secondary the socket that it has bound. A pid is only a name, and only
 * for a process that can be seen. A peer may be in another PID namespace, as in a container that
 * shares hugepages and the runtime folder, or hide its memory from a process with fewer
 * capabilities. What cannot be told is "unknown": it is not repaired, not drained and not removed.
 *
 * @module
 */

import { ENOENT } from "../boundary/constants.ts";
import { exists } from "./exists.ts";
import { tryReadKernelFile as read } from "./kernel_file.ts";
import { shim } from "../boundary/library.ts";
import { type ProcessName, processName } from "./machine.ts";
import { cString, readText } from "../boundary/native.ts";
import { livingElsewhere } from "./identity.ts";

/** Whether a process lives, as far as it can be told from here. */
export type Life = "alive" | "dead" | "unknown";

/** The primary of a runtime folder. */
export interface Primary {
  /** Whether the primary lives. Unknown where `config` is another user's. */
  life: Life;
  /** The process's pid in this PID namespace; undefined where it is dead or cannot be seen. */
  pid: number | undefined;
}

/** A secondary of a runtime folder, by the socket that it made there. */
export interface Secondary {
  /** The name of the secondary's socket, which no other process of the folder has had. */
  socket: string;
  /** Whether the secondary lives; a killed one leaves its socket. */
  life: Life;
  /** The secondary's pid in its own PID namespace. */
  ownPid: number;
  /** The process's pid in this PID namespace; undefined where it is dead or cannot be seen. */
  pid: number | undefined;
}

/** The answer of the shim: 1, 0 or a negative errno. */
function lifeOf(result: number): Life {
  if (result < 0) return result === -ENOENT ? "dead" : "unknown";
  return result > 0 ? "alive" : "dead";
}

/** The primary of a runtime folder; undefined where there never was one. */
export function primaryOf(folder: string): Primary | undefined {
  const pid = new Uint32Array(1);
  const result = shim().shim_files_lock_holder(cString(`${folder}/config`), pid);
  if (result === -ENOENT) return undefined;
  return { life: lifeOf(result), pid: pid[0] || undefined };
}

/** Whether a process has bound a socket of the file system, whichever type it has. */
export function socketLife(path: string): Life {
  return lifeOf(shim().shim_files_socket_alive(cString(path)));
}

/** The name of the socket that this process has for its peers; empty before EAL's start. */
export function ownSocket(folder: string): string {
  return readText((text, len) => shim().shim_files_own_socket(cString(folder), text, len));
}

/** The other secondaries of a runtime folder, living or dead: all that have made a socket. */
export function secondariesOf(folder: string): Secondary[] {
  let names: string[];
  try {
    names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch {
    // no such folder, or another user's
    return [];
  }
  const sockets = names.flatMap((socket) => {
    const ownPid = Number(socket.match(/^mp_socket_(\d+)_/)?.[1]);
    return ownPid > 0 ? [{ socket, ownPid }] : [];
  });
  if (sockets.length === 0) return [];
  const own = ownSocket(folder);
  return sockets.filter(({ socket }) => socket !== own).flatMap(
    ({ socket, ownPid }): Secondary[] => {
      const life = secondaryLife(folder, socket);
      if (life === "dead") {
        // a process that ended in order has removed its socket meanwhile
        return exists(`${folder}/${socket}`) ? [{ socket, life, ownPid, pid: undefined }] : [];
      }
      const pid = visiblePid(folder, socket, ownPid);
      return [{ socket, life: pid === undefined ? life : "alive", ownPid, pid }];
    },
  );
}

/**
 * Whether a secondary lives, by the name of its socket. At an orderly end EAL closes the socket a
 * moment before it removes it; during that moment the process still has its memory, and counts as
 * living.
 */
export function secondaryLife(folder: string, socket: string): Life {
  const life = socketLife(`${folder}/${socket}`);
  if (life !== "dead") return life;
  const ownPid = Number(socket.match(/^mp_socket_(\d+)_/)?.[1] ?? 0);
  const pid = found.get(`${folder}/${socket}`) ?? ownPid;
  if (pid !== Deno.pid && pid !== primaryOf(folder)?.pid && usesFolder(folder)(pid)) return "alive";
  return lifeOf(shim().shim_files_private_held(cString(folder), ownPid));
}

/** The secondaries that live or may live. */
export function livingSecondaries(folder: string): Secondary[] {
  return secondariesOf(folder).filter(({ life }) => life !== "dead");
}

/**
 * The living secondaries of which nothing is known: they cannot be seen from here, and they are not
 * in the record of lcores.
 */
export function strangers(folder: string): Secondary[] {
  const elsewhere = livingSecondaries(folder).filter(({ pid, ownPid }) => pid !== ownPid);
  return elsewhere.filter(({ pid, ownPid }) =>
    pid === undefined &&
    elsewhere.filter((other) => other.ownPid === ownPid).length > livingElsewhere(ownPid)
  );
}

/** The pids of the other living processes of a runtime folder that can be seen from here. */
export function visiblePids(folder: string): number[] {
  const primary = primaryOf(folder)?.pid;
  const others = livingSecondaries(folder).map(({ pid }) => pid);
  const pids = new Set([primary, ...others].filter((pid) => pid !== undefined));
  pids.delete(Deno.pid);
  return [...pids].sort((a, b) => a - b);
}

/** A process in words, for messages: `simple_mp (pid 4711)`. */
export function describe({ pid, socket }: { pid: number | undefined; socket?: string }): string {
  if (pid !== undefined) return `${processName(pid)} (pid ${pid})`;
  const name = socket ? ` (${socket})` : "";
  return `a process that cannot be seen from here${name}, as in another PID namespace`;
}

/**
 * Processes with their names, in the order of their pids. A process that cannot be seen from here
 * has the pid of its own PID namespace, and the name "?".
 */
export function named(processes: readonly Secondary[]): ProcessName[] {
  return processes
    .map(({ pid, ownPid }) => ({ pid: pid ?? ownPid, name: pid ? processName(pid) : "?" }))
    .sort((a, b) => a.pid - b.pid);
}

/**
 * Removes the socket of a dead secondary, but not while EAL makes a socket there or sends to all.
 *
 * @returns whether that secondary is dead.
 */
export function bury(folder: string, socket: string): boolean {
  return shim().shim_files_bury(cString(folder), cString(socket)) !== 0;
}

/** Removes the sockets of dead secondaries. Returns how many there were. */
export function buryDead(folder: string): number {
  const dead = secondariesOf(folder).filter(({ life }) => life === "dead");
  return dead.filter(({ socket }) => bury(folder, socket)).length;
}

/** How `config` appears in `/proc/<pid>/maps`: device and inode, and the end of its path. */
function configMark(folder: string): { file: string; path: string } | undefined {
  try {
    const { dev, ino } = Deno.statSync(`${folder}/config`);
    const hex = (part: number) => part.toString(16).padStart(2, "0");
    const major = Math.floor(dev / 256) % 4096;
    const minor = dev % 256 + Math.floor(dev / 2 ** 20) % 4096 * 256;
    return {
      file: `${hex(major)}:${hex(minor)} ${ino} `,
      path: `${Deno.realPathSync(folder)}/config`,
    };
  } catch {
    return undefined;
  }
}

/** The pids, in this PID namespace, of processes whose pid in their own namespace is `ownPid`. */
function pidsKnownAs(ownPid: number): number[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    if (!/^\d+$/.test(name)) return [];
    const own = read(`/proc/${name}/status`)?.match(/^NSpid:.*?(\d+)$/m)?.[1];
    return own !== undefined && Number(own) === ownPid ? [Number(name)] : [];
  });
}

const mapsOf = (pid: number) => read(`/proc/${pid}/maps`);

/**
 * Makes a function that tells whether a process maps the `config` of a folder, as far as that can
 * be seen.
 */
function usesFolder(folder: string): (pid: number) => boolean {
  const mark = configMark(folder);
  return (pid) => {
    const maps = mapsOf(pid);
    if (maps === undefined || mark === undefined) return false;
    return maps.includes(mark.file) || maps.includes(mark.path);
  };
}

/**
 * Pids that were found, by socket: a socket's name is never used twice, and a process does not
 * become visible later.
 */
const found = new Map<string, number | undefined>();

/**
 * The pid, in this PID namespace, of the secondary that made a socket. The socket's name has the
 * pid of the process's own namespace; where that lies inside ours, the kernel tells both.
 */
function visiblePid(folder: string, socket: string, ownPid: number): number | undefined {
  const key = `${folder}/${socket}`;
  if (found.has(key)) return found.get(key);
  const uses = usesFolder(folder);
  // processes in several containers, the primary among them, often have the same pid in their
  // namespaces
  const primary = primaryOf(folder)?.pid;
  const isOther = (pid: number) => pid !== primary && pid !== Deno.pid;
  let pid = isOther(ownPid) && uses(ownPid) ? ownPid : undefined;
  if (pid === undefined) {
    const candidates = pidsKnownAs(ownPid).filter(isOther);
    const users = candidates.filter(uses);
    // the memory of a process can be hidden from one with fewer capabilities, but its name is not
    const hidden = candidates.filter((it) => it === ownPid && mapsOf(it) === undefined);
    [pid] = users.length === 1 ? users : users.length === 0 ? hidden : [];
  }
  found.set(key, pid);
  return pid;
}
