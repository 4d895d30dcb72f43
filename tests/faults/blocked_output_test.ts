/** A pager, Ctrl-S, a pipe that nobody empties: no program's work waits for its reader. */

import { assert, assertEquals } from "../assert.ts";
import {
  ALL_PROGRAMS,
  argsOf,
  INTERRUPTED,
  isAlive,
  program,
  RUNNING,
  startMpServer,
  startOnTerminal,
  testPrefix,
  UnreadOutput,
  until,
} from "../harness.ts";
import { runToEndSync } from "../../cmd/lib/command.ts";

for (const name of ALL_PROGRAMS) {
  Deno.test(`${name} ends by SIGINT though nobody reads what it says`, async () => {
    await using prefix = testPrefix();
    const server = name === "mp_client" ? await startMpServer(prefix) : undefined;
    using output = new UnreadOutput();
    const process = prefix.spawn(name, output.wrap(program(name), true), argsOf(prefix, name));
    await output.readUntil((text) => RUNNING[name].test(text));
    output.fill();
    assertEquals((await process.endBy(() => process.kill("SIGINT"))).code, INTERRUPTED[name]);
    await server?.process.endBy(() => server.process.kill("SIGINT"));
    assertEquals(prefix.files(), []);
  });
}

/** The children of a process. */
function childrenOf(pid: number): number[] {
  const { stdout } = runToEndSync("pgrep", ["-P", String(pid)]);
  return stdout.split("\n").filter(Boolean).map(Number);
}

Deno.test("l2fwd_fork replaces a slave while nobody reads", async () => {
  await using prefix = testPrefix();
  using output = new UnreadOutput();
  const process = prefix.spawn(
    "l2fwd_fork",
    output.wrap(program("l2fwd_fork")),
    argsOf(prefix, "l2fwd_fork"),
  );
  const forwards = (text: string) => [...text.matchAll(/slave \d \(pid (\d+)\) forwards/g)];
  await output.readUntil((text) => forwards(text).length === 2);
  output.fill();
  const slaves = forwards(output.text).map(([, pid]) => Number(pid));
  Deno.kill(slaves[0] ?? 0, "SIGKILL");
  // both are replaced by those in reserve, and those by new ones
  const replaced = () => {
    const now = childrenOf(process.pid);
    return now.length === 4 && !now.some((pid) => slaves.includes(pid));
  };
  await until(() => !process.running || replaced(), "both slaves' replacement", [process.pid]);
  assert(process.running, process.stderr);
  assertEquals((await process.endBy(() => process.kill("SIGINT"))).code, 0);
  assertEquals(prefix.files(), []);
});

Deno.test("Ctrl-S stops what mp_server shows, and nothing else", async () => {
  await using prefix = testPrefix();
  const terminal = startOnTerminal(
    prefix,
    "mp_server",
    program("mp_server"),
    argsOf(prefix, "mp_server"),
  );
  await terminal.shows("its table", ({ lines }) => lines.includes("CLIENTS"));
  await terminal.type("\x13");
  // `script` starts it behind one shell or two
  let server = terminal.process.pid;
  for (let [child] = childrenOf(server); child !== undefined; [child] = childrenOf(server)) {
    server = child;
  }
  Deno.kill(server, "SIGINT");
  await until(() => !isAlive(server), "mp_server's end", [server]);
  await terminal.type("\x11");
  const { status, before, after } = await terminal.left();
  assertEquals([status, after], [0, before]);
});

Deno.test("simple_mp loses no message that it cannot print yet", async () => {
  await using prefix = testPrefix();
  using output = new UnreadOutput();
  const receiver = prefix.spawn(
    "receiver",
    output.wrap(program("simple_mp")),
    prefix.eal({ type: "primary", lcores: "0@0,1@1" }),
  );
  await output.readUntil((text) => RUNNING.simple_mp.test(text));
  const sender = prefix.spawn(
    "sender",
    program("simple_mp"),
    prefix.eal({ type: "secondary", lcores: "2@0,3@1" }),
  );
  await sender.waitFor("Starting core 3");
  output.fill();
  await sender.write(Array.from({ length: 300 }, (_, i) => `send ${i}\n`).join(""));
  const prompts = () => sender.stdout.split("simple_mp > ").length - 1;
  await sender.waitUntil(() => prompts() > 300, "waiting until all are sent");
  // the ring fills up, as it does when nobody receives
  const discarded = sender.stdout.split("message discarded").length - 1;
  assert(discarded > 0);
  const received = () => output.text.split("Received '").length - 1;
  await output.readUntil(() => received() >= 300 - discarded);
  assert(!output.text.includes("dropped"), output.text);
  assertEquals((await receiver.endBy(() => receiver.kill("SIGINT"))).code, 130);
  await sender.endBy(() => sender.kill("SIGINT"));
});

Deno.test("inspect ends by Ctrl-C though nobody reads", async () => {
  await using prefix = testPrefix();
  const server = await startMpServer(prefix);
  using output = new UnreadOutput();
  output.fill();
  const inspect = prefix.spawn("inspect", output.wrap(program("inspect")), [
    "--file-prefix",
    prefix.name,
  ]);
  const waits = () => {
    const stack = Deno.readTextFileSync(`/proc/${inspect.pid}/wchan`);
    return stack.includes("pipe_write");
  };
  await until(() => !inspect.running || waits(), "inspect to wait for its reader", [inspect.pid]);
  assertEquals((await inspect.endBy(() => inspect.kill("SIGINT"))).code, 130);
  await server.process.endBy(() => server.process.kill("SIGINT"));
  assertEquals(prefix.files(), []);
});
