/** Building the shim: when, where, by several at once, and what stands in the way. */

import { fileURLToPath, pathToFileURL } from "node:url";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStrictEquals,
} from "../../assert.ts";
import { outdated } from "../../../ffi/shim/old_builds.ts";
import { ask, Peer, type Refused } from "../peer.ts";
import { until } from "../../harness/wait.ts";

/** What `fixtures/build.ts` says. */
interface Built {
  before: string;
  after: string;
  path: string;
  built: boolean;
  dpdk: string;
  traits: { tailqs: string[]; ops: string[] };
}

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Makes a program that knows no EAL, which will do for a library too. */
const FAKE_GCC = 'while [ "$1" != -o ]; do shift; done; printf "#!/bin/sh\necho {}\n" > "$2"; ' +
  'chmod +x "$2"';

/** Copies a folder with all that is in it. */
function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copyFolder(`${from}/${name}`, `${to}/${name}`);
    else Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}

/** A copy of what the build needs, whose sources a test may change, and a cache of its own. */
class Tree implements Disposable {
  readonly #top = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  readonly folder: string;
  readonly cache: string;

  /**
   * @param folder A copy that is there already; a new one lies where a URL writes its path
   * differently and a shell must quote it.
   */
  constructor(folder?: string, cache?: string) {
    this.folder = folder ?? `${this.#top}/a b/ü#%20'x`;
    this.cache = cache ?? `${this.#top}/cache`;
    if (folder !== undefined) return;
    for (const part of ["ffi", "libshim"]) copyFolder(`${ROOT}${part}`, `${this.folder}/${part}`);
  }

  get url(): string {
    return pathToFileURL(`${this.folder}/`).href;
  }

  /** Deno has a cache of its own, which is not to be found among ours. */
  get env(): Record<string, string> {
    return { XDG_CACHE_HOME: this.cache, DENO_DIR: `${this.#top}/deno` };
  }

  /** The real compiler, in less of its time. */
  readonly #quick = `${this.tools({ gcc: 'exec /usr/bin/gcc "$@" -O0' })}:${Deno.env.get("PATH")}`;

  /** No compiler at all: for what does not open the library. */
  readonly fake = `${this.tools({ gcc: FAKE_GCC })}:${Deno.env.get("PATH")}`;

  build(linkage = "system", path = this.#quick): Promise<Built> {
    return ask("build", [this.url, linkage], { ...this.env, PATH: path });
  }

  async refusal(env: Record<string, string>): Promise<string> {
    const { error } = await ask<Refused>("build", [this.url, "system"], { ...this.env, ...env });
    assertMatch(error, /^building the shim[^\n]+$/);
    return error;
  }

  /** A folder for `PATH` with these scripts, or links to the real tools. */
  tools(tools: Record<string, string | true>): string {
    const folder = Deno.makeTempDirSync({ dir: this.#top });
    for (const [name, script] of Object.entries(tools)) {
      if (script === true) Deno.symlinkSync(`/usr/bin/${name}`, `${folder}/${name}`);
      else Deno.writeTextFileSync(`${folder}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    return folder;
  }

  /** Folders of builds in the cache. */
  folders(): string[] {
    const cache = `${this.cache}/denodpdk`;
    return [...Deno.readDirSync(cache)].filter(({ isDirectory }) => isDirectory)
      .map(({ name }) => `${cache}/${name}`).sort();
  }

  /** What the builds have left, but what describes them and keeps others waiting. */
  libraries(): string[] {
    return this.folders().flatMap((folder) => [...Deno.readDirSync(folder)])
      .map(({ name }) => name).filter((name) => name !== "lock" && name !== "build.json").sort();
  }

  /** Waits until a process waits for another one that builds. */
  async waitedFor(): Promise<void> {
    const waits = () => {
      try {
        const [folder] = this.folders();
        const inode = Deno.statSync(`${folder}/lock`).ino;
        return new RegExp(`-> FLOCK .*:${inode} `).test(Deno.readTextFileSync("/proc/locks"));
      } catch {
        return false;
      }
    };
    await until(waits, "a build to wait for the other");
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#top, { recursive: true });
  }
}

Deno.test("built once, by whoever comes first, and again when a source changes", async (t) => {
  using tree = new Tree();
  let first = "";

  await t.step("two at once on a fresh cache: one builds, the other waits for it", async () => {
    const go = `${tree.folder}/go`;
    const slow = `while ! [ -e "${go}" ]; do sleep 0.01; done; exec /usr/bin/gcc "$@" -O0`;
    const path = `${tree.tools({ gcc: slow })}:${Deno.env.get("PATH")}`;
    const both = Promise.all([tree.build("system", path), tree.build("system", path)]);
    await tree.waitedFor();
    Deno.writeTextFileSync(go, "");
    const [one, other] = await both;
    for (const { before, built, after, path, dpdk } of [one, other]) {
      assertEquals({ before, built, after }, { before: "missing", built: true, after: "ready" });
      assert(path.startsWith(`${tree.cache}/denodpdk/shim-`), path);
      assertMatch(dpdk, /^\d\d\.\d\d/);
    }
    first = one.path;
    assertEquals(other.path, first);
    assertEquals(tree.libraries(), [first.split("/").pop()]);
    const again = await tree.build();
    assertEquals({ before: again.before, built: again.built }, { before: "ready", built: false });
    assertStrictEquals(again.path, first);
    const folder = first.slice(0, first.lastIndexOf("/"));
    assertStrictEquals((Deno.statSync(folder).mode ?? 0) & 0o777, 0o700);
  });

  await t.step("a compiler is not needed when there is nothing to do", async () => {
    assertStrictEquals((await tree.build("system", "/nowhere")).path, first);
  });

  await t.step("a checkout of the same content uses the same library", async () => {
    for (const name of ["another", "by a link"]) {
      const path = `${tree.cache}/../${name}`;
      if (name === "another") copyFolder(tree.folder, path);
      else Deno.symlinkSync(tree.folder, path);
      using other = new Tree(path, tree.cache);
      const { built, path: library } = await other.build("system", "/nowhere");
      assertEquals({ built, library }, { built: false, library: first });
    }
  });

  await t.step("the core library knows how the system's looks to other processes", async () => {
    const { built, path, traits, after } = await tree.build("core");
    assertEquals({ built, after }, { built: true, after: "ready" });
    assertMatch(path, /-core\/libdenodpdk-[\d-]+\.so$/);
    assert(traits.ops.includes("ring_mp_mc"), String(traits.ops));
    assert(traits.tailqs.length > 0);
    assertStrictEquals((await tree.build("core")).built, false);
  });

  await t.step("a changed source is another build, and the old one stays for others", async () => {
    const source = `${tree.folder}/libshim/ring.c`;
    const now = new Date();
    Deno.utimeSync(source, now, now);
    assertStrictEquals((await tree.build("system", "/nowhere")).path, first);
    Deno.writeTextFileSync(source, "/* changed */\n", { append: true });
    assertMatch(await tree.refusal({ PATH: "/nowhere" }), /pkg-config: not found/);
    const { before, built, path } = await tree.build("system", tree.fake);
    assertEquals({ before, built }, { before: "missing", built: true });
    assertNotEquals(path, first);
    assert(tree.libraries().includes(first.split("/").pop() ?? ""), "the old library went");
  });

  await t.step("another DPDK makes it stale: the library is replaced", async () => {
    const folder = first.slice(0, first.lastIndexOf("/"));
    const record = JSON.parse(Deno.readTextFileSync(`${folder}/build.json`));
    const pc = Object.keys(record.inputs).find((path) => path.endsWith(".pc")) ?? "";
    record.inputs[pc] = "0 0 0";
    Deno.writeTextFileSync(`${folder}/build.json`, JSON.stringify(record));
    Deno.writeTextFileSync(`${folder}/libdenodpdk-1-1.so.tmp`, "a killed build's");
    Deno.writeTextFileSync(
      `${tree.folder}/libshim/ring.c`,
      Deno.readTextFileSync(`${ROOT}libshim/ring.c`),
    );
    // a broken build must not take the old one away
    const broken = { PATH: tree.tools({ "pkg-config": true, gcc: "exit 1" }) };
    assertMatch(await tree.refusal(broken), /: gcc: /);
    assertStrictEquals(Deno.statSync(first).isFile, true);
    const { before, built, path } = await tree.build("system", tree.fake);
    assertEquals({ before, built }, { before: "stale", built: true });
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assertEquals(names, ["build.json", path.split("/").pop() ?? "", "lock"]);
  });
});

Deno.test("a build says what it does, once; a use says nothing", async () => {
  using tree = new Tree();
  const lines = async () => {
    await using peer = new Peer("build", [tree.url, "system"], { ...tree.env, PATH: tree.fake });
    await peer.next();
    return (await peer.end()).stderr;
  };
  assertMatch(
    await lines(),
    /^denodpdk: building the shim \(system\) for DPDK [\d.]+, about 12 s\n$/,
  );
  assertEquals(await lines(), "");
});

Deno.test("old builds go: unused for long, or superseded by many", () => {
  const day = 86_400_000;
  const builds = Array.from({ length: 20 }, (_, i) => ({ name: `shim-${i}-core`, used: i * day }));
  const others = [{ name: "shim-a-system", used: 0 }, { name: "shim-b-system", used: 19 * day }];
  const names = (count: number) => builds.slice(0, count).map(({ name }) => name).reverse();
  assertEquals(outdated([...builds, ...others], 19 * day), [...names(12), "shim-a-system"]);
  // all of today: everybody may be at work with theirs
  assertEquals(outdated(builds.map(({ name }) => ({ name, used: day })), day), []);
});

Deno.test("an old build goes unless a process has it open", async () => {
  using tree = new Tree();
  const holder = `${tree.cache}/denodpdk/shim-held-core`;
  await tree.build("system", tree.fake);
  const old = ["held", "mapped", "unused"].map((name) => {
    const folder = `${tree.cache}/denodpdk/shim-${name}-core`;
    Deno.mkdirSync(folder, { mode: 0o700 });
    return folder;
  });
  const [, mapped = "", unused = ""] = old;
  // one of an older version holds nothing, and has its library open
  Deno.copyFileSync("/usr/bin/sleep", `${mapped}/sleep`);
  using _holds = Deno.openSync(holder);
  _holds.lockSync(false);
  await using maps = new Deno.Command(`${mapped}/sleep`, { args: ["60"] }).spawn();
  for (const folder of old) Deno.utimeSync(folder, 0, 0);
  Deno.writeTextFileSync(`${tree.folder}/libshim/ring.c`, "/* new */\n", { append: true });
  await tree.build("system", tree.fake);
  const left = tree.folders();
  assertEquals([holder, mapped, unused].map((folder) => left.includes(folder)), [
    true,
    true,
    false,
  ]);
  maps.kill();
});

Deno.test("what stands in the way of a build is one line", async (t) => {
  using tree = new Tree();
  const pkg = "pkg-config";
  const cases: [what: string, tools: Record<string, string | true>, message: RegExp][] = [
    ["no pkg-config", {}, /: pkg-config: not found \(run `deno task setup`\)$/],
    [
      "no DPDK",
      { [pkg]: 'echo "Package libdpdk was not found\nPerhaps you should" >&2; exit 1' },
      /: pkg-config: Package libdpdk was not found \(run `deno task setup`\)$/,
    ],
    ["no compiler", { [pkg]: true }, /: gcc: not found \(run `deno task setup`\)$/],
    [
      "an error of the compiler",
      { [pkg]: true, gcc: "echo 'In file x:\nring.c:3:9: error: bad\nnote: y' >&2; exit 1" },
      /: gcc: ring\.c:3:9: error: bad \(/,
    ],
    [
      "a full disk",
      {
        [pkg]: true,
        gcc:
          "echo 'ld: final link failed: No space left on device\ncollect2: error: ld' >&2; exit 1",
      },
      /: gcc: ld: final link failed: No space left on device \(free some space; XDG_CACHE_HOME and TMPDIR /,
    ],
    ["a silent compiler", { [pkg]: true, gcc: "exit 1" }, /: gcc: \S/],
    ["a killed compiler", { [pkg]: true, gcc: "kill -9 $$" }, /: gcc: \S/],
  ];
  for (const [what, tools, message] of cases) {
    await t.step(what, async () => {
      assertMatch(await tree.refusal({ PATH: tree.tools(tools) }), message);
    });
  }
  await t.step("nothing half made remains", () => {
    assertEquals(tree.libraries(), []);
  });
});
