/** What a process made is gone when it has ended, wherever options put it and however it ends. */

import { examine } from "../../../cmd/doctor/checks.ts";
import { leftoverHugepageFiles, runtimeFolders } from "../../../ffi/host/leftovers.ts";
import { socketLife } from "../../../ffi/host/liveness.ts";
import { hugetlbfsMounts, pageKib, runtimeRoot } from "../../../ffi/host/machine.ts";
import { removeRuntimeFiles } from "../../../ffi/host/runtime.ts";
import { assert, assertEquals, assertMatch, assertStrictEquals } from "../../assert.ts";
import { ealArgs, filesOf, otherPrefix, removeFilesOf, test } from "../eal.ts";
import { Peer, type Refused } from "../peer.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";

const NONE = { runtime: [], hugepages: [] };

/** A folder in the hugetlbfs, for `--huge-dir`; it is empty when the test is over, or it fails. */
function hugeFolder(prefix: string): Disposable & { path: string } {
  const mount = hugetlbfsMounts().find((mount) => mount.pageKib === pageKib() && mount.writable);
  const path = `${mount?.path}/${prefix}`;
  Deno.mkdirSync(path);
  return { path, [Symbol.dispose]: () => Deno.removeSync(path) };
}

/** Starts a primary that ends in that way; it is up when this returns. */
async function begin(
  how: string,
  args: readonly string[],
  { env = {}, through = [] }: { env?: Record<string, string>; through?: readonly string[] } = {},
): Promise<Peer> {
  const peer = new Peer("end", [how, ...args], env, through);
  await peer.next();
  return peer;
}

const OPTIONS = [
  ["--no-shconf"],
  ["--in-memory"],
  ["--huge-unlink"],
  ["--huge-unlink=never"],
  ["--single-file-segments"],
  ["--legacy-mem", "-m", "16"],
  ["--no-huge", "-m", "64"],
];

for (const options of OPTIONS) {
  test(`nothing is left of a process with ${options.join(" ")}`, async () => {
    const prefix = otherPrefix();
    await using peer = new Peer("init", ["{}", ...ealArgs("0@0", prefix, ...options)]);
    const said = await peer.next<Refused | { processType: string }>();
    assert(!("error" in said), "error" in said ? said.error : "");
    assertStrictEquals((await peer.end()).code, 0);
    assertEquals(filesOf(prefix), NONE);
  });
}

test("nor with --huge-dir in a hugetlbfs, be it after a failed start", async () => {
  const prefix = otherPrefix();
  using folder = hugeFolder(prefix);
  const args = ealArgs("0@0", prefix, `--huge-dir=${folder.path}`);
  await using peer = await begin("dispose", args);
  assert([...Deno.readDirSync(folder.path)].length > 0);
  assertStrictEquals((await peer.end()).code, 0);
  assertEquals([...Deno.readDirSync(folder.path)], []);
  // that shows when memory has been taken already
  await using failed = new Peer("init", ["{}", ...args, "-m", "16", "--vdev=net_none0"]);
  assertMatch((await failed.next<Refused>()).error, /net_none0/);
  assertStrictEquals((await failed.end()).code, 0);
  assertEquals(filesOf(prefix), NONE);
  assertEquals([...Deno.readDirSync(folder.path)], []);
});

test("nor in a runtime folder of one's own, with the folder around it", async () => {
  const prefix = otherPrefix();
  const root = Deno.makeTempDirSync();
  try {
    await using peer = await begin("dispose", ealArgs("0@0", prefix), {
      env: { RUNTIME_DIRECTORY: root },
    });
    assert(Deno.statSync(`${root}/dpdk/${prefix}/config`).isFile);
    assertStrictEquals((await peer.end()).code, 0);
    assertEquals([...Deno.readDirSync(root)], []);
    assertEquals(filesOf(prefix), NONE);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

const ENDS: [how: string, status: number][] = [["exit", 3], ["throw", 1]];

for (const [how, status] of ENDS) {
  test(`nor of a script that never disposes of its EAL and ends by ${how}`, async () => {
    const prefix = otherPrefix();
    await using peer = await begin(how, ealArgs("0@0", prefix));
    assertStrictEquals((await peer.end()).code, status);
    assertEquals(filesOf(prefix), NONE);
  });
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`nor of a script that polls on its main thread and is ended by ${signal}`, async () => {
    const prefix = otherPrefix();
    // a shell in the background makes what it starts ignore SIGINT
    const through = [`env`, `--default-signal=${signal.slice(3)}`];
    for (const more of [[], ["--no-shconf"]]) {
      await using peer = await begin("poll", ealArgs("0@0", prefix, ...more), { through });
      peer.kill(signal);
      const { code } = await peer.end();
      // as it would have ended without us
      assertStrictEquals(code, { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal]);
      assertEquals(filesOf(prefix), NONE);
    }
  });
}

test("a primary that starts when another has disposed of its EAL keeps its telemetry", async () => {
  const prefix = otherPrefix();
  const telemetry = `${runtimeRoot()}/${prefix}/dpdk_telemetry.v2`;
  await using first = await begin("dispose, then go on", ealArgs("0@0", prefix));
  await first.closeStdin();
  await first.next();
  assertEquals(filesOf(prefix), NONE);
  await using second = await begin("dispose", ealArgs("0@0", prefix));
  assertStrictEquals(socketLife(telemetry), "alive");
  // EAL removes its socket by name in a process that exits
  first.kill("SIGUSR1");
  await first.end();
  assertStrictEquals(socketLife(telemetry), "alive");
  await second.end();
  assertEquals(filesOf(prefix), NONE);
});

test("doctor finds what is left wherever it lies, and its cure removes all of it", async () => {
  const prefix = otherPrefix();
  using folder = hugeFolder(prefix);
  // as systemd's RuntimeDirectory= makes it
  const root = `/run/${prefix}`;
  Deno.mkdirSync(root);
  try {
    await using peer = await begin("poll", ealArgs("0@0", prefix, `--huge-dir=${folder.path}`), {
      env: { RUNTIME_DIRECTORY: root },
    });
    const path = `${root}/dpdk/${prefix}`;
    const found = () => runtimeFolders().find((it) => it.prefix === prefix);
    assertEquals([found()?.path, found()?.life], [path, "alive"]);
    assertEquals(leftoverHugepageFiles([]).filter((it) => it.prefix === prefix), []);
    peer.kill("SIGKILL");
    await peer.end();
    assertEquals([found()?.path, found()?.life], [path, "dead"]);
    assertEquals(
      leftoverHugepageFiles([]).filter((it) => it.prefix === prefix),
      [{ prefix, folder: folder.path, count: 1, life: "dead" }],
    );
    const row = examine().find(({ subject }) => subject.startsWith(`prefix ${prefix}`));
    assertEquals([row?.subject, row?.state], [
      `prefix ${prefix} in ${root}/dpdk`,
      "dead, runtime folder left, 1 hugepage files left",
    ]);
    const { success } = await runToEnd("sh", ["-c", row?.cure ?? "false"]);
    assert(success, row?.cure);
    assertEquals([...Deno.readDirSync(folder.path)], []);
    assertEquals([...Deno.readDirSync(`${root}/dpdk`)], []);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

test("what a killed primary left is removed at once, what a living one has never", async () => {
  const prefix = otherPrefix();
  await using peer = await begin("poll", ealArgs("0@0", prefix));
  assertStrictEquals(removeRuntimeFiles(prefix), false);
  assert(filesOf(prefix).hugepages.length > 0);
  assert(Deno.statSync(`${runtimeRoot()}/${prefix}/config`).isFile);
  peer.kill("SIGKILL");
  await peer.end();
  try {
    assertStrictEquals(removeRuntimeFiles(prefix), true);
    assertEquals(filesOf(prefix), NONE);
  } finally {
    removeFilesOf(prefix);
  }
});
