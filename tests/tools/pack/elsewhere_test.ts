/**
 * The library in scripts outside of a checkout: by an import map, by `links`, as a package of npm,
 * and from JSR. All lies in folders with names that a URL writes differently.
 */

import { fileURLToPath } from "node:url";
import config from "../../../deno.json" with { type: "json" };
import { writeTarball } from "../../../cmd/dev/pack/package.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";
import { assert, assertEquals, assertStringIncludes } from "../../assert.ts";
import { Checkout, JsrRegistry, NpmRegistry, testPrefix } from "../../harness.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const SCRIPT = `import { Burst, DpdkError, program, Ring } from "denodpdk";
import { ether } from "denodpdk/net";

program({
  ports: 1,
  lcores: {
    receive({ rx, post }) {
      using burst = new Burst(32);
      post(\`\${rx.receive(burst)} of \${ether.IPV4}\`);
    },
  },
  async main({ ports: [port], lcores: [lcore] }) {
    using ring: Ring = Ring.create("elsewhere", 64);
    const run = lcore.run("receive", { rx: port.rxQueue(0) }, (text) => console.log(text));
    await run;
    console.log(ring.capacity, new Error() instanceof DpdkError);
  },
});
`;

/** A use of the library that its types forbid. */
const MISUSE = 'import { Ring } from "denodpdk";\nRing.create(7, "many");\n';

/** A folder of somebody's, with a script in it. */
class Project implements Disposable {
  readonly top: string = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  readonly folder: string = `${this.top}/x y/ü`;
  readonly env: Record<string, string>;

  constructor(configuration: object, env: Record<string, string> = {}) {
    this.env = { DENO_DIR: `${this.top}/deno`, NO_COLOR: "1", ...env };
    Deno.mkdirSync(this.folder, { recursive: true });
    const files = {
      "my.ts": SCRIPT,
      "misuse.ts": MISUSE,
      "deno.json": JSON.stringify(configuration),
    };
    for (const [name, text] of Object.entries(files)) {
      Deno.writeTextFileSync(`${this.folder}/${name}`, text);
    }
  }

  /** Runs Deno in the folder. */
  deno(...args: string[]) {
    return runToEnd(Deno.execPath(), args, { cwd: this.folder, env: this.env });
  }

  /** The script runs. */
  async works(): Promise<void> {
    await using prefix = testPrefix();
    const command = {
      command: Deno.execPath(),
      args: ["run", "-A", "--quiet", `${this.folder}/my.ts`],
    };
    const eal = prefix.eal({ lcores: "0@0", extra: ["--vdev=net_null0", "--log-level=*:error"] });
    const script = prefix.spawn("my", command, eal, { env: this.env });
    const { code } = await script.ended();
    assertEquals([code, script.stdout], [0, "32 of 2048\n63 false\n"], script.stderr);
    this.stderr = script.stderr;
  }

  /** The types of the library are known, as what they allow and forbid shows. */
  async checks(): Promise<void> {
    const { stderr } = await this.deno("check", "my.ts", "misuse.ts");
    const errors = [...stderr.matchAll(/^TS\d+ \[ERROR\]: (.*)$/gm)].map(([, text]) => text);
    assertEquals(errors, [
      "Argument of type 'number' is not assignable to parameter of type 'string'.",
    ], stderr);
  }

  /** What the script said on stderr. */
  stderr = "";

  [Symbol.dispose](): void {
    Deno.removeSync(this.top, { recursive: true });
  }
}

/** A cache folder of Deno's with the npm packages that are there. */
async function npmHere(folder: string): Promise<void> {
  const { stdout } = await runToEnd(Deno.execPath(), ["info", "--json"]);
  const { npmCache }: { npmCache: string } = JSON.parse(stdout);
  Deno.mkdirSync(folder);
  Deno.symlinkSync(npmCache, `${folder}/npm`);
}

Deno.test("a checkout, by an import map and by links", async () => {
  using checkout = await Checkout.create();
  const { folder } = checkout;
  const there = "../../checkout";
  await npmHere(`${checkout.top}/cache`);
  const env = { DENO_DIR: `${checkout.top}/cache` };
  for (
    const configuration of [
      { importMap: `${there}/import_map.json` },
      { imports: { "denodpdk": `${there}/mod.ts`, "denodpdk/net": `${there}/ffi/net/net.ts` } },
      { links: [there], imports: { "denodpdk": "jsr:@denodpdk/denodpdk@^0.2" } },
    ]
  ) {
    using project = new Project(configuration, env);
    Deno.symlinkSync(folder, `${project.top}/checkout`);
    await project.works();
    assertEquals(project.stderr, "");
    if ("links" in configuration) await project.checks();
  }
});

Deno.test("a package of npm, from a registry", async () => {
  await using registry = await NpmRegistry.start();
  using checkout = await Checkout.create();
  const { folder, env } = checkout;
  const pack = ["task", "--quiet", "pack"];
  const packed = await runToEnd(Deno.execPath(), pack, { cwd: folder, env });
  assert(packed.success, packed.stderr);
  const [, path = ""] = packed.stdout.match(/^(dist\/denodpdk-[\d.]+\.tgz) +0\.\d MB/m) ?? [];
  await registry.add(`${folder}/${path}`);
  using project = new Project({}, { NPM_CONFIG_REGISTRY: registry.url });
  const added = await project.deno("add", "npm:denodpdk");
  assert(added.success, added.stderr);
  await project.works();
  // the shim is that of this checkout, which is built
  assertEquals(project.stderr, "");
  await project.checks();
});

Deno.test("the same files make the same package", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  try {
    const files = ["b/c.ts", "a.js"].map((path) => ({ path, text: path }));
    await writeTarball(`${folder}/1.tgz`, files);
    await writeTarball(`${folder}/2.tgz`, files.toReversed());
    assertEquals(Deno.readFileSync(`${folder}/1.tgz`), Deno.readFileSync(`${folder}/2.tgz`));
    const { stdout } = await runToEnd("tar", ["-tzf", `${folder}/1.tgz`]);
    assertEquals(stdout, "package/\npackage/a.js\npackage/b/\npackage/b/c.ts\n");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("JSR: published without complaint, and built from sources that it serves", async () => {
  await using registry = new JsrRegistry(config.name, config.version);
  await using npm = await NpmRegistry.start();
  const env = { JSR_URL: registry.url, NPM_CONFIG_REGISTRY: npm.url, NO_COLOR: "1" };
  const publish = [
    "publish",
    "--no-check",
    "--allow-dirty",
    "--no-provenance",
    "--token=of-a-test",
  ];
  const published = await runToEnd(Deno.execPath(), publish, { cwd: ROOT, env });
  assert(published.success, published.stderr);
  // the module that an lcore's Worker runs is the user's, and known only then
  const warnings = [...published.stderr.matchAll(/^(warning|error)\S+: .*\n +--> (.+?):\d/gm)];
  assertEquals(warnings.map(([, kind, file]) => [kind, file]), [
    ["warning", `${ROOT}ffi/lcore_worker.ts`],
  ]);
  using project = new Project({}, env);
  // a compiler in less of its time
  Deno.mkdirSync(`${project.top}/bin`);
  Deno.writeTextFileSync(`${project.top}/bin/gcc`, '#!/bin/sh\nexec /usr/bin/gcc "$@" -O0\n', {
    mode: 0o755,
  });
  project.env["PATH"] = `${project.top}/bin:${Deno.env.get("PATH")}`;
  project.env["XDG_CACHE_HOME"] = `${project.top}/cache`;
  const added = await project.deno("add", `denodpdk@jsr:${config.name}`);
  assert(added.success, added.stderr);

  registry.changed = "libshim/surgery/settle.c";
  const refused = await project.deno("run", "-A", "--quiet", "my.ts", "--no-pci");
  assertEquals(refused.code, 1);
  assertStringIncludes(
    refused.stderr,
    `my: building the shim: fetch ${registry.root}libshim/surgery/settle.c: ` +
      "it is not the file of this version (SHA-256)\n",
  );

  registry.changed = undefined;
  await project.works();
  assertStringIncludes(project.stderr, "building the shim (system)");
  await project.checks();
  const [build = ""] = [...Deno.readDirSync(`${project.top}/cache/denodpdk`)]
    .map(({ name }) => name).filter((name) => name.endsWith("-system"));
  const left = [...Deno.readDirSync(`${project.top}/cache/denodpdk/${build}`)];
  assertEquals(left.filter(({ name }) => name.startsWith("sources")), []);
});
