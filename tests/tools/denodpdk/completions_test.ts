/** What shells complete behind denodpdk: real shells are asked. */

import { COMMANDS } from "../../../cmd/denodpdk/commands.ts";
import { completedCommands } from "../../../cmd/denodpdk/completions/commands.ts";
import { documentedOptions } from "../../../cmd/denodpdk/completions/options.ts";
import { type Shell, SHELLS } from "../../../cmd/denodpdk/completions/shells.ts";
import { clientOptions, serverOptions } from "../../../cmd/client_server_mp/shared/options.ts";
import { inspectOptions } from "../../../cmd/inspect/options.ts";
import { parseOptions } from "../../../cmd/l2fwd_fork/options.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";
import { prepare, trafficCommands } from "../../../cmd/traffic/commands.ts";
import { readOwnOptions } from "../../../cmd/symmetric_mp/options.ts";
import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { KEYS, startOnTerminal, testPrefix } from "../../harness.ts";

const COMPLETED = completedCommands();

Deno.test("options are those of a README's blocks, with the first part of their text", () => {
  const markdown = [
    "# x: y",
    "```sh\nx --not-this one\n```",
    "Options of the program, after `--`:\n",
    "```text\n-p MASK      which ports; more\n             goes on here\n--num N      how many\n```",
    "EAL options worth knowing, before\n`--`; all others are passed on too:\n",
    "```text\n-l 0-1       lcores that\n             go on: here\n-l 3         again\n--vdev=a,b   a port\n--help       this\n```",
    "What is shared:\n",
    "```text\n--no-option   either\n```",
  ].join("\n");
  assertEquals(documentedOptions(markdown), {
    after: [{ flag: "-p", text: "which ports" }, { flag: "--num", text: "how many" }],
    before: [
      { flag: "-l", text: "lcores that go on" },
      { flag: "--vdev=", text: "a port" },
      { flag: "--help", text: "this" },
    ],
  });
});

const READERS: Record<string, [where: "before" | "after", read: (args: string[]) => unknown]> = {
  symmetric_mp: ["after", readOwnOptions],
  mp_server: ["after", serverOptions],
  mp_client: ["after", clientOptions],
  l2fwd_fork: ["after", parseOptions],
  inspect: ["before", inspectOptions],
};

Deno.test("all options that programs read are completed", () => {
  for (const [name, [where, read]] of Object.entries(READERS)) {
    const { message } = assertThrows(() => read(["--frobnicate"]), Error);
    const known = message.match(/expected (?:one of )?(.*), got/)?.[1]?.split(", ");
    const options = COMPLETED.find((command) => command.name === name)?.[where] ?? [];
    assertEquals(options.map(({ flag }) => flag).filter((flag) => flag !== "--help"), known, name);
  }
  for (const { name, before, after } of COMPLETED) {
    assert([...before, ...after].some(({ flag }) => flag === "--help"), `${name} has no --help`);
  }
});

Deno.test("all options of traffic's commands are completed", () => {
  const { after = [] } = COMPLETED.find(({ name }) => name === "traffic") ?? {};
  const flags = new Set(after.map(({ flag }) => flag));
  for (const name of trafficCommands()) {
    const { message } = assertThrows(() => prepare([name, "--frobnicate"]), Error);
    const known = message.match(/expected (?:one of )?(.*), got/)?.[1]?.split(", ") ?? [];
    assertEquals(known.filter((flag) => !flags.has(flag)), [], name);
  }
});

/** Writes the completions of a shell to a file of its own, and gives the file's path to a test. */
async function withCompletions(shell: Shell, test: (path: string) => Promise<void>) {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  try {
    Deno.writeTextFileSync(`${folder}/denodpdk`, SHELLS[shell](COMPLETED));
    Deno.writeTextFileSync(`${folder}/a file.ts`, "");
    await test(`${folder}/denodpdk`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** What is on the line after a tab, by what is typed before it. */
const TYPED: Record<string, string> = {
  "denodpdk simp": "denodpdk simple_mp ",
  "denodpdk help l2f": "denodpdk help l2fwd_fork ",
  "denodpdk mp_server --file": "denodpdk mp_server --file-prefix=",
  "denodpdk mp_server --no-pci -- -p 3 --num": "denodpdk mp_server --no-pci -- -p 3 --num",
  "denodpdk symmetric_mp -- --num": "denodpdk symmetric_mp -- --num-procs ",
  "denodpdk inspect --js": "denodpdk inspect --json ",
  "denodpdk inspect --repair a": "denodpdk inspect --repair a\\ file.ts ",
};

/** How a shell is started without its user's settings, and reads completions. */
const INTERACTIVE: Record<"bash" | "zsh", { command: string; args: string[]; begin: string }> = {
  bash: { command: "bash", args: ["--norc", "--noprofile", "-i"], begin: "source" },
  zsh: {
    command: "zsh",
    args: ["-f", "-i"],
    begin: "autoload -U compinit && compinit -u -D && source",
  },
};

for (const shell of ["bash", "zsh"] as const) {
  const { command, args, begin } = INTERACTIVE[shell];
  Deno.test(`${shell} completes commands, options before and after --, and files`, async () => {
    await withCompletions(shell, async (path) => {
      await using prefix = testPrefix();
      const started = { command: "env", args: ["PS1=> ", command, ...args] };
      const terminal = startOnTerminal(prefix, shell, started, []);
      await terminal.lastLine("> ");
      const folder = path.replace(/\/[^/]*$/, "");
      await terminal.type(`cd ${folder}; ${begin} ./denodpdk; PS1="@ "`, KEYS.enter);
      await terminal.lastLine("@ ");
      for (const [typed, expected] of Object.entries(TYPED)) {
        await terminal.type(typed, KEYS.tab);
        await terminal.lastLine(`@ ${expected}`);
        await terminal.type(KEYS.eraseLine);
        await terminal.lastLine("@ ");
      }
      await terminal.type("exit", KEYS.enter);
      await terminal.left();
    });
  });
}

Deno.test("fish completes commands, options before and after --, and files", async () => {
  await withCompletions("fish", async (path) => {
    const asked = async (line: string) => {
      const script = 'source $argv[1]; complete -C "$argv[2]"';
      const args = ["--no-config", "-c", script, path, line];
      const { success, stdout, stderr } = await runToEnd("fish", args);
      assertEquals([success, stderr], [true, ""]);
      return stdout.trimEnd().split("\n");
    };
    const words = async (line: string) => (await asked(line)).map((it) => it.split("\t")[0]);
    assertEquals(await asked("denodpdk simp"), ["simple_mp\ttwo processes exchange messages"]);
    assertEquals(
      (await words("denodpdk ")).filter((word) => COMMANDS.some(({ name }) => name === word))
        .length,
      COMMANDS.length,
    );
    assertEquals(await words("denodpdk help l2f"), ["l2fwd_fork"]);
    assertEquals(await words("denodpdk mp_server --file"), ["--file-prefix="]);
    assertEquals(await words("denodpdk symmetric_mp --num"), [""]);
    assertEquals(await words("denodpdk symmetric_mp -- --num"), ["--num-procs"]);
    const folder = path.replace(/\/[^/]*$/, "");
    assertEquals(await words(`denodpdk inspect --repair ${folder}/a`), [`${folder}/a file.ts`]);
  });
});
