/** The kernel's own packets: ping from one network namespace to the other, through us. */

import { assert, assertEquals, assertGreaterOrEqual } from "../assert.ts";
import { exists } from "../../ffi/host/exists.ts";
import { type Prefix, sourceOf, testPrefix } from "../harness.ts";
import { startForwarder } from "./forwarder.ts";
import { Namespace, whyNoTaps } from "./namespace.ts";
import { endSymmetricMp, type PortCounts, slackOf, startSymmetricMp } from "./symmetric_mp.ts";

const reason = await whyNoTaps();
const ignore = reason !== undefined;
const because = ignore ? ` (ignored: ${reason})` : "";

const ours = exists(sourceOf("symmetric_mp", "main.ts"));

const PINGS = 200;

/** Two namespaces with an end of a pair of taps each. */
async function namespaces(stack: AsyncDisposableStack, name: string, taps: readonly string[]) {
  const [left, right] = [
    stack.use(await Namespace.create(`${name}_l`)),
    stack.use(await Namespace.create(`${name}_r`)),
  ];
  await left.take(taps[0] ?? "", "10.71.0.1/24", "fd71::1/64");
  await right.take(taps[1] ?? "", "10.71.0.2/24", "fd71::2/64");
  return left;
}

/**
 * Pings from a namespace until `count` of them are answered, of which the first ones must be answered
 * in order. A ping that stops after its last question waits only two milliseconds for the last answer;
 * one that does not get its CPU for long may ask, and be answered, more often than it was to.
 */
async function ping(
  prefix: Prefix,
  from: Namespace,
  count: number,
  ...args: string[]
): Promise<void> {
  const options = ["-n", "-c", `${count}`, "-w", "60", ...args];
  const process = prefix.spawn("ping", from.inside("ping", ...options));
  const { code } = await process.ended();
  const answered = [...process.stdout.matchAll(/icmp_seq=(\d+) ttl/g)].map(([, seq]) =>
    Number(seq)
  );
  assertEquals(answered.slice(0, count), Array.from({ length: count }, (_, i) => i + 1));
  assertEquals(code, 0);
}

/** Pings until there is an answer: the first packets come before anybody knows whose address it is. */
async function reached(prefix: Prefix, from: Namespace): Promise<void> {
  const args = ["-n", "-q", "-c", "1", "-w", "30", "10.71.0.2"];
  const { code } = await prefix.spawn("ping", from.inside("ping", ...args)).ended();
  assertEquals(code, 0);
}

/** Pings of both versions of IP, large and small ones. */
async function pings(prefix: Prefix, from: Namespace): Promise<void> {
  await ping(prefix, from, PINGS, "-i", "0.002", "-s", "1400", "-p", "d7", "10.71.0.2");
  await ping(prefix, from, PINGS, "-i", "0.002", "-s", "8", "-6", "fd71::2");
}

Deno.test({
  name: `ping between two namespaces through a pair of net_tap ports${because}`,
  ignore,
  async fn() {
    await using prefix = testPrefix();
    const taps = [`dtA${Deno.pid}`, `dtB${Deno.pid}`] as const;
    const forwarder = await startForwarder(
      prefix,
      taps.map((name, i) => `net_tap${i},iface=${name}`),
    );
    await using stack = new AsyncDisposableStack();
    const left = await namespaces(stack, prefix.name, taps);
    // the first answers the question whose address it is
    await reached(prefix, left);
    const before = await forwarder.counts();
    await pings(prefix, left);
    const { ports } = await forwarder.counts();
    const bytes = PINGS * (1400 + 8 + 20 + 14);
    for (const i of [0, 1]) {
      const [now, then] = [ports[i], before.ports[i]];
      // each direction has all pings or answers, beside what the kernel says for itself
      assertGreaterOrEqual((now?.ipackets ?? 0) - (then?.ipackets ?? 0), 2 * PINGS);
      assertGreaterOrEqual((now?.opackets ?? 0) - (then?.opackets ?? 0), 2 * PINGS);
      assertGreaterOrEqual((now?.ibytes ?? 0) - (then?.ibytes ?? 0), bytes);
    }
    const end = await forwarder.end();
    // before both sides were up there was nobody to take what the kernel said for itself
    assertEquals([end.dropped - before.dropped, end.inUse], [0, 0]);
    assertEquals(end.sent + end.dropped, end.received);
    const total = (of: "ipackets" | "opackets") => end.ports.reduce((sum, it) => sum + it[of], 0);
    assertEquals([total("ipackets"), total("opackets")], [end.received, end.sent]);
  },
});

for (const makers of [["ts"], ["ts", "ts"], ["ts", "c"], ["c", "ts"]] as const) {
  const why = reason ?? (ours ? undefined : "cmd/symmetric_mp is not there yet");
  Deno.test({
    name: `ping between two namespaces through symmetric_mp (${makers.join(", ")})` +
      (why ? ` (ignored: ${why})` : ""),
    ignore: why !== undefined,
    async fn() {
      await using prefix = testPrefix();
      const taps = [`dtC${Deno.pid}`, `dtD${Deno.pid}`] as const;
      const processes = await startSymmetricMp(
        prefix,
        makers,
        taps.map((name, i) => `net_tap${i},iface=${name}`),
      );
      await using stack = new AsyncDisposableStack();
      const left = await namespaces(stack, prefix.name, taps);
      await reached(prefix, left);
      await pings(prefix, left);
      let sent = 0;
      for (const [i, maker] of [...makers.entries()].toReversed()) {
        const process = processes[i];
        assert(process);
        const counts = await endSymmetricMp(process);
        assertEquals(counts.length, 2);
        const total = (of: keyof PortCounts) => counts.reduce((sum, it) => sum + it[of], 0);
        sent += total("tx");
        const inHand = total("rx") - total("tx") - total("drop");
        assert(0 <= inHand && inHand <= slackOf(maker), `${inHand} in hand of ${maker}`);
      }
      // pings and answers of both versions of IP
      assertGreaterOrEqual(sent, 4 * PINGS);
    },
  });
}
