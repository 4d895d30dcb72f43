/** The other end of a net_memif port goes away while an lcore polls: nobody reads memory that is gone. */

import { fileURLToPath } from "node:url";
import { assertEquals } from "../assert.ts";
import { MemifPair } from "./memif_pair.ts";

const SCRIPT = fileURLToPath(new URL("./fixtures/comes_and_goes.ts", import.meta.url));
const CLIENT = { command: Deno.execPath(), args: ["run", "-A", "--no-check", SCRIPT] };
const TIMES = 150;
const KILLS = 4;

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
