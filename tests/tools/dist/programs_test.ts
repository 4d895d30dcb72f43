/** The compiled programs as files, and what they say about themselves. */

import { PROGRAMS } from "../../../cmd/dev/compile/programs.ts";
import { sha256 } from "../../../cmd/dev/compile/digest.ts";
import type { BundleKind, BundleManifest } from "../../../ffi/shim/extract.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "../../assert.ts";
import { distFolder } from "../../harness.ts";
import { type Ended, runToEnd } from "../../../cmd/lib/command.ts";

/** What each may take, in bytes; denodpdk has all of them inside, and runs scripts. */
const largest = (name: string) => name === "denodpdk" ? 125e6 : 115e6;

/** The drivers that a test box needs, as they name themselves. */
const DRIVERS = [
  "net_af_packet",
  "net_bonding",
  "net_e1000_em",
  "net_e1000_igb",
  "net_ena",
  "net_failsafe",
  "net_i40e",
  "net_iavf",
  "net_ice",
  "net_ixgbe",
  "net_memif",
  "net_null",
  "net_pcap",
  "net_ring",
  "net_tap",
  "net_vhost",
  "net_virtio",
  "net_virtio_user",
  "net_vmxnet3",
];

const DIST = distFolder() ?? "";
assert(DIST, "these are tests of compiled programs: deno task test --dist");

const names = PROGRAMS.map(({ name }) => name);

function manifestOf(kind: BundleKind): BundleManifest {
  return JSON.parse(Deno.readTextFileSync(`${DIST}/${kind}/manifest.json`));
}

const manifest = manifestOf("bundle");

/** Drivers that a bundle must have at least. */
const BUNDLES: [BundleKind, string[]][] = [["bundle", DRIVERS], ["core", []]];

/** Runs a program with no variable but these. */
function run(name: string, args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return runToEnd(`${DIST}/${name}`, args, { clearEnv: true, env });
}

Deno.test("each program is one file of at most 115 MB, denodpdk of 125", () => {
  for (const name of names) {
    const { isFile, size } = Deno.statSync(`${DIST}/${name}`);
    assert(isFile && size <= largest(name), `${name}: ${size} bytes`);
  }
});

Deno.test("SHA256SUMS has all of them, and sha256sum agrees", async () => {
  const sums = Deno.readTextFileSync(`${DIST}/SHA256SUMS`);
  assertEquals([...sums.matchAll(/^[0-9a-f]{64} {2}(\w+)$/gm)].map(([, name]) => name), names);
  const { success, stdout } = await runToEnd("sha256sum", ["--check", "SHA256SUMS"], { cwd: DIST });
  assert(success, stdout);
});

for (const [kind, wanted] of BUNDLES) {
  const { id, dpdk, drivers, files } = manifestOf(kind);

  Deno.test(`the manifest of ${kind} names the files beside it, and its drivers`, async () => {
    const present = [...Deno.readDirSync(`${DIST}/${kind}`)].map(({ name }) => name).sort();
    assertEquals([...files.map(({ name }) => name), "manifest.json"].sort(), present);
    for (const { name, size, sha256: digest } of files) {
      const content = Deno.readFileSync(`${DIST}/${kind}/${name}`);
      assertEquals([content.length, await sha256(content)], [size, digest], name);
    }
    assertMatch(id, /^[0-9a-f]{64}$/);
    assertMatch(dpdk, /^\d+\.\d+\.\d+$/);
    assertEquals(drivers, drivers.toSorted());
    assertEquals(wanted.filter((driver) => !drivers.includes(driver)), []);
  });

  Deno.test(`the shim of ${kind} has all that it needs, and shows nothing of DPDK`, async () => {
    const shim = `${DIST}/${kind}/${files[0]?.name}`;
    const output = async (command: string, ...args: string[]) => {
      const { stdout, stderr } = await runToEnd(command, args);
      return stdout + stderr;
    };
    assertNotMatch(await output("ldd", "-r", shim), /not found|undefined symbol/);
    const symbols = (await output("nm", "--dynamic", "--defined-only", shim)).trim().split("\n")
      .map((line) => line.split(" ").at(-1) ?? "");
    assert(symbols.includes("shim_eal_init"));
    assertEquals(symbols.filter((symbol) => !symbol.startsWith("shim_")), []);
  });
}

for (const [name = "", ...words] of [["simple_mp"], ["denodpdk", "simple_mp"]]) {
  Deno.test(`${[name, ...words].join(" ")} uses the small library until there is a device`, async () => {
    const folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
    const eal = ["--no-pci", "--no-huge", "-m", "64", "--no-shconf", "--lcores=0@0,1@0"];
    const extracted = async (kind: string, ...devices: string[]) => {
      const cache = `${folder}/${kind}`;
      const ended = await run(name, [...words, ...eal, ...devices], { XDG_CACHE_HOME: cache });
      assertEquals(ended.code, 0, ended.stderr);
      return [...Deno.readDirSync(`${cache}/denodpdk`)].map(({ name }) => name);
    };
    try {
      assertEquals(await extracted("none"), [`core-${manifestOf("core").id}`]);
      assertEquals(await extracted("one", "--vdev=net_null0"), [`bundle-${manifest.id}`]);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
}

for (const name of names) {
  Deno.test(`${name}: --version and --help name DPDK and the drivers inside`, async () => {
    const version = await run(name, ["--version"]);
    assertEquals([version.code, version.stderr], [0, ""]);
    assertStringIncludes(version.stdout, `${name} of denodpdk `);
    const help = await run(name, ["--help"]);
    assertEquals([help.code, help.stderr], [0, ""]);
    for (const { stdout } of [version, help]) {
      const [, dpdk, drivers = ""] = stdout.match(/DPDK (\S+) is inside[^:]*:\s+([^]*)$/) ?? [];
      assertEquals(dpdk, manifest.dpdk);
      assertEquals(drivers.trim().split(/\s+/), manifest.drivers);
    }
    // it is called by its own name, for there is no Deno
    assertMatch(help.stdout, RegExp(`^  ${name}\\b`, "m"));
    assertNotMatch(help.stdout, /\bdeno (run|task)\b/);
  });
}

Deno.test("nothing is left in the folder for temporary files", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  try {
    await Promise.all(
      names.map((name) => run(name, ["--version"], { TMPDIR: folder, XDG_CACHE_HOME: folder })),
    );
    assertEquals([...Deno.readDirSync(folder)], []);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("DENODPDK_SHIM names another library", async () => {
  const shim = "/nonexistent/shim.so";
  const { code, stderr } = await run("inspect", ["--file-prefix", "none"], { DENODPDK_SHIM: shim });
  assertEquals(code, 1);
  assertMatch(stderr, /^inspect: [^\n]+\n$/);
  assertStringIncludes(stderr, shim);
});
