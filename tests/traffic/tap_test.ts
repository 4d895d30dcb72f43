/** The kernel's own packets: ping from one network namespace to the other, through us. */

import { assertEquals, assertGreaterOrEqual, assertMatch } from "../assert.ts";
import { testPrefix } from "../harness.ts";
import { startForwarder } from "./forwarder.ts";
import { Namespace, whyNoTaps } from "./namespace.ts";

const reason = await whyNoTaps();
const ignore = reason !== undefined;
const because = ignore ? ` (ignored: ${reason})` : "";

const PINGS = 200;

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
    await using left = await Namespace.create(`${prefix.name}_l`);
    await using right = await Namespace.create(`${prefix.name}_r`);
    await left.take(taps[0], "10.71.0.1/24", "fd71::1/64");
    await right.take(taps[1], "10.71.0.2/24", "fd71::2/64");
    const ping = async (...args: string[]) => {
      const process = prefix.spawn("ping", left.inside("ping", "-n", "-q", ...args));
      const { code } = await process.ended();
      assertMatch(process.stdout, / 0% packet loss/);
      assertEquals(code, 0);
    };
    // the first answers the question whose address it is
    await ping("-c", "1", "-w", "30", "10.71.0.2");
    const before = await forwarder.counts();
    await ping("-c", `${PINGS}`, "-i", "0.002", "-s", "1400", "-p", "d7", "10.71.0.2");
    await ping("-c", `${PINGS}`, "-i", "0.002", "-s", "8", "-6", "fd71::2");
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
