/** Capture files through net_pcap ports: all that goes in comes out, as it was. */

import { assert, assertEquals, assertGreater, assertThrows } from "../assert.ts";
import { testPrefix } from "../harness.ts";
import { startForwarder } from "./forwarder.ts";
import { readPcap, writePcap } from "./pcap.ts";

/** Frames of UDP over IPv4 of several flows, told apart by port, of all lengths up to `longest`. */
function frames(count: number, flows: number, longest: number, seed: number): Uint8Array[] {
  let state = seed;
  // a generator of Lehmer's: the same packets in each run
  const random = (below: number) => (state = state * 48_271 % 0x7fff_ffff) % below;
  return Array.from({ length: count }, (_, i) => {
    const frame = new Uint8Array(60 + random(longest - 59)).map(() => random(256));
    const view = new DataView(frame.buffer);
    frame.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00, 0x45]);
    frame[23] = 17;
    view.setUint16(16, frame.length - 14);
    view.setUint16(34, 1000 + random(flows));
    view.setUint32(42, i);
    return frame;
  });
}

/** The frames of each flow, in their order. */
function byFlow(all: readonly Uint8Array[]): Map<number, Uint8Array[]> {
  const flow = (frame: Uint8Array) => new DataView(frame.buffer, frame.byteOffset).getUint16(34);
  return Map.groupBy(all, flow);
}

/** A folder that is gone in the end. */
function temporaryFolder(): Disposable & { path: string } {
  const path = Deno.makeTempDirSync({ prefix: "denodpdk-pcap-" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

Deno.test("what this harness writes it reads, and refuses what is no capture", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/some.pcap`;
  const packets = frames(10, 2, 1514, 1);
  writePcap(path, packets);
  assertEquals(readPcap(path), packets);
  const bytes = Deno.readFileSync(path);
  Deno.writeFileSync(path, bytes.subarray(0, bytes.length - 1));
  assertThrows(() => readPcap(path), Error, "ends in packet 9");
  Deno.writeTextFileSync(path, "this is no capture file at all");
  assertThrows(() => readPcap(path), Error, "expected a pcap or pcapng file");
});

for (
  const [what, longest, count] of [
    ["frames of Ethernet's lengths", 1514, 3000],
    ["frames of up to 9000 bytes, several segments each", 9000, 300],
  ] as const
) {
  Deno.test(`${what}: out of each file into the other, byte for byte`, async () => {
    using folder = temporaryFolder();
    await using prefix = testPrefix();
    const path = (name: string) => `${folder.path}/${name}.pcap`;
    const inputs = [frames(count, 7, longest, 11), frames(count >> 1, 5, longest, 22)] as const;
    inputs.forEach((packets, i) => writePcap(path(`in${i}`), packets));
    const forwarder = await startForwarder(
      prefix,
      [0, 1].map((i) => `net_pcap${i},rx_pcap=${path(`in${i}`)},tx_pcap=${path(`out${i}`)}`),
    );
    const all = inputs[0].length + inputs[1].length;
    await forwarder.until(({ received }) => received >= all, `${all} packets`);
    const end = await forwarder.end();
    assertEquals([end.received, end.sent, end.dropped, end.inUse], [all, all, 0, 0]);
    for (const i of [0, 1] as const) {
      const [packets, output] = [inputs[i], readPcap(path(`out${1 - i}`))];
      assertEquals(output.length, packets.length);
      assert(packets.some((packet) => packet.length > longest / 2));
      assertEquals(byFlow(output), byFlow(packets));
      const bytes = packets.reduce((sum, { length }) => sum + length, 0);
      const [from, to] = [end.ports[i], end.ports[1 - i]];
      assertEquals([from?.ipackets, from?.ibytes], [packets.length, bytes]);
      assertEquals([to?.opackets, to?.obytes], [packets.length, bytes]);
    }
  });
}

Deno.test("two lcores, a queue each: every flow keeps its order", async () => {
  using folder = temporaryFolder();
  await using prefix = testPrefix();
  const path = (name: string) => `${folder.path}/${name}.pcap`;
  const inputs = [frames(2000, 6, 1514, 33), frames(2000, 6, 1514, 44)];
  inputs.forEach((packets, i) => writePcap(path(`in${i}`), packets));
  writePcap(path("none"), []);
  const queues = (kind: string, names: string[]) =>
    names.map((name) => `,${kind}=${path(name)}`).join("");
  const forwarder = await startForwarder(prefix, [
    `net_pcap0${queues("rx_pcap", ["in0", "in1"])}${queues("tx_pcap", ["back0", "back1"])}`,
    `net_pcap1${queues("rx_pcap", ["none", "none"])}${queues("tx_pcap", ["out0", "out1"])}`,
  ], { lcores: "0@0,1@1,2@0" });
  await forwarder.until(({ received }) => received >= 4000, "4000 packets");
  const end = await forwarder.end();
  assertEquals([end.sent, end.dropped, end.inUse], [4000, 0, 0]);
  inputs.forEach((packets, i) => {
    const flows = byFlow(readPcap(path(`out${i}`)));
    assertGreater(flows.size, 1);
    assertEquals(flows, byFlow(packets));
  });
});
