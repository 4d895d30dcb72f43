/** The options of tasks and tools. */

import { bareOptions } from "../../../cmd/dev/bare/options.ts";
import { benchOptions } from "../../../cmd/dev/bench/options.ts";
import { ROWS } from "../../../cmd/dev/bench/rows.ts";
import { compileOptions } from "../../../cmd/dev/compile/options.ts";
import { PROGRAMS } from "../../../cmd/dev/compile/programs.ts";
import { versionsOptions } from "../../../cmd/dev/versions/options.ts";
import { inspectOptions } from "../../../cmd/inspect/options.ts";
import { versionFault } from "../../../cmd/lib/runtime.ts";
import { setupOptions } from "../../../cmd/setup/options.ts";
import { soakOptions } from "../../../cmd/dev/soak/options.ts";
import { testOptions } from "../../../cmd/dev/test/options.ts";
import { assert, assertEquals, assertStrictEquals } from "../../assert.ts";
import { refuses, understands } from "./table.ts";

understands("inspect", inspectOptions, {
  "": { filePrefix: "rte", pci: false, json: false, audit: false, repair: undefined },
  "--file-prefix x --pci --json --audit --repair P": {
    filePrefix: "x",
    pci: true,
    json: true,
    audit: true,
    repair: "P",
  },
});

const INSPECT = "one of --file-prefix, --pci, --json, --audit, --repair";

refuses("inspect", inspectOptions, {
  "--file-prefix": "--file-prefix: expected the primary's file prefix, got nothing",
  "--file-prefix ''": "--file-prefix: expected the primary's file prefix, got ''",
  "--repair": "--repair: expected the name of a pool, got nothing",
  "--adit": `--adit: expected ${INSPECT}, got '--adit' (did you mean --audit?)`,
  "x": `'x': expected ${INSPECT}, got 'x'`,
});

understands("setup", setupOptions, {
  "": { tests: false, hugepagesMib: 1024 },
  "--tests --hugepages-mib 2": { tests: true, hugepagesMib: 2 },
});

refuses("setup", setupOptions, {
  "--hugepages-mib 1": "--hugepages-mib: expected a whole number of MiB, 2 or more, got '1'",
  "--hugepages-mib 1G": "--hugepages-mib: expected a whole number of MiB, 2 or more, got '1G'",
  "--test":
    "--test: expected one of --tests, --hugepages-mib, got '--test' (did you mean --tests?)",
});

const NAMES = Object.keys(ROWS);

understands("bench", benchOptions, {
  "": {
    rounds: 5,
    rows: NAMES,
    against: undefined,
    pause: undefined,
    pace: undefined,
    steady: undefined,
    json: undefined,
  },
  "--rounds 1 --rows start,calls --json f --pause 9 --steady 60 --pace 20": {
    rounds: 1,
    rows: ["start", "calls"],
    against: undefined,
    pause: 9,
    steady: 60,
    pace: 20,
    json: "f",
  },
});

refuses("bench", benchOptions, {
  "--rounds 0": "--rounds: expected a number of rounds from 1 to 10000, got '0'",
  "--rounds many": "--rounds: expected a number of rounds from 1 to 10000, got 'many'",
  "--rows nonsense": `--rows: expected some of ${NAMES.join(", ")}, got 'nonsense'`,
  "--rows start,toString": `--rows: expected some of ${NAMES.join(", ")}, got 'toString'`,
  "--rows cals": `--rows: expected some of ${NAMES.join(", ")}, got 'cals' (did you mean calls?)`,
  "--pause 0": "--pause: expected seconds from 1 to 86400, got '0'",
  "--pace 0": "--pace: expected seconds from 1 to 3600, got '0'",
  "--steady 0": "--steady: expected minutes from 1 to 1440, got '0'",
});

understands("soak", soakOptions, {
  "": {
    count: 200,
    mode: [false, true],
    seed: undefined,
    clients: 300,
    rings: 300,
    races: 200,
    noCrashPoints: false,
  },
  "--count 0 --mode floating --seed 7 --clients 0 --rings 9 --races 0 --no-crash-points": {
    count: 0,
    mode: [true],
    seed: 7,
    clients: 0,
    rings: 9,
    races: 0,
    noCrashPoints: true,
  },
});

refuses("soak", soakOptions, {
  "--count -1": "--count: expected kills from 0 to 100000, got '-1'",
  "--mode pined":
    "--mode: expected some of pinned, floating, both, got 'pined' (did you mean pinned?)",
  "--seed 4294967296": "--seed: expected a number from 0 to 4294967295, got '4294967296'",
});

const ALL = PROGRAMS.map(({ name }) => name);

const COMPILE = {
  programs: ALL,
  scripts: [],
  permissions: [],
  output: undefined,
  include: [],
  importMap: undefined,
};

understands("compile", compileOptions, {
  "": COMPILE,
  "doctor inspect": { ...COMPILE, programs: ["doctor", "inspect"] },
  "--allow-net -A ./my my.mjs doctor": {
    ...COMPILE,
    programs: ["doctor"],
    scripts: ["./my", "my.mjs"],
    permissions: ["--allow-net", "-A"],
  },
  "--deny-env=A,B --output=x/ my.ts --include a,b --import-map m.json": {
    ...COMPILE,
    programs: [],
    scripts: ["my.ts"],
    permissions: ["--deny-env=A,B"],
    output: "x/",
    include: ["a", "b"],
    importMap: "m.json",
  },
});

const COMPILE_OPTIONS = "one of --output, --include, --import-map";

/** Flags of Deno that begin like this, as a refusal names them. */
function permissionFlags(verb: string): string {
  const kinds = ["read", "write", "import", "net", "env", "sys", "run", "ffi"];
  return `one of ${kinds.map((kind) => `--${verb}-${kind}`).join(", ")}`;
}

refuses("compile", compileOptions, {
  "simplemp": `'simplemp': expected some of ${
    ALL.join(", ")
  }, got 'simplemp' (did you mean simple_mp?)`,
  "--nosuch": `--nosuch: expected ${COMPILE_OPTIONS}, got '--nosuch'`,
  "--allow-nte my.ts": `--allow-nte: expected ${
    permissionFlags("allow")
  }, got '--allow-nte' (did you mean --allow-net?)`,
  "--deny-= my.ts": `--deny-=: expected ${permissionFlags("deny")}, got '--deny-='`,
  "--allow-net=a doctor": "--allow-net: expected a script, as FILE.ts, got none",
  "--output x": "--output: expected a script, as FILE.ts, got none",
  "--output x a.ts b.ts": "--output: expected a folder, as bin/, for several scripts, got 'x'",
});

Deno.test("test: files by a part of their path; those of compiled programs with --dist", () => {
  assertEquals(testOptions(["ffi/ring_test"]), { dist: false, files: ["tests/ffi/ring_test.ts"] });
  assert(
    testOptions(["--dist"]).files.every((file) => /^tests\/(tools\/dist|samples)\//.test(file)),
  );
});

refuses("test", testOptions, {
  "nonsense": "filter: expected a part of a test file's path, got 'nonsense'",
  "mempol": "filter: expected a part of a test file's path, got 'mempol' (did you mean mempool?)",
  "--dits": "--dits: expected --dist, got '--dits' (did you mean --dist?)",
});

understands("test:bare", bareOptions, {
  "": { suites: ["bookworm", "trixie"], filters: ["tests/tools/bare/", "tests/samples/"] },
  "--suites sid samples/": { suites: ["sid"], filters: ["samples/"] },
});

refuses("test:bare", bareOptions, {
  "--suites buster": "--suites: expected some of bookworm, trixie, sid, got 'buster'",
  "nonsense": "filter: expected a part of a test file's path, got 'nonsense'",
});

understands("test:versions", versionsOptions, {
  "": {
    steps: ["demo", "check", "test", "compile", "dist"],
    tests: [],
    suites: ["bookworm", "trixie", "sid"],
  },
  "--steps demo --tests a,b sid": { steps: ["demo"], tests: ["a", "b"], suites: ["sid"] },
});

refuses("test:versions", versionsOptions, {
  "trixi": "'trixi': expected some of bookworm, trixie, sid, got 'trixi' (did you mean trixie?)",
  "--steps all": "--steps: expected some of demo, check, test, compile, dist, got 'all'",
});

Deno.test("an old Deno is named, with the version that is wanted", () => {
  assertStrictEquals(versionFault("2.6.9"), "expected Deno 2.7 or later, got 2.6.9");
  assertStrictEquals(versionFault("1.46.3"), "expected Deno 2.7 or later, got 1.46.3");
  for (const version of ["2.7.0", "2.7.11", "2.10.0", "3.0.0-rc.1"]) {
    assertStrictEquals(versionFault(version), undefined);
  }
});
