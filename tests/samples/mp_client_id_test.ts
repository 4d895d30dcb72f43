/** Which id a client gets while others have it: no server is needed to look at that. */

import { assertEquals } from "../assert.ts";
import { claimClient } from "../../cmd/client_server_mp/shared/owners.ts";
import { identityOf } from "../../ffi/host/identity.ts";
import { Claims } from "../../ffi/recovery/recovery.ts";

/** Longer than a client waits for another client. */
const EMPTYING = 400;

Deno.test("a client waits until the server has emptied its ring, and not for another client", async () => {
  const other = new Deno.Command("sleep", { args: ["600"] }).spawn();
  const identity = identityOf(other.pid) ?? 0n;
  const slots = new BigInt64Array(1);
  const owners = Claims.at(slots.buffer, 1);
  slots[0] = identity;
  const isServer = (pid: number) => pid === other.pid;
  assertEquals(await claimClient(owners, 0, () => false), { taken: false, by: other.pid });
  setTimeout(() => slots[0] = 0n, EMPTYING);
  assertEquals(await claimClient(owners, 0, isServer), { taken: true });
  assertEquals(slots[0], identityOf(Deno.pid));
  // the server is killed meanwhile
  slots[0] = identity;
  setTimeout(() => other.kill("SIGKILL"), EMPTYING);
  assertEquals(await claimClient(owners, 0, isServer), { taken: true });
  await other.status;
});
