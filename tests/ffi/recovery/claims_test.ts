/** Slots in shared memory that processes claim: no EAL is needed to look at how they do. */

import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { Claims } from "../../../ffi/recovery/recovery.ts";
import { identityOf } from "../../../ffi/host/identity.ts";

/** A process that lives until it is killed, and its identity. */
function sleeper() {
  const child = new Deno.Command("sleep", { args: ["600"] }).spawn();
  const identity = identityOf(child.pid) ?? 0n;
  assert(identity !== 0n);
  return {
    pid: child.pid,
    identity,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

Deno.test("a slot of a living process is refused, one of a dead process is taken", async () => {
  const memory = new ArrayBuffer(64);
  const [claims, slots] = [Claims.at(memory, 4, 32), new BigInt64Array(memory, 32)];
  {
    await using other = sleeper();
    slots[2] = other.identity;
    assertEquals(claims.tryClaim(2), { taken: false, by: other.pid });
    assertEquals(await claims.claim(2), { taken: false, by: other.pid });
    assertEquals([claims.holder(2), claims.holder(1)], [other.identity, undefined]);
    claims.release(2);
    assertEquals(slots[2], other.identity, "only who has a slot gives it back");
  }
  assertEquals(claims.holder(2), undefined);
  assertEquals(claims.tryClaim(2), { taken: true });
  assertEquals([claims.holder(2), claims.length], [identityOf(Deno.pid), 4]);
  claims.release(2);
  assertEquals([...slots], [0n, 0n, 0n, 0n]);
  assertThrows(() => claims.tryClaim(4), RangeError, "slot");
});

Deno.test("a process whose pid is another's now has no slot any more", async () => {
  await using other = sleeper();
  const slots = new BigInt64Array(1);
  const claims = Claims.at(slots.buffer, 1);
  // the same pid, started at another time
  slots[0] = other.identity ^ (1n << 40n);
  assertEquals(claims.holder(0), undefined);
  assertEquals(claims.tryClaim(0), { taken: true });
});
