/**
 * Scripts in a folder of their own, compiled by a checkout elsewhere: they do what they do under
 * `deno run`. Both folders have names that a URL writes differently and a shell must quote.
 */

import { assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "../../assert.ts";
import { Checkout, testPrefix } from "../../harness.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";

/** Top-level code with all that a script may have: a Worker, JSON, a package, a file to read. */
const PLAIN = `import { Burst, Eal, Port } from "denodpdk";
import { parse } from "dpdk/net";
import { Command } from "commander";
import limits from "./limits.json" with { type: "json" };
import { greeting } from "./lib/greeting.ts";
import { distant } from "distant";

interface Limits {
  bursts: number;
}

const worker = new Worker(new URL("./lib/worker.ts", import.meta.url), { type: "module" });
const told = await new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data));
worker.terminate();

function receive({ bursts }: Limits): number {
  using port = Port.open(0);
  const rx = port.rxQueue(0);
  using burst = new Burst(32);
  for (let turn = 1; turn < bursts; turn++) {
    rx.receive(burst);
    burst.clear();
  }
  rx.receive(burst);
  if (Deno.args.includes("fail")) throw new TypeError("as it was told to");
  return burst.count;
}

using _eal = Eal.init([...Deno.args.filter((arg) => arg.startsWith("-"))]);
const note = Deno.readTextFileSync(new URL("./note.txt", import.meta.url)).trim();
const typeError: number = \`\${new Command("commander").name()}\`;
console.log(JSON.stringify({
  received: receive(limits),
  told,
  note,
  distant,
  greeting,
  name: typeError,
  layers: \`\${parse(new Uint8Array(14))}\`.includes("ethertype"),
  main: import.meta.main,
  folder: import.meta.dirname?.split("/").pop(),
  url: import.meta.url.endsWith(encodeURI(\`\${import.meta.filename}\`)),
  net: Deno.permissions.querySync({ name: "net" }).state === "granted",
  env: Deno.env.get("OF_THE_SCRIPT"),
}));
`;

/** Functions for lcores: their threads load the script again. */
const LCORES = `import { Burst, program } from "denodpdk";

program({
  about: "Receives on an lcore.",
  ports: 1,
  lcores: {
    receive({ rx, running, post }) {
      using burst = new Burst(32);
      let count = 0;
      while (running() && count < 64) {
        count += rx.receive(burst);
        burst.clear();
      }
      post(count);
      if (count > 1) throw new RangeError("thrown on an lcore");
    },
  },
  async main({ ports: [port], lcores: [lcore] }) {
    await lcore.run("receive", { rx: port.rxQueue(0) }, (count) => console.log(\`\${count} received\`));
  },
});
`;

const FILES: Record<string, string> = {
  "plain.ts": PLAIN,
  "lcores.ts": LCORES,
  "limits.json": '{ "bursts": 3 }',
  "note.txt": "read beside the module",
  "lib/greeting.ts": "export const greeting: string = `main: ${import.meta.main}`;",
  "lib/worker.ts": `import { ether, frame, parse } from "denodpdk/net";
import { greeting } from "./greeting.ts";

const packet = parse(frame(ether({ dst: "02:00:00:00:00:02" })));
self.postMessage(\`\${packet.ether?.dst}, \${greeting}\`);
`,
  "wrong.ts": 'import "./syntax.ts";\n',
  "syntax.ts": "const a = 1;\nconst b: number = ;\n",
};

Deno.test("scripts of another folder, compiled", async (t) => {
  using checkout = await Checkout.create();
  const folder = `${checkout.top}/x y/ü`;
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response('export const distant = "from a server";'),
  );
  const host = `127.0.0.1:${server.addr.port}`;
  const imports = {
    dpdk: "jsr:@denodpdk/denodpdk@^0.2",
    commander: "npm:commander@15.1.0",
    distant: `http://${host}/distant.js`,
  };
  const files = { ...FILES, "deno.json": JSON.stringify({ imports }) };
  for (const [path, text] of Object.entries(files)) {
    Deno.mkdirSync(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.writeTextFileSync(`${folder}/${path}`, text);
  }

  /** Runs the task as somebody in the scripts' folder. */
  const compile = (...args: string[]) =>
    runToEnd(
      Deno.execPath(),
      ["task", "--quiet", "--config", `${checkout.folder}/deno.json`, "compile", ...args],
      { cwd: folder, env: checkout.env },
    );

  await t.step("a syntax error is a line with file, line and column", async () => {
    const { code, stderr } = await compile("./wrong.ts");
    assertEquals(code, 1);
    assertNotMatch(stderr, /linking/);
    assertStringIncludes(stderr, "\ncompile: syntax.ts:2:19: Expression expected\n");
    assertNotMatch(stderr, /^ +at /m);
  });

  const before = listed(folder);

  await t.step("both compile, the type error notwithstanding", async () => {
    const { code, stdout, stderr } = await compile(
      "--allow-env=OF_THE_SCRIPT",
      `--allow-import=${host}`,
      "plain.ts",
      "./lcores.ts",
      "--output=bin/",
    );
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /^plain +1\d\d\.\d MB/m);
    assertEquals(listed(folder).filter((path) => !before.includes(path)), [
      "bin/lcores",
      "bin/plain",
    ]);
    // nothing of the sources is needed any more
    for (const name of ["bin/plain", "bin/lcores"]) {
      Deno.renameSync(`${folder}/${name}`, `${checkout.top}/${name.slice(4)}`);
    }
    Deno.removeSync(folder, { recursive: true });
  });

  const device = ["--vdev=net_null0", "--log-level=*:error"];

  await t.step("Worker, JSON, package, file, import.meta, permissions", async () => {
    await using prefix = testPrefix();
    const command = { command: `${checkout.top}/plain`, args: [] };
    const args = prefix.eal({ lcores: "0@0", extra: device });
    const env = { OF_THE_SCRIPT: "seen" };
    const plain = prefix.spawn("plain", command, args, { env });
    const { code } = await plain.ended();
    assertEquals([code, plain.stderr], [0, ""]);
    assertEquals(JSON.parse(plain.stdout), {
      received: 32,
      told: "02:00:00:00:00:02, main: false",
      note: "read beside the module",
      distant: "from a server",
      greeting: "main: false",
      name: "commander",
      layers: true,
      main: true,
      folder: "ü",
      url: true,
      net: false,
      env: "seen",
    });
    const fails = prefix.spawn("plain", command, [...args, "fail"]);
    assertEquals((await fails.ended()).code, 1);
    assertMatch(fails.stderr, /TypeError: as it was told to/);
    assertMatch(fails.stderr, /at receive \(file:.*\/x y\/ü\/plain\.ts:25:\d+\)/);
  });

  await t.step("functions run on lcores, and their errors name the line", async () => {
    await using prefix = testPrefix();
    const command = { command: `${checkout.top}/lcores`, args: [] };
    const lcores = prefix.spawn("lcores", command, prefix.eal({ lcores: "0@0", extra: device }));
    const { code } = await lcores.ended();
    assertEquals([code, lcores.stdout, lcores.stderr], [
      1,
      "64 received\n",
      "lcores: RangeError: thrown on an lcore (lcores.ts:15:28)\n",
    ]);
    const help = await runToEnd(command.command, ["--help"]);
    assertStringIncludes(help.stdout, "Usage: lcores [EAL options]");
    assertStringIncludes(help.stdout, "is inside, with these drivers:");
  });
});

/** The files below a folder. */
function listed(folder: string, within = ""): string[] {
  return [...Deno.readDirSync(folder + within)].flatMap(({ name, isDirectory }) =>
    isDirectory ? listed(folder, `${within}/${name}`) : [`${within}/${name}`.slice(1)]
  ).sort();
}
