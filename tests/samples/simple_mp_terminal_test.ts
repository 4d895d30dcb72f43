/** simple_mp on a terminal. */

import { assert, assertEquals, assertMatch } from "../assert.ts";
import {
  KEYS,
  LCORES,
  note,
  type Prefix,
  program,
  PROMPT,
  type SimpleMp,
  startOnTerminal,
  startSimpleMp,
  type Terminal,
  testPrefix,
  until,
} from "../harness.ts";

/** A secondary on a terminal, of a primary that is not. */
async function pair(prefix: Prefix): Promise<{ primary: SimpleMp; terminal: Terminal }> {
  const primary = await startSimpleMp(prefix, { type: "primary" });
  const terminal = startOnTerminal(
    prefix,
    "simple_mp",
    program("simple_mp"),
    prefix.eal({ type: "secondary", lcores: LCORES.second }),
  );
  await terminal.shows("its start", ({ lines }) => lines.includes("Starting core 3"));
  await terminal.lastLine(PROMPT);
  return { primary, terminal };
}

Deno.test("on a terminal: tab completes a command", async () => {
  await using prefix = testPrefix();
  const { primary, terminal } = await pair(prefix);
  // in one piece, as over a slow line
  await terminal.type(`se${KEYS.tab}`);
  await terminal.lastLine(`${PROMPT}send `);
  await terminal.type("completed", KEYS.enter);
  assertEquals(await primary.receives(1), ["completed"]);
  await terminal.lastLine(PROMPT);
  await terminal.type("q");
  await terminal.lastLine(`${PROMPT}q`);
  await terminal.type(KEYS.tab);
  await terminal.lastLine(`${PROMPT}quit `);
  await terminal.type(KEYS.enter);
  assertEquals((await terminal.left()).status, 0);
});

Deno.test("on a terminal: two tabs show all commands", async () => {
  await using prefix = testPrefix();
  const { terminal } = await pair(prefix);
  await terminal.type(KEYS.tab + KEYS.tab);
  await terminal.shows("send, quit and help", ({ lines }) => {
    const words = new Set(lines.flatMap((line) => line.split(/\s+/)));
    return ["send", "quit", "help"].every((word) => words.has(word));
  });
  await terminal.lastLine(PROMPT);
});

Deno.test("on a terminal: the arrow keys bring back and edit what was entered", async () => {
  await using prefix = testPrefix();
  const { primary, terminal } = await pair(prefix);
  await terminal.type("send one", KEYS.enter, "send two", KEYS.enter);
  await primary.receives(2);
  await terminal.lastLine(PROMPT);
  await terminal.type(KEYS.up);
  await terminal.lastLine(`${PROMPT}send two`);
  await terminal.type(KEYS.up);
  await terminal.lastLine(`${PROMPT}send one`);
  await terminal.type(KEYS.backspace, "ce", KEYS.left, KEYS.left, "l", KEYS.enter);
  assertEquals(await primary.receives(3), ["one", "two", "onlce"]);
});

Deno.test("on a terminal: a message is shown above what is being typed", async () => {
  await using prefix = testPrefix();
  const { primary, terminal } = await pair(prefix);
  await terminal.type("send half");
  await terminal.lastLine(`${PROMPT}send half`);
  await primary.send("interruption", "another");
  const expected = [
    "core 3: Received 'interruption'",
    "core 3: Received 'another'",
    `${PROMPT}send half`,
  ];
  await terminal.shows(
    "both messages above what was typed",
    ({ lines }) => lines.slice(-3).join("\n") === expected.join("\n"),
  );
  await terminal.lastLine(`${PROMPT}send half`);
  await terminal.type(" and half", KEYS.enter);
  assertEquals(await primary.receives(1), ["half and half"]);
});

Deno.test("on a terminal: a message leaves the cursor where it was", async () => {
  await using prefix = testPrefix();
  const { primary, terminal } = await pair(prefix);
  await terminal.type("send ac", KEYS.left);
  const at = `${PROMPT}send a`.length;
  await terminal.shows("the cursor before the c", ({ column }) => column === at);
  await primary.send("interruption");
  await terminal.shows(
    "the message, and the cursor at its place",
    ({ lines, row, column }) =>
      lines.includes("core 3: Received 'interruption'") &&
      lines[row] === `${PROMPT}send ac` && column === at,
  );
  await terminal.type("b", KEYS.enter);
  assertEquals(await primary.receives(1), ["abc"]);
});

Deno.test("on a terminal: a message does not double a line that wraps", async () => {
  await using prefix = testPrefix();
  const { primary, terminal } = await pair(prefix);
  const long = "0123456789".repeat(9);
  await terminal.type(`send ${long}`);
  const shown = (lines: string[]) => lines.slice(-2).join("") === `${PROMPT}send ${long}`;
  await terminal.shows("the wrapped line", ({ lines }) => shown(lines));
  await primary.send("interruption");
  const { lines } = await terminal.shows(
    "the message above the wrapped line",
    (screen) => screen.lines.includes("core 3: Received 'interruption'") && shown(screen.lines),
  );
  assertEquals(lines.filter((line) => line.startsWith(`${PROMPT}send 0`)).length, 1);
  await terminal.type(KEYS.enter);
  assertEquals(await primary.receives(1), [long]);
});

Deno.test("on a terminal: UTF-8 is typed, sent and shown", async () => {
  await using prefix = testPrefix();
  const { primary, terminal } = await pair(prefix);
  await terminal.type("send grüße é€", KEYS.enter);
  assertEquals(await primary.receives(1), ["grüße é€"]);
  await primary.send("zurück é€");
  await terminal.shows("the answer", ({ lines }) => lines.includes("core 3: Received 'zurück é€'"));
});

Deno.test("on a terminal: a burst of messages comes through while a line is typed", async () => {
  await using prefix = testPrefix();
  const { primary, terminal } = await pair(prefix);
  const text = "typed in the middle of it all";
  const sent = Array.from({ length: 300 }, (_, i) => `m${i}`);
  const typing = (async () => {
    await terminal.type("send ");
    for (const key of text) {
      await terminal.type(key);
      await terminal.process.waitFor(key); // one by one, not in one piece
    }
  })();
  for (let i = 0; i < sent.length; i += 20) {
    await primary.send(...sent.slice(i, i + 20));
    await terminal.process.waitFor(`Received 'm${i + 19}'`);
  }
  await typing;
  await terminal.lastLine(`${PROMPT}send ${text}`);
  const received = [...terminal.process.stdout.matchAll(/core 3: Received '(m\d+)'/g)]
    .map(([, message]) => message);
  assertEquals(received, sent);
  await terminal.type(KEYS.enter);
  assertEquals(await primary.receives(1), [text]);
});

Deno.test("on a terminal: it edits lines again after SIGSTOP and fg", async () => {
  await using prefix = testPrefix();
  const { primary, terminal } = await pair(prefix);
  const pid = await programOn(terminal.process.pid);
  const tty = await Deno.readLink(`/proc/${pid}/fd/0`);
  const mode = (...args: string[]) =>
    new TextDecoder().decode(
      new Deno.Command("stty", { args: ["-F", tty, ...args] }).outputSync().stdout,
    );
  Deno.kill(pid, "SIGSTOP");
  await until(() => /^State:\s+T/m.test(Deno.readTextFileSync(`/proc/${pid}/status`)), "the stop");
  mode("sane"); // as a shell does
  assertMatch(mode("-a"), /(?<!-)icanon/);
  Deno.kill(pid, "SIGCONT");
  await until(() => /-icanon/.test(mode("-a")), "the terminal to give single keys");
  await terminal.type("send ac", KEYS.left, "b");
  await terminal.shows("the line once", ({ lines, row }) => lines[row] === `${PROMPT}send abc`);
  await terminal.type(KEYS.enter);
  assertEquals(await primary.receives(1), ["abc"]);
  await terminal.type(KEYS.interrupt);
  const left = await terminal.left();
  assertMatch(left.after, /(?<!-)icanon/);
});

/** The ways to end, each with the status that it leads to. */
const ENDS: { name: string; status: number; by: (terminal: Terminal) => Promise<void> }[] = [
  { name: "quit", status: 0, by: (it) => it.type("quit", KEYS.enter) },
  { name: "Ctrl-D", status: 0, by: (it) => it.type(KEYS.endOfFile) },
  { name: "Ctrl-C", status: 130, by: (it) => it.type(KEYS.interrupt) },
  { name: "Ctrl-C on a line half typed", status: 130, by: (it) => it.type("se", KEYS.interrupt) },
  {
    name: "SIGTERM",
    status: 143,
    by: async ({ process }) => Deno.kill(await programOn(process.pid), "SIGTERM"),
  },
];

/** The program that runs below a `script`, its shell, and a shell of that where it is no bash. */
async function programOn(script: number): Promise<number> {
  const childOf = async (pid: number) =>
    Number((await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`)).trim().split(" ")[0]);
  let program = script;
  for (let child = script; child !== 0; child = await childOf(child)) program = child;
  return program;
}

for (const { name, status, by } of ENDS) {
  Deno.test(`on a terminal: ${name} leaves it as it was, status ${status}`, async () => {
    await using prefix = testPrefix();
    const { primary, terminal } = await pair(prefix);
    const start = performance.now();
    await by(terminal);
    const left = await terminal.left();
    note(`${name}: ended in ${Math.round(performance.now() - start)} ms`);
    assertEquals(left.status, status);
    assertEquals(left.after, left.before);
    assertMatch(left.after, /(?<!-)icanon/);
    // the shell's next line begins at the left
    const { lines } = await terminal.screen();
    assertMatch(lines.join("\n"), new RegExp(`^\\[status ${status}\\]`, "m"));
    assertEquals((await primary.quit()).code, 0);
  });
}

Deno.test("on a terminal: bad options are one line and leave it as it was", async () => {
  await using prefix = testPrefix();
  const terminal = startOnTerminal(
    prefix,
    "simple_mp",
    program("simple_mp"),
    prefix.eal({ type: "secondary" }),
  );
  const left = await terminal.left();
  assertEquals(left.status, 1);
  assertEquals(left.after, left.before);
});

Deno.test("on a dumb terminal: plain lines, no control sequences", async () => {
  await using prefix = testPrefix();
  const { command, args } = program("simple_mp");
  const dumb = { command: "env", args: ["TERM=dumb", command, ...args] };
  const terminal = startOnTerminal(prefix, "simple_mp", dumb, prefix.eal({ lcores: LCORES.first }));
  await terminal.process.waitFor("Starting core 1");
  await terminal.type("help", KEYS.enter);
  await terminal.process.waitFor("send commands to the simple app");
  await terminal.type("quit", KEYS.enter);
  assertEquals((await terminal.left()).status, 0);
  const [, shown = ""] = terminal.process.stdout.split("[H");
  assert(shown.includes(PROMPT), shown);
  assertEquals(shown.includes("\x1b"), false, JSON.stringify(shown));
});
