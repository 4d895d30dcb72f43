/** The other end of a net_memif port goes away while an lcore polls: nobody reads memory that is gone. */

import { fileURLToPath } from "node:url";
import { assertEquals } from "../assert.ts";
import type { Command } from "../harness.ts";
import { MemifPair } from "./memif_pair.ts";

const CLIENT = fixture("comes_and_goes.ts");
const BOTH = fixture("closes_pair.ts");
const TIMES = 150;
const KILLS = 4;
const PAIRS = 20;

function fixture(name: string): Command {
  const script = fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
  return { command: Deno.execPath(), args: ["run", "-A", "--no-check", script] };
}

Deno.test(`a receiver outlives ${TIMES} disconnects and ${KILLS} killed peers`, async () => {
  await using pair = new MemifPair();
  const receiver = pair.start("receive", "server", ["receive"]);
  await receiver.waitFor(/1 s: received/);
  const client = pair.start("client", "client", [`${TIMES}`], CLIENT);
  assertEquals((await client.ended()).code, 0, client.stderr + receiver.stderr);
  for (let i = 0; i < KILLS; i++) {
    const options = ["send", "--rate", "1kpps", "--stream", `${i}`];
    const killed = pair.start(`killed ${i}`, "client", options);
    await killed.waitFor(/1 s: sent/);
    killed.kill("SIGKILL");
    await killed.ended();
  }
  assertEquals((await receiver.endBy(() => receiver.kill("SIGINT"))).code, 0, receiver.stderr);
  for (let i = 0; i < KILLS; i++) {
    assertEquals(new RegExp(`^stream ${i}: `, "m").test(receiver.stdout), true, receiver.stdout);
  }
});

Deno.test(`a process closes both ends of a socket, one right after the other, ${PAIRS} times`, async () => {
  await using pair = new MemifPair();
  const both = pair.startWith("both", "0@0", [], [pair.file("socket"), `${PAIRS}`], BOTH);
  assertEquals((await both.ended()).code, 0, both.stderr);
  // regions that two threads freed
  assertEquals(both.stderr.includes("Invalid memory"), false, both.stderr);
});
