/** What a sender says that it sent over net_tap is what the kernel counts on the other side. */

import { createPktmbufPool, Port } from "../../mod.ts";
import { measuredCyclesPerSecond, tscCycles } from "../../ffi/eal_api.ts";
import { ether, frame, ipv4, udp } from "../../ffi/net/net.ts";
import { flow, Pacer, range, Sender } from "../../ffi/traffic/traffic.ts";
import { assert, assertEquals } from "../assert.ts";
import { initTestEal, test } from "../ffi/eal.ts";
import { until } from "../harness/wait.ts";
import { whyNoTaps } from "./namespace.ts";

const reason = await whyNoTaps();
const iface = `dtP${Deno.pid}`;
const SECONDS = 0.5;
const RATE = 20_000;
/** Lengths of packets in memory, without check sequences, as sizes of frames say them. */
const LENGTHS = [60, 508, 1514];

/** A counter of the interface as the kernel has it. */
function kernel(what: "packets" | "bytes" | "dropped" | "errors"): number {
  return Number(Deno.readTextFileSync(`/sys/class/net/${iface}/statistics/rx_${what}`));
}

if (reason !== undefined) {
  Deno.test({ name: `the kernel counts what is sent (ignored: ${reason})`, ignore: true, fn() {} });
} else {
  initTestEal("0@0", {}, `--vdev=net_tap0,iface=${iface}`);
  test("paced packets over net_tap: the kernel's counters agree to the packet and the byte", async () => {
    const hz = measuredCyclesPerSecond();
    using pool = createPktmbufPool("SEND", 2047);
    using port = Port.open(0, { rxDescriptors: 256, txDescriptors: 256 });
    using tx = port.txQueue(0);
    const packets = flow(
      frame(ether({ dst: port.mac }), ipv4({ dst: "198.18.0.2" }), udp({ dstPort: 9 })),
      { ipv4: { src: range("198.18.1.0", 256) } },
      { sizes: LENGTHS.map((length) => length + 4).join() },
    );
    const pacer = new Pacer({ cyclesPerSecond: hz, rate: RATE });
    using sender = new Sender({ tx, pool, pacer, flows: [packets] });
    const [before, beforeBytes] = [kernel("packets"), kernel("bytes")];
    const begin = tscCycles();
    pacer.start(begin);
    while (tscCycles() < begin + SECONDS * hz) sender.turn(tscCycles());
    const { sent, refused, skipped, asked } = pacer.report();
    assert(sent > 0 && sent + refused + skipped <= asked + 1);
    await until(() => kernel("packets") - before >= sent, `the kernel to count ${sent} packets`);
    assertEquals(kernel("packets") - before, sent);
    // sizes go round in turn; what the port refused had none of them
    const round = LENGTHS.reduce((sum, length) => sum + length, 0);
    const rest = LENGTHS.slice(0, sent % LENGTHS.length).reduce((sum, length) => sum + length, 0);
    const bytes = Math.floor(sent / LENGTHS.length) * round + rest;
    assertEquals(kernel("bytes") - beforeBytes, bytes);
    assertEquals([kernel("dropped"), kernel("errors")], [0, 0]);
    assertEquals([port.stats().opackets, tx.sent], [sent, sent]);
  });
}
