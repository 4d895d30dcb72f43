/**
 * Extraction of the bundled libraries, by real processes, each in a mount namespace of its own:
 * what a cache looks like afterwards, and which folders are not used.
 */

import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "../../assert.ts";
import { DpdkError } from "../../../ffi/boundary/errors.ts";
import { bundleManifest } from "../../../ffi/shim/extract.ts";
import { Peer, type Refused } from "../peer.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";

/** What `fixtures/extract.ts` says. */
interface Extracted {
  library: string;
  answer: number;
}

const NOBODY = 65534;

async function output(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await runToEnd(command, args);
  if (!success) throw new Error(`${command}: ${stderr}`);
  return stdout;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** How a process runs. */
interface Surroundings {
  /** Shell commands that come first, as root, in a mount namespace of the process's own. */
  before?: string;
  /** The user; root unless told otherwise. */
  uid?: number;
  env?: Record<string, string>;
}

/** A bundle of two libraries, and folders for caches. */
class Site implements Disposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  readonly home = `${this.folder}/home`;
  readonly cache = `${this.folder}/cache`;
  readonly own = `${this.cache}/denodpdk`;
  id = "";

  static async create(): Promise<Site> {
    const site = new Site();
    // others reach what is inside
    Deno.chmodSync(site.folder, 0o755);
    for (const path of [site.home, site.cache]) Deno.mkdirSync(path, { mode: 0o700 });
    await site.makeBundle("one version");
    return site;
  }

  get bundle(): string {
    return `${this.folder}/bundle`;
  }

  /** Where the bundle belongs. */
  get target(): string {
    return `${this.own}/bundle-${this.id}`;
  }

  get library(): string {
    return `${this.target}/libdenodpdk.so`;
  }

  /** Makes the bundle another one: a shim that takes its answer from a library beside it. */
  async makeBundle(version: string): Promise<void> {
    const { folder, bundle } = this;
    Deno.mkdirSync(bundle, { recursive: true });
    const gcc = async (name: string, source: string, ...flags: string[]) => {
      Deno.writeTextFileSync(`${folder}/${name}.c`, source);
      const to = ["-o", `${bundle}/${name}`, `${folder}/${name}.c`, `-Wl,-soname,${name}`];
      await output("gcc", "-shared", "-fPIC", ...to, ...flags);
    };
    // as large as some chunks of the comparison and a part of one
    const filling = `const char filling[600001] = "${version}";`;
    await gcc("libneeded.so.1", `int needed(void) { return 42; } ${filling}`);
    await gcc(
      "libdenodpdk.so",
      "int needed(void); int answer(void) { return needed(); }",
      `${bundle}/libneeded.so.1`,
      "-Wl,-rpath,$ORIGIN",
    );
    const files = await Promise.all(["libdenodpdk.so", "libneeded.so.1"].map(async (name) => {
      const bytes = Deno.readFileSync(`${bundle}/${name}`);
      return { name, size: bytes.length, sha256: await sha256(bytes) };
    }));
    this.id = await sha256(new TextEncoder().encode(files.map((it) => it.sha256).join()));
    const manifest = { id: this.id, dpdk: "22.11.11", drivers: [], files };
    Deno.writeTextFileSync(`${bundle}/manifest.json`, JSON.stringify(manifest));
  }

  /** Starts a process that extracts. */
  start({ before = ":", uid = 0, env = {} }: Surroundings = {}): Peer {
    // Deno and this checkout may lie where that user may not read
    const reads = ["--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"];
    const user = ["setpriv", "--reuid", `${uid}`, "--regid", `${uid}`, "--clear-groups", ...reads];
    return new Peer(
      "extract",
      [this.bundle],
      { DENO_DIR: `${this.folder}/deno`, HOME: this.home, XDG_CACHE_HOME: this.cache, ...env },
      ["unshare", "--mount", "sh", "-c", `set -e; ${before}; exec "$@"`, "sh", ...uid ? user : []],
    );
  }

  /** Runs a process that extracts; what it says. */
  async extract(surroundings?: Surroundings): Promise<Extracted> {
    await using peer = this.start(surroundings);
    const said = await peer.next<Extracted | Refused>();
    if ("error" in said) throw new Error(said.error);
    assertEquals(said.answer, 42);
    return said;
  }

  /** The message of a process that does not want to extract. */
  async refusal(surroundings?: Surroundings): Promise<string> {
    await using peer = this.start(surroundings);
    const said = await peer.next<Extracted | Refused>();
    if (!("error" in said)) throw new Error(`not refused: ${said.library}`);
    assertEquals(said.error.split("\n").length, 1);
    return said.error;
  }

  /** Names in the bundle's folder. */
  names(folder = this.target): string[] {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  }

  assertWhole(): void {
    assertEquals(this.names(), ["libdenodpdk.so", "libneeded.so.1"]);
    for (const name of this.names()) {
      const path = `${this.target}/${name}`;
      assert(Deno.lstatSync(path).isFile);
      assertEquals(Deno.readFileSync(path), Deno.readFileSync(`${this.bundle}/${name}`));
    }
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

const mode = (path: string) => (Deno.lstatSync(path).mode ?? 0) & 0o7777;

Deno.test("a program that was compiled without DPDK says so", () => {
  assertThrows(
    () => bundleManifest(new URL("file:///none/")),
    DpdkError,
    "find the DPDK inside this program: it was compiled without one (compile it with `deno task",
  );
});

Deno.test("a first start makes a private folder, a second one uses it as it is", async () => {
  using site = await Site.create();
  assertEquals((await site.extract({ before: "umask 000" })).library, site.library);
  site.assertWhole();
  const paths = [site.own, site.target, ...site.names().map((name) => `${site.target}/${name}`)];
  assertEquals(paths.map(mode), [0o700, 0o700, 0o500, 0o500]);
  const inodes = () => paths.map((path) => Deno.lstatSync(path).ino);
  const before = inodes();
  assertEquals((await site.extract()).library, site.library);
  assertEquals(inodes(), before);
});

Deno.test("which folder is used", async (t) => {
  using site = await Site.create();
  const home = `${site.home}/.cache/denodpdk/bundle-${site.id}/libdenodpdk.so`;

  await t.step("a cache that is missing is made for its user alone", async () => {
    const cache = `${site.folder}/a/b`;
    const { library } = await site.extract({
      before: "umask 000",
      env: { XDG_CACHE_HOME: cache },
    });
    assertEquals(library, `${cache}/denodpdk/bundle-${site.id}/libdenodpdk.so`);
    assertEquals([mode(`${site.folder}/a`), mode(cache)], [0o700, 0o700]);
  });

  for (const cache of ["", "relative/cache"]) {
    await t.step(`XDG_CACHE_HOME='${cache}': ~/.cache`, async () => {
      const env = { XDG_CACHE_HOME: cache };
      assertEquals((await site.extract({ before: "umask 000", env })).library, home);
      assertEquals(mode(`${site.home}/.cache`), 0o700);
    });
  }

  for (const [what, folder] of [["no HOME", ""], ["a HOME that is none", `${site.folder}/none`]]) {
    await t.step(`${what}: /var/cache`, async () => {
      const { library } = await site.extract({
        before: "mount -t tmpfs -o mode=755 none /var/cache",
        env: { XDG_CACHE_HOME: "", HOME: `${folder}` },
      });
      assertEquals(library, `/var/cache/denodpdk/bundle-${site.id}/libdenodpdk.so`);
    });
  }

  await t.step("the path of a link is that of the folder", async () => {
    Deno.symlinkSync(site.cache, `${site.folder}/link`);
    const env = { XDG_CACHE_HOME: `${site.folder}/link` };
    assertEquals((await site.extract({ env })).library, site.library);
  });

  for (
    const [what, change] of [
      ["another user's", "chown nobody"],
      ["one that others can write to", "chmod 777"],
      ["one that a group can write to", "chown :nogroup $XDG_CACHE_HOME; chmod 770"],
    ]
  ) {
    await t.step(`not ${what}`, async () => {
      const env = { XDG_CACHE_HOME: `${site.folder}/${what}` };
      Deno.mkdirSync(env.XDG_CACHE_HOME);
      const before = `${change} "$XDG_CACHE_HOME"`.replace(
        "$XDG_CACHE_HOME;",
        '"$XDG_CACHE_HOME";',
      );
      assertEquals((await site.extract({ before, env })).library, home);
      assertEquals(site.names(env.XDG_CACHE_HOME), []);
    });

    await t.step(`none inside ${what}`, async () => {
      const env = { XDG_CACHE_HOME: `${site.folder}/${what}/mine` };
      assertEquals((await site.extract({ env })).library, home);
    });
  }

  await t.step("one as /tmp, where the owner of an entry keeps it", async () => {
    const cache = `${site.folder}/sticky`;
    const { library } = await site.extract({
      before: `mkdir ${cache}; chmod 1777 ${cache}`,
      env: { XDG_CACHE_HOME: cache },
    });
    assertEquals(library, `${cache}/denodpdk/bundle-${site.id}/libdenodpdk.so`);
  });

  await t.step("of a user who is not root", async () => {
    const cache = `${site.folder}/theirs`;
    const { library } = await site.extract({
      before: `mkdir -m 700 ${cache}; chown nobody ${cache}`,
      uid: NOBODY,
      env: { XDG_CACHE_HOME: cache },
    });
    assertEquals(library, `${cache}/denodpdk/bundle-${site.id}/libdenodpdk.so`);
    assertEquals(Deno.lstatSync(library).uid, NOBODY);
  });
});

Deno.test("where no folder will do, the libraries are in memory", async (t) => {
  const memory = /^\/proc\/self\/fd\/\d+$/;
  const readOnly = "mount -t tmpfs -o ro none";
  for (
    const [what, surroundings] of Object.entries<Surroundings>({
      "nothing is writable": {
        before: `for i in $XDG_CACHE_HOME $HOME /var; do ${readOnly} $i; done`,
      },
      "nothing may be executed": {
        before:
          "for i in $XDG_CACHE_HOME $HOME /var/cache; do mount -t tmpfs -o mode=755,noexec none $i; done",
      },
      "nothing fits": {
        before:
          "for i in $XDG_CACHE_HOME $HOME /var/cache; do mount -t tmpfs -o mode=755,size=64k none $i; done",
      },
      "a user has no folder": { uid: NOBODY, env: { HOME: "", XDG_CACHE_HOME: "" } },
    })
  ) {
    await t.step(what, async () => {
      using site = await Site.create();
      assertMatch((await site.extract(surroundings)).library, memory);
      assertEquals(site.names(site.cache), []);
    });
  }

  await t.step("nor any memory: one line says why not", async () => {
    using site = await Site.create();
    const error = await site.refusal({
      before: `${readOnly} $XDG_CACHE_HOME; mount -t tmpfs -o mode=755,noexec none $HOME; ` +
        `mount -t tmpfs -o mode=777 none /var/cache; ${readOnly} /proc/$$/fd`,
    });
    assertMatch(
      error,
      new RegExp(
        `^extract the bundled DPDK: ${site.cache}: Read-only file system; ` +
          `${site.home}/.cache: nothing may be executed there \\(noexec\\); ` +
          "/var/cache: others can write to /var/cache; " +
          "memory file: /proc/self/fd/\\d+: cannot open [^:]+: No such file or directory " +
          "\\(set XDG_CACHE_HOME to a folder for it\\)$",
      ),
    );
  });
});

Deno.test("a cache that is read-only since is used", async () => {
  using site = await Site.create();
  await site.extract();
  const before =
    "mount --bind $XDG_CACHE_HOME $XDG_CACHE_HOME; mount -o remount,bind,ro $XDG_CACHE_HOME";
  assertEquals((await site.extract({ before })).library, site.library);
});

Deno.test("what is damaged is replaced", async (t) => {
  using site = await Site.create();
  const path = `${site.target}/libneeded.so.1`;

  function flipByte(): void {
    const { size, mtime } = Deno.lstatSync(path);
    using file = Deno.openSync(path, { write: true });
    file.seekSync(size - 1, Deno.SeekMode.Start);
    file.writeSync(new Uint8Array([255]));
    // as a stamp would tell it, nothing has happened
    file.utimeSync(mtime ?? 0, mtime ?? 0);
  }

  for (
    const [what, damage] of Object.entries({
      "a byte": flipByte,
      "the end is missing": () => Deno.truncateSync(path, 100_000),
      "empty": () => Deno.truncateSync(path),
      "longer": () => Deno.writeFileSync(path, new Uint8Array(1), { append: true }),
      "missing": () => Deno.removeSync(path),
      "another user's": () => Deno.chownSync(path, NOBODY, NOBODY),
      "writable for others": () => Deno.chmodSync(path, 0o666),
      "a link": () => {
        Deno.renameSync(path, `${site.folder}/elsewhere`);
        Deno.symlinkSync(`${site.folder}/elsewhere`, path);
      },
      "a library that does not belong there": () =>
        Deno.writeTextFileSync(`${site.target}/libpcap.so.0.8`, "not ours"),
      "a folder that does not belong there": () =>
        Deno.mkdirSync(`${site.target}/glibc-hwcaps/x86-64-v2`, { recursive: true }),
      "an old temporary file": () => {
        const temporary = `${site.target}/.libneeded.so.1-left`;
        Deno.writeTextFileSync(temporary, "half a lib");
        Deno.utimeSync(temporary, 0, 0);
      },
    })
  ) {
    await t.step(what, async () => {
      await site.extract();
      damage();
      assertEquals((await site.extract()).library, site.library);
      site.assertWhole();
    });
  }
});

Deno.test("ten at once", async (t) => {
  using site = await Site.create();
  const path = `${site.target}/libneeded.so.1`;
  for (
    const [what, prepare] of Object.entries({
      "for the first time": () => {},
      "as soon as it is damaged": () => Deno.truncateSync(path, 100_000),
      "with a temporary file of one that is slow": () =>
        Deno.writeTextFileSync(
          `${site.target}/.libneeded.so.1-slow`,
          "half a lib",
        ),
    })
  ) {
    await t.step(what, async () => {
      prepare();
      const all = await Promise.all(Array.from({ length: 10 }, () => site.extract()));
      assertEquals(all.map(({ library }) => library), Array(10).fill(site.library));
      const slow = site.names().filter((name) => name.endsWith("-slow"));
      for (const name of slow) Deno.removeSync(`${site.target}/${name}`);
      site.assertWhole();
    });
  }
});

Deno.test("what another user may have put there is refused", async (t) => {
  for (const which of ["own", "target"] as const) {
    for (
      const [what, plant, why] of [
        ["another user's", "chown nobody PATH", "it belongs to user 65534"],
        ["writable for others", "chmod 777 PATH", "others can write to it"],
        [
          "writable for a group",
          "chown :nogroup PATH; chmod 770 PATH",
          "others can write to it",
        ],
        ["a link", "mv PATH PATH-moved; ln -s PATH-moved PATH", "it is a symbolic link"],
        ["a file", "rm -r PATH; touch PATH", "it is no folder"],
      ] as const
    ) {
      await t.step(`${which}: ${what}`, async () => {
        using site = await Site.create();
        await site.extract();
        const inode = Deno.lstatSync(site.library).ino;
        const path = site[which];
        await output("sh", "-ec", plant.replaceAll("PATH", path));
        assertEquals(
          await site.refusal(),
          `use ${path}: ${why}, so another user may have put it there ` +
            "(remove it, or name another folder with XDG_CACHE_HOME)",
        );
        if (what !== "a file") assertEquals(Deno.statSync(site.library).ino, inode);
      });
    }
  }
});

Deno.test("bundles of other versions go when nobody uses them", async () => {
  using site = await Site.create();
  const first = site.target;
  const user = site.start();
  await user.next();
  Deno.mkdirSync(`${site.own}/shim-of-a-clone`);
  Deno.mkdirSync(`${site.own}/removed-half/x`, { recursive: true });

  await site.makeBundle("another");
  assertNotEquals(site.target, first);
  await site.extract();
  const kept = [first, site.target].map((path) => path.slice(site.own.length + 1)).sort();
  assertEquals(site.names(site.own), [...kept, "shim-of-a-clone"]);
  assertEquals(site.names(first), site.names());

  user.kill("SIGKILL");
  await user.end();
  await site.extract();
  assertEquals(site.names(site.own), [`bundle-${site.id}`, "shim-of-a-clone"]);
});

Deno.test("ten each of two versions at once", async () => {
  using one = await Site.create();
  using two = await Site.create();
  await two.makeBundle("another");
  const env = { XDG_CACHE_HOME: one.cache };
  const library = `${one.own}/bundle-${two.id}/libdenodpdk.so`;
  const all = await Promise.all(
    Array.from({ length: 10 }, () => [
      one.extract(),
      two.extract({ env }),
    ]).flat(),
  );
  assertEquals(new Set(all.map((it) => it.library)), new Set([one.library, library]));
});
