/**
 * Offloads on a port that has them: net_tap computes and checks checksums, net_af_packet on the same
 * interface is the other end of the cable.
 */

import {
  Burst,
  createPktmbufPool,
  DpdkError,
  type Packet,
  type PacketOffload,
  Port,
  RxOffload,
  TxOffload,
  type TxQueue,
} from "../../mod.ts";
import { ether, frame, icmp, ipv4, ipv6, tcp, udp, vxlan } from "../../ffi/net/net.ts";
import {
  assert,
  assertEquals,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "../assert.ts";
import { initTestEal, test } from "../ffi/eal.ts";
import { burstOf } from "../ffi/packets.ts";
import { fillSums } from "../../ffi/net/fill.ts";
import { until } from "../harness/wait.ts";
import { whyNoTaps } from "./namespace.ts";

const IFACE = `dtO${Deno.pid}`;
const CHECKSUMS = RxOffload.CHECKSUM;
const [TAP, WIRE] = [0, 1];

/** A UDP packet over IPv4 with 4 bytes of payload, both checksums right. */
const UDP = Uint8Array.of(
  ...[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0],
  ...[0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0x66, 0xcb, 10, 0, 0, 1, 10, 0, 0, 2],
  ...[0, 1, 0, 2, 0, 12, 0xe7, 0xca],
  ...[1, 2, 3, 4],
);

/** A TCP packet over IPv4 with a payload of so many bytes. */
function tcpPacket(payload: number): Uint8Array {
  const packet = new Uint8Array(14 + 20 + 20 + payload);
  packet.set(UDP.subarray(0, 34));
  const view = new DataView(packet.buffer);
  view.setUint16(16, packet.length - 14);
  packet[23] = 6;
  // 20 bytes of header, ACK
  view.setUint16(46, 0x5010);
  return packet;
}

/** How the packet is sent. */
interface Sending {
  from: Port;
  to: Port;
  /** What is done with it before. */
  prepare?: (packet: Packet) => void;
  /** Where it is received. */
  into: Burst;
}

/**
 * Sends {@linkcode UDP} until it comes: the kernel sends packets of its own, and takes none before the
 * interface is up.
 */
async function pass({ from, to, prepare, into }: Sending): Promise<Packet> {
  using tx = from.txQueue(0);
  const rx = to.rxQueue(0);
  let found: Packet | undefined;
  await until(() => {
    using sent = burstOf(from.pool!, "");
    sent.packet(0).write(UDP);
    prepare?.(sent.packet(0));
    assertStrictEquals(tx.prepare(sent), 1);
    tx.send(sent);
    into.clear();
    rx.receive(into);
    // behind a VLAN tag too
    found = [...into].find(({ data }) => data[23] === 17 || data[27] === 17);
    return found !== undefined;
  }, "a UDP packet");
  assert(found);
  return found;
}

/** Takes what is still on its way to a port from before. */
async function silence(port: Port, into: Burst): Promise<void> {
  const rx = port.rxQueue(0);
  await until(() => {
    into.clear();
    return rx.receive(into) === 0;
  }, "silence");
}

const because = await whyNoTaps();
if (because) {
  Deno.test({ name: `offloads of net_tap: ${because}`, ignore: true, fn: () => {} });
} else {
  initTestEal("0@0", {}, `--vdev=net_tap0,iface=${IFACE}`, `--vdev=net_af_packet0,iface=${IFACE}`);

  // it goes last of all: with it goes a port of net_tap's
  const pool = createPktmbufPool("P", 8191);

  /** Both ends, started. */
  const withBoth = async (work: (tap: Port, wire: Port, burst: Burst) => Promise<void>) => {
    const tap = Port.open(TAP, {
      pool,
      rxOffloads: CHECKSUMS,
      txOffloads: TxOffload.IPV4_CKSUM | TxOffload.UDP_CKSUM | TxOffload.TCP_CKSUM |
        TxOffload.TCP_TSO,
    });
    const wire = Port.open(WIRE, {
      pool,
      rxOffloads: RxOffload.VLAN_STRIP,
      txOffloads: TxOffload.VLAN_INSERT,
    });
    try {
      using burst = new Burst(64);
      await work(tap, wire, burst);
    } finally {
      wire.stop();
      tap.stop();
    }
  };

  test("a port writes the checksums that a packet wants", async () => {
    await withBoth(async (tap, wire, into) => {
      const prepare = (packet: Packet) => {
        packet.data.fill(0xee, 24, 26).fill(0xee, 40, 42);
        packet.offload = { ip: 4, ipChecksum: true, l4: "udp" };
      };
      const { data } = await pass({ from: tap, to: wire, prepare, into });
      assertEquals([...data.subarray(0, UDP.length)], [...UDP]);
    });
  });

  /** Ports of tap's packets are those of no program that tcpdump knows. */
  const [udp4, tcp4] = [udp({ srcPort: 50_001, dstPort: 50_002 }), tcp({ dstPort: 50_003 })];
  const link = ether({ dst: "02:00:00:00:00:01", src: "02:00:00:00:00:02" });
  const ip4 = ipv4({ src: "10.0.0.1", dst: "10.0.0.2" });
  const ip6 = ipv6({ src: "fd00::1", dst: "fd00::2" });
  const PORT: [what: string, frame: Uint8Array, offload: PacketOffload | undefined][] = [
    ["UDP", frame(link, ip4, udp4, "hello"), { ip: 4, ipChecksum: true, l4: "udp" }],
    ["TCP", frame(link, ip4, tcp4, "hello"), { ip: 4, ipChecksum: true, l4: "tcp" }],
    ["UDP over IPv6", frame(link, ip6, udp4, "hi"), { ip: 6, ipChecksum: false, l4: "udp" }],
    ["ICMP", frame(link, ip4, icmp({ id: 1 }), "hello"), { ip: 4, ipChecksum: true }],
    ["VXLAN", frame(link, ip4, udp(), vxlan(), ether(), ip4, tcp4, "hello"), undefined],
    ["extension headers", frame(link, ip6, ipv6.hopByHop(), udp4, "hello"), undefined],
  ];

  /** Sends a frame whose checksums are spoilt, as the queue of the port prepares it. */
  const sendSpoilt = (port: Port, tx: TxQueue, [, bytes, wanted]: typeof PORT[number]) => {
    using burst = burstOf(port.pool!, "");
    const packet = burst.packet(0);
    packet.write(bytes);
    for (const { at, size } of fillSums(Uint8Array.from(bytes), [])) {
      packet.data.fill(0xab, at, at + size);
    }
    tx.offload(burst);
    const { l2Length: _2, l3Length: _3, l4Length: _4, ...left } = packet.offload ?? {};
    assertEquals(left, wanted ?? {});
    assertStrictEquals(tx.prepare(burst), 1);
    tx.send(burst);
  };

  test("offload leaves to a port what it can, and computes the rest: the other end gets all right", async () => {
    await withBoth(async (tap, wire, into) => {
      using tx = tap.txQueue(0);
      const rx = wire.rxQueue(0);
      for (const one of PORT) {
        const [what, bytes] = one;
        await until(() => {
          sendSpoilt(tap, tx, one);
          into.clear();
          rx.receive(into);
          const came = [...into].map((packet) => packet.bytes().subarray(0, bytes.length).toHex());
          return came.includes(bytes.toHex());
        }, `${what} with right checksums`);
      }
      await silence(wire, into);
    });
  });

  test("tcpdump sees no wrong checksum on the kernel's side", async () => {
    await withBoth(async (tap, wire, into) => {
      using tx = tap.txQueue(0);
      const filter = "ether dst 02:00:00:00:00:01";
      const args = ["-i", IFACE, "-n", "-vv", "-c", String(PORT.length), "-l", filter];
      const child = new Deno.Command("tcpdump", { args, stdout: "piped", stderr: "piped" }).spawn();
      const texts = { out: "", err: "" };
      const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>, name: "out" | "err") => {
        for await (const text of stream.pipeThrough(new TextDecoderStream())) texts[name] += text;
      };
      const all = Promise.all([read(child.stdout, "out"), read(child.stderr, "err"), child.status]);
      await until(() => texts.err.includes("listening on"), "tcpdump");
      for (const one of PORT) sendSpoilt(tap, tx, one);
      await all;
      await silence(wire, into);
      // each IPv4 header but that of ICMP over it has a checksum that is told only when it is bad
      assert(!/bad|incorrect|wrong/.test(texts.out), texts.out);
      assertEquals(texts.out.match(/udp sum ok/g)?.length, 4, texts.out);
      assertEquals(texts.out.match(/cksum 0x[0-9a-f]+ \(correct\)/g)?.length, 2, texts.out);
    });
  });

  test("a dump tells what a port found of checksums", async () => {
    await withBoth(async (tap, wire, into) => {
      const came = await pass({ from: wire, to: tap, into });
      assertStringIncludes(came.dump(), "port 0, checksums: IP good, L4 good");
      const json = JSON.parse(JSON.stringify(came));
      assertEquals([json.ipChecksum, json.l4Checksum], ["good", "good"]);
      await silence(tap, into);
    });
  });

  test("a port says which checksums are right", async () => {
    await withBoth(async (tap, wire, into) => {
      const verdicts = async (spoilt?: number) => {
        const prepare = ({ data }: Packet) => {
          if (spoilt !== undefined) data[spoilt] = 0xee;
        };
        const { ipChecksum, l4Checksum } = await pass({ from: wire, to: tap, prepare, into });
        return [ipChecksum, l4Checksum];
      };
      assertEquals(await verdicts(), ["good", "good"]);
      await silence(tap, into);
      assertEquals(await verdicts(24), ["bad", "good"]);
    });
  });

  test("a port puts a VLAN tag in, and one takes it off", async () => {
    await withBoth(async (tap, wire, into) => {
      const prepare = (packet: Packet) => packet.insertVlan(0x6005);
      const came = await pass({ from: wire, to: tap, prepare, into });
      assertEquals([...came.data.subarray(12, 18)], [0x81, 0, 0x60, 5, 8, 0]);
      assertStrictEquals(came.vlanTag, undefined);
      const tagged = (packet: Packet) => {
        packet.write(Uint8Array.of(...UDP.subarray(0, 12), 0x81, 0, 0x60, 5, ...UDP.subarray(12)));
      };
      const stripped = await pass({ from: tap, to: wire, prepare: tagged, into });
      assertEquals([...stripped.data.subarray(12, 14)], [8, 0]);
      assertStrictEquals(stripped.vlanTag, 0x6005);
    });
  });

  test("a port cuts a TCP packet into segments", async () => {
    await withBoth(async (tap, wire, into) => {
      const [headers, payload, segmentSize] = [54, 1900, 1000];
      using tx = tap.txQueue(0);
      const rx = wire.rxQueue(0);
      const lengths: number[] = [];
      await until(() => {
        using sent = burstOf(tap.pool!, "");
        const packet = sent.packet(0);
        packet.write(tcpPacket(payload));
        packet.offload = { ip: 4, ipChecksum: true, l4: "tcp", segmentSize };
        tx.send(sent);
        into.clear();
        rx.receive(into);
        for (const { data, length } of into) if (data[23] === 6) lengths.push(length);
        return lengths.length >= 2;
      }, "two segments");
      assertEquals(lengths.slice(0, 2), [headers + segmentSize, headers + payload - segmentSize]);
    });
  });

  test("address and flow control are set where the driver has them", async () => {
    await withBoth((tap) => {
      tap.macBytes = Uint8Array.of(2, 0, 0, 0, 0, 0x77);
      assertStrictEquals(tap.mac, "02:00:00:00:00:77");
      const { send, obey } = tap.flowControl;
      assertEquals([send, obey], [false, false]);
      const none = { send: false, obey: false, highWater: 0, lowWater: 0, pauseTime: 0 };
      tap.flowControl = none;
      assertThrows(() => tap.flowControl = { ...none, send: true }, DpdkError);
      tap.mtu = 1400;
      assertStrictEquals(tap.mtu, 1400);
      assert(tap.link().up);
      return Promise.resolve();
    });
  });

  test("a pool that goes closes the port of net_tap that receives into it", async () => {
    await withBoth((tap) => {
      tap.stop();
      pool[Symbol.dispose]();
      assertThrows(() => tap.info(), DpdkError, "ENODEV");
      return Promise.resolve();
    }).catch((error) => {
      // there is nothing to stop any more
      if (!(error instanceof DpdkError)) throw error;
    });
    assertThrows(() => Port.attach(TAP), DpdkError);
  });
}
