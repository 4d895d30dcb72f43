/** Building the shim: when, where, by several at once, and what stands in the way. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStrictEquals,
} from "../assert.ts";
import { ask, type Refused } from "./peer.ts";

/** What `fixtures/build.ts` says. */
interface Built {
  before: string;
  after: string;
  path: string;
  built: boolean;
  dpdk: string;
  traits: { tailqs: string[]; ops: string[] };
}

const ROOT = new URL("../../", import.meta.url).pathname;

/** A copy of what the build needs, whose sources a test may change, and a cache of its own. */
class Tree implements Disposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  readonly cache = `${this.folder}/cache`;

  constructor() {
    for (const part of ["ffi", "libshim", "cmd/build"]) {
      Deno.mkdirSync(`${this.folder}/${part}`, { recursive: true });
      for (const { name } of Deno.readDirSync(ROOT + part)) {
        Deno.copyFileSync(`${ROOT}${part}/${name}`, `${this.folder}/${part}/${name}`);
      }
    }
  }

  /** The real compiler, in less of its time. */
  readonly #quick = `${this.tools({ gcc: 'exec /usr/bin/gcc "$@" -O0' })}:${Deno.env.get("PATH")}`;

  build(linkage = "system", path = this.#quick): Promise<Built> {
    return ask("build", [this.folder, linkage], { XDG_CACHE_HOME: this.cache, PATH: path });
  }

  async refusal(env: Record<string, string>): Promise<string> {
    const { error } = await ask<Refused>("build", [this.folder, "system"], {
      XDG_CACHE_HOME: this.cache,
      ...env,
    });
    assertMatch(error, /^building the shim[^\n]+$/);
    return error;
  }

  /** A folder for `PATH` with these scripts, or links to the real tools. */
  tools(tools: Record<string, string | true>): string {
    const folder = Deno.makeTempDirSync({ dir: this.folder });
    for (const [name, script] of Object.entries(tools)) {
      if (script === true) Deno.symlinkSync(`/usr/bin/${name}`, `${folder}/${name}`);
      else Deno.writeTextFileSync(`${folder}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    return folder;
  }

  /** What the builds have left. */
  libraries(): string[] {
    const caches = `${this.cache}/denodpdk`;
    return [...Deno.readDirSync(caches)].flatMap(({ name }) =>
      [...Deno.readDirSync(`${caches}/${name}`)].map((file) => file.name)
    ).sort();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

Deno.test("built once, by whoever comes first, and again when a source changes", async (t) => {
  using tree = new Tree();
  let first = "";

  await t.step("two at once on a fresh cache both get a library that works", async () => {
    const [one, other] = await Promise.all([tree.build(), tree.build()]);
    for (const { built, path, after, dpdk, before } of [one, other]) {
      assertEquals({ before, built, after }, { before: "missing", built: true, after: "ready" });
      assert(path.startsWith(`${tree.cache}/denodpdk/shim-`), path);
      assertMatch(dpdk, /^\d\d\.\d\d/);
    }
    const again = await tree.build();
    first = again.path;
    assertEquals({ before: again.before, built: again.built }, { before: "ready", built: false });
    assert(first === one.path || first === other.path);
    assertStrictEquals(Deno.statSync(first).isFile, true);
    assertEquals(tree.libraries().filter((name) => name.endsWith(".tmp")), []);
    const folder = first.slice(0, first.lastIndexOf("/"));
    assertStrictEquals((Deno.statSync(folder).mode ?? 0) & 0o777, 0o700);
  });

  await t.step("a compiler is not needed when there is nothing to do", async () => {
    assertStrictEquals((await tree.build("system", "/nowhere")).path, first);
  });

  await t.step("the core library knows how the system's looks to other processes", async () => {
    const { built, path, traits, after } = await tree.build("core");
    assertEquals({ built, after }, { built: true, after: "ready" });
    assertMatch(path, /-core\/libdenodpdk-[\d-]+\.so$/);
    assert(traits.ops.includes("ring_mp_mc"), String(traits.ops));
    assert(traits.tailqs.length > 0);
    assertStrictEquals((await tree.build("core")).built, false);
  });

  await t.step("a touched source makes it stale", async () => {
    const now = new Date();
    Deno.utimeSync(`${tree.folder}/libshim/ring.c`, now, now);
    // a broken build must not take the old one away
    assertMatch(await tree.refusal({ PATH: "/nowhere" }), /pkg-config: not found/);
    assertStrictEquals(Deno.statSync(first).isFile, true);
    const { before, built, path } = await tree.build();
    assertEquals({ before, built }, { before: "stale", built: true });
    assertNotEquals(path, first);
    assert(!tree.libraries().includes(first.split("/").pop() ?? ""), "the old library stayed");
  });

  await t.step("so do a new one, and a library that has gone", async () => {
    Deno.writeTextFileSync(`${tree.folder}/libshim/new.h`, "");
    const broken = { PATH: tree.tools({ "pkg-config": true, gcc: "exit 1" }) };
    assertMatch(await tree.refusal(broken), /: gcc: /);
    Deno.removeSync(`${tree.folder}/libshim/new.h`);
  });
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
    ["a silent compiler", { [pkg]: true, gcc: "exit 1" }, /: gcc: \S/],
    ["a killed compiler", { [pkg]: true, gcc: "kill -9 $$" }, /: gcc: \S/],
  ];
  for (const [what, tools, message] of cases) {
    await t.step(what, async () => {
      assertMatch(await tree.refusal({ PATH: tree.tools(tools) }), message);
    });
  }
  await t.step("a cache folder that cannot be made", async () => {
    assertMatch(
      await tree.refusal({ XDG_CACHE_HOME: "/proc/nowhere" }),
      /^building the shim in \/proc\/nowhere\/denodpdk\/\S+: .*XDG_CACHE_HOME names another\)$/,
    );
  });
  await t.step("nothing half made remains", () => {
    assertEquals(tree.libraries().filter((name) => name !== "build.json"), []);
  });
});
