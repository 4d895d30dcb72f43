/**
 * The compiled programs on a system that has nothing: `deno task test:bare` mounts it at
 * `DENODPDK_TEST_ROOT`.
 */

import { fileURLToPath } from "node:url";
import { glibcVersion } from "../../../cmd/dev/bare/root.ts";
import { packedFiles } from "../../../cmd/dev/deb/files.ts";
import { makePackage } from "../../../cmd/dev/deb/package.ts";
import type { BundleKind, BundleManifest } from "../../../ffi/shim/extract.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "../../assert.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";

const SYSTEM = Deno.env.get("DENODPDK_TEST_ROOT") ?? "";
const BIN = "/usr/local/bin";
const DIST = fileURLToPath(new URL("../../../dist/", import.meta.url));

const programs = SYSTEM ? [...Deno.readDirSync(SYSTEM + BIN)].map(({ name }) => name).sort() : [];

/** Runs a command on the system; all that it printed. */
function on(command: string, ...args: string[]): Promise<string> {
  return onAs("0:0", "/root", command, ...args);
}

/** The same as another user. */
async function onAs(user: string, home: string, command: string, ...args: string[]) {
  const { code, stdout, stderr } = await runToEnd("chroot", [
    `--userspec=${user}`,
    SYSTEM,
    command,
    ...args,
  ], { clearEnv: true, env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", HOME: home } });
  const text = stdout + stderr;
  assertEquals(code, 0, `${command} ${args.join(" ")}: ${text}`);
  return text;
}

function manifestOf(kind: BundleKind): BundleManifest {
  return JSON.parse(Deno.readTextFileSync(`${DIST}${kind}/manifest.json`));
}

/** Files below these folders of the system whose names match. */
function filesLike(pattern: RegExp, ...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    [...Deno.readDirSync(SYSTEM + folder)].flatMap(({ name, isDirectory }) =>
      isDirectory
        ? filesLike(pattern, `${folder}/${name}`)
        : pattern.test(name)
        ? [`${folder}/${name}`]
        : []
    )
  );
}

Deno.test("the system has neither Deno nor Node.js nor DPDK nor libnuma", () => {
  const unwanted = /^(deno|node|librte_.*|libdpdk.*|libnuma.*)$/;
  assertEquals(filesLike(unwanted, "/usr", "/opt"), []);
});

Deno.test("the programs are there and say their version", async (t) => {
  assert(programs.length > 0);
  for (const program of programs) {
    await t.step(program, async () => {
      assertMatch(await on(`${BIN}/${program}`, "--version"), /DPDK \d+\.\d+/);
    });
  }
});

Deno.test("nothing that they need is missing", async (t) => {
  for (const program of programs) {
    await t.step(program, async () => {
      assertNotMatch(await on("ldd", `${BIN}/${program}`), /not found/);
    });
  }
});

for (const kind of ["bundle", "core"] as const) {
  Deno.test(`nothing that the libraries of ${kind} need is missing`, async () => {
    const inside = `/opt/${kind}`;
    Deno.mkdirSync(SYSTEM + inside);
    const { files } = manifestOf(kind);
    for (const { name } of files) {
      Deno.copyFileSync(`${DIST}${kind}/${name}`, `${SYSTEM}${inside}/${name}`);
    }
    // the first is the one that is opened, and finds the others
    const needed = await on("ldd", `${inside}/${files[0]?.name}`);
    assertNotMatch(needed, /not found/);
    for (const { name } of files.slice(1)) assertStringIncludes(needed, `${inside}/${name} `);
  });
}

Deno.test("a user who can write nowhere has the libraries in memory", async () => {
  const args = ["--no-pci", "--no-huge", "-m", "64", "--no-shconf", "--lcores=0@0,1@0"];
  const said = await onAs("65534:65534", "/nonexistent", `${BIN}/simple_mp`, ...args);
  assertStringIncludes(said, "Finished Process Init.");
  const extracted = /\/(bundle|core)-[0-9a-f]{64}\//;
  assertEquals(filesLike(/./, "/var/cache", "/tmp").filter((path) => extracted.test(path)), []);
});

Deno.test("as a Debian package denodpdk is installed, runs, and goes without a trace", async () => {
  const folder = "/opt/package";
  Deno.mkdirSync(SYSTEM + folder);
  const before = filesLike(/denodpdk/, "/usr", "/etc", "/var");
  const files = await packedFiles(`${DIST}denodpdk`, "0.0.1");
  const contents = { version: "0.0.1", glibc: await glibcVersion(), files };
  const path = (await makePackage(contents, SYSTEM + folder)).slice(SYSTEM.length);
  await on("apt-get", "install", "-y", "-q", path);
  assertMatch(await on("/usr/bin/denodpdk", "--version"), /DPDK \d+\.\d+/);
  const args = ["--no-pci", "--no-huge", "-m", "64", "--no-shconf", "--lcores=0@0,1@0"];
  // as a service, which has no home
  const said = await onAs("0:0", "", "/usr/bin/denodpdk", "simple_mp", ...args);
  assertStringIncludes(said, "Finished Process Init.");
  assert(filesLike(/libdenodpdk/, "/var/cache").length > 0);
  await on("apt-get", "remove", "-y", "-q", "denodpdk");
  await on("dpkg", "--purge", "denodpdk");
  assertEquals(filesLike(/denodpdk/, "/usr", "/etc", "/var"), before);
});
