/** Who lives is told by locks and sockets, wherever a process is; a pid only names it. */

import {
  buryDead,
  livingSecondaries,
  primaryOf,
  secondariesOf,
  secondaryLife,
  socketLife,
  visiblePids,
} from "../../../ffi/host/liveness.ts";
import { runtimeFolders } from "../../../ffi/host/leftovers.ts";
import { runtimeRoot } from "../../../ffi/host/machine.ts";
import { removeRuntimeFiles } from "../../../ffi/host/runtime.ts";
import { assert, assertEquals, assertMatch, assertStrictEquals } from "../../assert.ts";
import { ealArgs, filesOf, otherPrefix, test } from "../eal.ts";
import { Peer, type Refused } from "../peer.ts";
import { until } from "../../harness/wait.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";

/** A container that shares the runtime folder and the hugepages. */
const INSIDE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];

/** A user in a container: root there, with all capabilities there and none here. */
const DROPPED = [
  "capsh",
  "--drop=cap_sys_ptrace,cap_sys_admin,cap_perfmon",
  "--shell=/usr/bin/env",
  "--",
];

const NONE = { runtime: [], hugepages: [] };

interface Begun {
  processType: string;
}

/** Starts a process of a prefix and waits until its EAL is up. */
async function begin(args: readonly string[], through: readonly string[] = []): Promise<Peer> {
  const peer = new Peer("init", [JSON.stringify({ drivers: false }), ...args], {}, through);
  const said = await peer.next<Begun | Refused>();
  if ("error" in said) throw new Error(said.error);
  return peer;
}

/** What a process that must be refused says. */
async function refusal(args: readonly string[], through: readonly string[] = []): Promise<string> {
  await using peer = new Peer("init", [JSON.stringify({ drivers: false }), ...args], {}, through);
  const said = await peer.next<Begun | Refused>();
  const { code } = await peer.end();
  assertStrictEquals(code, 0);
  if (!("error" in said)) throw new Error("was not refused");
  return said.error;
}

const secondary = (prefix: string, lcores: string) =>
  ealArgs(lcores, prefix, "--proc-type=secondary");

test("a primary shows by its lock, a secondary by its socket, both by their pids", async () => {
  const prefix = otherPrefix();
  const path = `${runtimeRoot()}/${prefix}`;
  assertStrictEquals(primaryOf(path), undefined);
  await using primary = await begin(ealArgs("0@0", prefix));
  const named = { pid: primary.pid, name: "init" };
  assertEquals(runtimeFolders().find((folder) => folder.prefix === prefix), {
    prefix,
    path,
    processes: [named],
    life: "alive",
  });
  assertEquals(primaryOf(path), { life: "alive", pid: primary.pid });
  assertEquals(secondariesOf(path), []);
  await using other = await begin(secondary(prefix, "2@0"));
  const [found] = secondariesOf(path);
  assertStrictEquals(secondariesOf(path).length, 1);
  assertEquals([found?.life, found?.pid, found?.ownPid], ["alive", other.pid, other.pid]);
  assertEquals(visiblePids(path), [primary.pid, other.pid].sort((a, b) => a - b));

  // a killed one leaves its socket, which nobody has any more
  other.kill("SIGKILL");
  await other.end();
  assertEquals(secondariesOf(path).map(({ life, pid }) => ({ life, pid })), [
    { life: "dead", pid: undefined },
  ]);
  assertEquals(livingSecondaries(path), []);
  assertStrictEquals(buryDead(path), 1);
  assertStrictEquals(buryDead(path), 0);
  assertEquals(secondariesOf(path), []);
  await primary.end();
  assertEquals(filesOf(prefix), NONE);
});

test("a stopped process lives, and its socket notices no look", async () => {
  const prefix = otherPrefix();
  const path = `${runtimeRoot()}/${prefix}`;
  await using primary = await begin(ealArgs("0@0", prefix));
  await using other = await begin(secondary(prefix, "2@0"));
  other.kill("SIGSTOP");
  assertEquals(livingSecondaries(path).map(({ pid }) => pid), [other.pid]);
  assertStrictEquals(buryDead(path), 0);
  other.kill("SIGCONT");
  const telemetry = `${path}/dpdk_telemetry.v2`;
  for (let i = 0; i < 50; i++) assertStrictEquals(socketLife(telemetry), "alive");
  // it takes ten clients at most, and none was taken for one
  const script = "import socket,sys; s=socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); " +
    "s.connect(sys.argv[1]); print(s.recv(1024).decode())";
  const { stdout } = await runToEnd("python3", ["-c", script, telemetry]);
  assertMatch(stdout, /"pid":/);
  await other.end();
  await primary.end();
  assertEquals(filesOf(prefix), NONE);
});

test("a process that has closed its socket and not removed it yet is no killed one", async () => {
  const prefix = otherPrefix();
  const path = `${runtimeRoot()}/${prefix}`;
  for (const through of [[], INSIDE]) {
    await using primary = await begin(ealArgs("0@0", prefix), through);
    await using other = await begin(secondary(prefix, "2@0"), through);
    // as EAL leaves it for an instant at an orderly end; seen from here by its own pid, or not
    const ownPid = livingSecondaries(path)[0]?.ownPid ?? 0;
    const closed = `mp_socket_${ownPid}_1`;
    using _socket = Deno.listen({ transport: "unix", path: `${path}/${closed}.listening` });
    Deno.renameSync(`${path}/${closed}.listening`, `${path}/${closed}`);
    _socket.close();
    const lives = () =>
      secondariesOf(path).filter(({ socket }) => socket === closed).map(({ life }) => life);
    assertEquals(lives(), ["alive"]);
    other.kill("SIGKILL");
    await other.end();
    // what is in a namespace ends behind the command that made it
    await until(() => lives()[0] === "dead", "the death to be seen");
    // and one that is not there any more is none at all
    Deno.removeSync(`${path}/${closed}`);
    assertEquals(lives(), []);
    await primary.end();
    assertEquals(filesOf(prefix), NONE);
  }
});

test("a process that holds an array of its own lives, whichever DPDK named the array", () => {
  const folder = Deno.makeTempDirSync();
  // a pid that no process has
  const pid = 4_194_305;
  const life = () => secondaryLife(folder, `mp_socket_${pid}_1`);
  try {
    for (
      const [name, expected] of [
        [`fbarray_memseg-2048k-0-0_${pid}`, "alive"],
        [`fbarray_memseg-2048k-0-0_${pid}_1a2b3c`, "alive"],
        [`fbarray_memseg-2048k-0-0_${pid}0`, "dead"],
        [`fbarray_memseg-2048k-0-0_${pid}_x`, "dead"],
        [`fbarray_memseg-2048k-0-0_7_${pid}`, "dead"],
        [`fbarray_memseg-${pid}`, "dead"],
        [`memseg-2048k-0-0_${pid}`, "dead"],
      ] as const
    ) {
      {
        using array = Deno.openSync(`${folder}/${name}`, { create: true, write: true });
        array.lockSync(true);
        assertEquals([name, life()], [name, expected]);
      }
      assertEquals([name, life()], [name, "dead"]);
      Deno.removeSync(`${folder}/${name}`);
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

test("a path that leads to no socket is dead, one that cannot be asked is unknown", () => {
  const folder = Deno.makeTempDirSync();
  try {
    assertStrictEquals(socketLife(`${folder}/none`), "dead");
    assertStrictEquals(socketLife(`${folder}/${"x".repeat(120)}`), "unknown");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

test("a primary that cannot be seen lives: joined, looked into, never replaced", async () => {
  const prefix = otherPrefix();
  const path = `${runtimeRoot()}/${prefix}`;
  await using primary = await begin(ealArgs("0@0", prefix));
  const before = [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  assertMatch(
    await refusal(ealArgs("2@0", prefix), INSIDE),
    RegExp(`^--proc-type=primary: file prefix '${prefix}' already has a primary process, init `),
  );
  assertEquals([...Deno.readDirSync(path)].map(({ name }) => name).sort(), before);
  // each of the two roles that is not that of a second primary
  for (const type of ["secondary", "auto"]) {
    await using inside = await begin(ealArgs("2@0", prefix, `--proc-type=${type}`), INSIDE);
    // the kernel tells the pids of both namespaces, from outside
    const [seen] = livingSecondaries(path);
    assert(seen?.pid !== undefined && seen.pid !== seen.ownPid);
    assertStrictEquals((await inside.end()).code, 0);
    assertEquals(secondariesOf(path), []);
  }
  await primary.end();
  assertEquals(filesOf(prefix), NONE);
});

test("what a secondary uses that cannot be seen stays until it ends", async () => {
  const prefix = otherPrefix();
  const path = `${runtimeRoot()}/${prefix}`;
  // the primary is inside, the other one is nowhere there
  await using primary = await begin(ealArgs("0@0", prefix), INSIDE);
  await using other = await begin(secondary(prefix, "2@0"));
  await primary.closeStdin();
  const said = await primary.next<{ secondaries: unknown }>();
  assertEquals(said.secondaries, [{ pid: other.pid, name: "?" }]);
  assertStrictEquals((await primary.end()).code, 0);
  assert(filesOf(prefix).hugepages.length > 0);
  assertEquals(livingSecondaries(path).map(({ pid }) => pid), [other.pid]);
  assertStrictEquals(removeRuntimeFiles(prefix), false);
  // nobody takes the place of its primary, be it seen or not
  assertMatch(
    await refusal(ealArgs("0@0", prefix), INSIDE),
    /^--proc-type=primary: a process that cannot be seen from here .* lives on with what /,
  );
  await other.end();
  assertEquals(filesOf(prefix), NONE);
});

test("what a process uses whose memory cannot be looked at stays until it ends", async () => {
  const prefix = otherPrefix();
  await using primary = await begin(ealArgs("0@0", prefix), DROPPED);
  await using other = await begin(secondary(prefix, "2@0"));
  await primary.closeStdin();
  const said = await primary.next<{ secondaries: unknown }>();
  // its name is no secret
  assertEquals(said.secondaries, [{ pid: other.pid, name: "init" }]);
  assertStrictEquals((await primary.end()).code, 0);
  assert(filesOf(prefix).hugepages.length > 0);
  await other.end();
  assertEquals(filesOf(prefix), NONE);
});
