/**
 * Whose files are believed and opened, seen from source: what another user may have prepared is
 * never run, in any folder. Real processes of root, and files of the user nobody.
 */

import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch } from "../../assert.ts";
import { buildShim } from "../../../ffi/shim/build.ts";
import { lastTimes } from "../../../ffi/host/times.ts";
import { readTrustedFile, trustedLibrary } from "../../../ffi/shim/trusted_file.ts";
import { Peer, type Refused } from "../peer.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";

const ROOT = new URL("../../../", import.meta.url);
/** Opened before the tests: it stays open. */
const SHIM = buildShim("system").path;
trustedLibrary(SHIM);
const NOBODY = 65534;

/** What `fixtures/build.ts` says. */
interface Built {
  before: string;
  path: string;
  built: boolean;
}

async function shell(script: string): Promise<void> {
  const { success, stderr } = await runToEnd("sh", ["-ec", script]);
  assert(success, stderr);
}

/** Folders for caches, and a compiler that takes no time. */
class Site implements Disposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  readonly cache = `${this.folder}/cache`;
  readonly home = `${this.folder}/home`;
  readonly #env: Record<string, string>;

  constructor() {
    Deno.chmodSync(this.folder, 0o755);
    for (const path of [this.cache, this.home, `${this.folder}/bin`]) Deno.mkdirSync(path);
    // what is asked for EAL's options is a program, and not the library
    const gcc = `#!/bin/sh
while [ "$1" != -o ]; do shift; done
case "$2" in
*.eal.tmp) printf '#!/bin/sh\\necho {}\\n' > "$2" && exec chmod +x "$2" ;;
esac
exec cp '${SHIM}' "$2"
`;
    Deno.writeTextFileSync(`${this.folder}/bin/gcc`, gcc, { mode: 0o755 });
    this.#env = {
      XDG_CACHE_HOME: this.cache,
      HOME: this.home,
      DENO_DIR: `${this.folder}/deno`,
      PATH: `${this.folder}/bin:${Deno.env.get("PATH")}`,
    };
  }

  async #say(before: string): Promise<Built | Refused> {
    await using peer = new Peer(
      "build",
      [ROOT.href, "system"],
      this.#env,
      ["unshare", "--mount", "sh", "-c", `set -e; ${before}; exec "$@"`, "sh"],
    );
    return await peer.next();
  }

  /**
   * Builds, or finds what is built.
   *
   * @param before Shell commands that come first, in a mount namespace of the process's own.
   */
  async build(before = ":"): Promise<Built> {
    const said = await this.#say(before);
    if ("error" in said) throw new Error(said.error);
    return said;
  }

  async refusal(before = ":"): Promise<string> {
    const said = await this.#say(before);
    assert("error" in said, `not refused: ${JSON.stringify(said)}`);
    return said.error;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** A library that leaves a file when it is loaded. */
async function evilLibrary(folder: string): Promise<{ library: string; marker: string }> {
  const [library, marker] = [`${folder}/evil.so`, `${folder}/ran`];
  await shell(`
    printf '#include <fcntl.h>\\n__attribute__((constructor)) static void f(void)
      { open("${marker}", O_CREAT | O_WRONLY, 0600); }' |
      gcc -shared -fPIC -x c -o '${library}' -
    chown nobody '${library}'; chmod 755 '${library}'`);
  return { library, marker };
}

Deno.test("a cache in a folder where others may write", async (t) => {
  using site = new Site();
  Deno.chmodSync(site.cache, 0o1777);
  const own = `${site.cache}/denodpdk`;

  await t.step(
    "one that another user has prepared is refused by name, and nothing of it runs",
    async () => {
      const { library, marker } = await evilLibrary(site.folder);
      const record = JSON.stringify({ library: "evil.so", dpdk: "22.11.11", inputs: {} });
      const folder = SHIM.match(/shim-[^/]+/)?.[0];
      await shell(`mkdir -p '${own}/${folder}'; cp '${library}' '${own}/${folder}/evil.so'
      echo '${record}' > '${own}/${folder}/build.json'; chown -R nobody '${own}'`);
      assertEquals(
        await site.refusal(),
        `use ${own}: it belongs to user ${NOBODY}, so another user may have put it there ` +
          "(remove it, or name another folder with XDG_CACHE_HOME)",
      );
      assertEquals(
        [...Deno.readDirSync(site.folder)].some(({ name }) => marker.endsWith(name)),
        false,
      );
      Deno.removeSync(own, { recursive: true });
    },
  );

  for (
    const [what, plant] of [
      ["a symbolic link", `mkdir '${site.folder}/x'; ln -s '${site.folder}/x' '${own}'`],
      ["others can write", `mkdir -m 777 '${own}'`],
    ] as const
  ) {
    await t.step(`${what}: refused`, async () => {
      await shell(plant);
      assertMatch(await site.refusal(), new RegExp(`^use ${own}: .*${what}`));
      Deno.removeSync(own, { recursive: true });
    });
  }

  await t.step("one's own is used", async () => {
    assertMatch((await site.build()).path, new RegExp(`^${own}/shim-`));
  });
});

Deno.test("a cache whose folders another user can exchange is passed over", async () => {
  using site = new Site();
  Deno.chownSync(site.cache, NOBODY, NOBODY);
  assertMatch((await site.build()).path, new RegExp(`^${site.home}/.cache/denodpdk/shim-`));
  assertEquals([...Deno.readDirSync(site.cache)], []);
});

Deno.test("where no folder will do, one line says why not", async () => {
  using site = new Site();
  const readOnly = "mount -t tmpfs -o ro none";
  assertEquals(
    await site.refusal(
      `chmod 777 '${site.cache}'; ${readOnly} '${site.home}'; ${readOnly} /var/cache`,
    ),
    `building the shim: no folder for it: others can write to ${site.cache}; ` +
      `${site.home}/.cache: Read-only file system; /var/cache: Read-only file system ` +
      "(set XDG_CACHE_HOME to a folder for it)",
  );
});

Deno.test("a build that others may have written is not believed, but made anew", async (t) => {
  using site = new Site();
  const { path } = await site.build();
  const folder = path.slice(0, path.lastIndexOf("/"));
  const record = `${folder}/build.json`;
  const library = () => `${folder}/${JSON.parse(Deno.readTextFileSync(record)).library}`;
  const { library: evil, marker } = await evilLibrary(site.folder);
  const naming = (name: string) => {
    const text = JSON.parse(Deno.readTextFileSync(record));
    Deno.writeTextFileSync(record, JSON.stringify({ ...text, library: name, inputs: {} }));
  };
  assertEquals((await site.build()).built, false);
  for (
    const [what, change] of Object.entries({
      "a record of another user": () => Deno.chownSync(record, NOBODY, NOBODY),
      "a record that others can write": () => Deno.chmodSync(record, 0o666),
      "a record that names a library elsewhere": () => naming("../../../evil.so"),
      "no record, but something else": () => Deno.writeTextFileSync(record, "{ not JSON"),
      "a library of another user": () => Deno.chownSync(library(), NOBODY, NOBODY),
      "a library that others can write": () => Deno.chmodSync(library(), 0o777),
      "a link to a library": () => {
        Deno.symlinkSync(evil, `${folder}/link.so`);
        naming("link.so");
      },
    })
  ) {
    await t.step(what, async () => {
      change();
      const { built, path } = await site.build();
      assertEquals({ built, same: path === library() }, { built: true, same: true });
      assertEquals([...Deno.readDirSync(folder)].length, 3);
    });
  }
  assertEquals([...Deno.readDirSync(site.folder)].some(({ name }) => marker.endsWith(name)), false);
});

Deno.test("a library that is named is opened only if nobody else can have put it there", async (t) => {
  using site = new Site();
  const { library, marker } = await evilLibrary(site.folder);
  const inspect = async (shim: string) => {
    const { code, stderr } = await runToEnd(Deno.execPath(), [
      "run",
      "-A",
      fileURLToPath(new URL("cmd/inspect/main.ts", ROOT)),
      "--file-prefix=none",
    ], { env: { DENODPDK_SHIM: shim, NO_COLOR: "1" } });
    return { code, text: stderr };
  };
  await t.step("another user's: one line, and it does not run", async () => {
    assertEquals(await inspect(library), {
      code: 1,
      text: `inspect: use ${library}: it belongs to user ${NOBODY}, so another user may have put ` +
        "it there (name a library that nobody but you and root can change)\n",
    });
    assertEquals(
      [...Deno.readDirSync(site.folder)].some(({ name }) => marker.endsWith(name)),
      false,
    );
  });
  await t.step("which others can write, or exchange, or a link leads to", () => {
    Deno.chownSync(library, 0, 0);
    const reasons = (path: string, what: RegExp) => {
      const error = assertThrowsText(() => trustedLibrary(path));
      assertMatch(error, what);
    };
    Deno.chmodSync(library, 0o666);
    reasons(library, /: others can write to it, so/);
    Deno.chmodSync(library, 0o755);
    assertMatch(trustedLibrary(library), /^\/proc\/self\/fd\/\d+$/);
    Deno.chmodSync(site.folder, 0o777);
    reasons(library, new RegExp(`: others can write to ${site.folder}, so`));
    Deno.symlinkSync(library, `${site.home}/link.so`);
    reasons(`${site.home}/link.so`, new RegExp(`: others can write to ${site.folder}, so`));
    Deno.chmodSync(site.folder, 0o755);
    reasons(site.home, /: it is no file, so/);
    // the linker's business, which finds or misses them
    for (const path of ["libc.so.6", "/nonexistent/x.so"]) assertEquals(trustedLibrary(path), path);
  });
});

function assertThrowsText(what: () => unknown): string {
  try {
    return `no error, but ${what()}`;
  } catch (error) {
    return String(error);
  }
}

Deno.test("what the cache says of other things is read from one's own files only", () => {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  const before = Deno.env.get("XDG_CACHE_HOME");
  try {
    const file = `${folder}/file`;
    Deno.writeTextFileSync(file, "mine");
    assertEquals(readTrustedFile(file), "mine");
    Deno.chownSync(file, NOBODY, NOBODY);
    assertMatch(assertThrowsText(() => readTrustedFile(file)), /others can have written/);
    Deno.env.set("XDG_CACHE_HOME", folder);
    Deno.mkdirSync(`${folder}/denodpdk`);
    const times = `${folder}/denodpdk/times.json`;
    Deno.writeTextFileSync(times, '{ "build": 3, "not": "a number" }');
    assertEquals(lastTimes(), { build: 3 });
    Deno.chownSync(times, NOBODY, NOBODY);
    assertEquals(lastTimes(), {});
  } finally {
    if (before === undefined) Deno.env.delete("XDG_CACHE_HOME");
    else Deno.env.set("XDG_CACHE_HOME", before);
    Deno.removeSync(folder, { recursive: true });
  }
});
