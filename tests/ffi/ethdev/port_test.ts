/** Ports: what they say of themselves, how they are opened, and when they end. */

import {
  Burst,
  createPktmbufPool,
  DpdkError,
  Mempool,
  Port,
  type PortOptions,
  RssHash,
  RxOffload,
  TxOffload,
} from "../../../mod.ts";
import { probeDevice } from "../../../ffi/eal_api.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "../../assert.ts";
import { ealArgs, initTestEal, otherPrefix, PREFIX, test } from "../eal.ts";
import { burstOf, textsOf } from "../packets.ts";
import { ask, Peer, type Refused } from "../peer.ts";

// net_ring gives back what is sent to it, net_null takes and gives whatever is wanted
const eal = initTestEal(
  "0@0",
  {},
  "--vdev=net_ring0",
  "--vdev=net_null0,size=100",
  "--vdev=net_null1",
);
const [RING, NULL] = [0, 1];

/** A started port for one test, with a pool of its own. */
function withPort(id: number, queues: number, work: (port: Port, pool: Mempool) => void): void {
  using pool = createPktmbufPool("P", 511);
  const port = Port.open(id, { rxQueues: queues, txQueues: queues, pool });
  try {
    work(port, pool);
  } finally {
    port.stop();
  }
  // net_null keeps one mbuf per queue for its copies
  if (id === RING) assertStrictEquals(pool.inUseCount, 0);
}

test("ports are listed in order, and found by id and by name", () => {
  assertEquals(
    Port.list().map(({ id, name, driver, started }) => [id, name, driver, started]),
    [
      [0, "net_ring0", "net_ring", false],
      [1, "net_null0", "net_null", false],
      [2, "net_null1", "net_null", false],
    ],
  );
  assertStrictEquals(Port.attach(1).name, "net_null0");
  assertStrictEquals(Port.attach("net_null1").id, 2);
  assertStrictEquals(`${Port.attach(1)}`, "port 1 (net_null0)");
  for (const port of [7, -1, 1.5, NaN, 70_000]) {
    const missing = assertThrows(() => Port.attach(port), DpdkError, "no such port");
    assertEquals([missing.code, missing.hint], ["ENODEV", "ports are 0, 1, 2"]);
    assertThrows(() => Port.open(port), DpdkError, "no such port");
  }
  const { hint } = assertThrows(() => Port.attach("net_none"), DpdkError);
  assertStrictEquals(hint, "ports are net_ring0, net_null0, net_null1");
});

test("a port says what it is and can", () => {
  const port = Port.attach(RING);
  const info = port.info();
  assertEquals([info.driver, info.maxRxQueues, info.maxTxQueues], ["net_ring", 16, 16]);
  assert(info.txOffloadCapa & TxOffload.MULTI_SEGS);
  assert(info.rxOffloadCapa & RxOffload.SCATTER);
  assertStrictEquals(info.rxOffloadCapa & RxOffload.CHECKSUM, 0n);
  assert(Port.attach(NULL).info().rssCapa & RssHash.IPV4);
  assertMatch(port.mac, /^([0-9A-F]{2}:){5}[0-9A-F]{2}$/);
  assertStrictEquals(info.mac, port.mac);
  const mac = Port.attach(NULL).macBytes;
  assertStrictEquals(mac.length, 6);
  assertNotEquals([...mac], [0, 0, 0, 0, 0, 0]);
  assertStrictEquals(port.socket, info.socket);
});

test("the link is down before the port is opened and up after it", async () => {
  using pool = createPktmbufPool("P", 511);
  const port = Port.open(RING, { pool, start: false });
  assertEquals([port.link().up, port.link().text], [false, "Link down"]);
  assertStrictEquals((await port.awaitLink({ limit: 0 })).up, false);
  const signal = AbortSignal.abort();
  await port.awaitLink({ signal }).then(
    () => assert(false, "waits no more"),
    ({ name }) => assertStrictEquals(name, "AbortError"),
  );
  port.start();
  const link = await port.awaitLink();
  assertEquals([link.up, link.speed], [true, 10_000]);
  assertStringIncludes(link.text, "Link up at 10 Gbps");
  port.stop();
});

test("MTU and promiscuous mode are set, or the driver is named that cannot", () => {
  withPort(RING, 1, (port) => {
    assertStrictEquals(port.mtu, 1500);
    const refused = assertThrows(() => port.mtu = 1400, DpdkError, "rte_eth_dev_set_mtu(port 0)");
    assertEquals([refused.code, refused.hint], ["ENOTSUP", "the driver net_ring cannot do this"]);
    assertThrows(() => port.mtu = 1.5, RangeError, "MTU");
    port.promiscuous = true;
    assertStrictEquals(port.promiscuous, true);
    port.promiscuous = false;
    assertStrictEquals(port.promiscuous, false);
  });
  withPort(NULL, 1, (port) => {
    port.mtu = 1400;
    assertStrictEquals(port.mtu, 1400);
    port.mtu = 1500;
  });
});

test("what spreads packets over queues is read and set", () => {
  using pool = createPktmbufPool("P", 511);
  const port = Port.open(NULL, { rxQueues: 4, txQueues: 4, pool, rss: RssHash.IPV4 });
  const { functions, key } = port.rss;
  assertEquals([functions & RssHash.IPV4, key?.length], [RssHash.IPV4, 40]);
  port.rss = { functions: RssHash.IPV4, key: new Uint8Array(40).fill(7) };
  assertEquals(port.rss, { functions: RssHash.IPV4, key: new Uint8Array(40).fill(7) });
  port.rss = { functions };
  assertEquals([...port.rss.key ?? []], Array(40).fill(7));
  const table = port.reta;
  assertStrictEquals(table.length, 128);
  port.reta = table.map((_, i) => i % 3);
  assertEquals(port.reta, table.map((_, i) => i % 3));
  assertThrows(() => port.reta = table.map(() => 4), RangeError, "redirection table");
  assertThrows(() => port.reta = Array(513).fill(0), DpdkError, "rte_eth_dev_rss_reta_update(port");
  assertThrows(() => port.rss = { functions: -1n }, RangeError, "rss");
  assertThrows(
    () => port.rss = { functions, key: new Uint8Array(256) },
    RangeError,
    "bytes of an RSS key",
  );
  port.stop();
});

test("what a driver cannot do is a plain error that names it", () => {
  withPort(RING, 1, (port) => {
    const refused = [
      () => port.rss,
      () => port.reta,
      () => port.reta = [0],
      () => port.rss = { functions: RssHash.IP },
      () => port.vlanStrip = true,
      () => port.flowControl,
      () =>
        port.flowControl = {
          send: true,
          obey: true,
          highWater: 1,
          lowWater: 1,
          pauseTime: 1,
        },
    ].map((use) => assertThrows(use, DpdkError));
    for (const { code, message } of refused) {
      assertMatch(message, /\(port 0\): (ENOTSUP|EINVAL): /);
      if (code === "ENOTSUP") assertStringIncludes(message, "(the driver net_ring cannot do this)");
    }
    assertEquals([port.vlanStrip, port.vlanFilter], [false, false]);
    assertThrows(() => port.vlanFilter = true, DpdkError);
    assertThrows(() => port.allowVlan(4096), RangeError, "VLAN id");
    assertThrows(() => port.allowVlan(5), DpdkError, "rte_eth_dev_vlan_filter(port 0)");
    assertThrows(() => port.macBytes = new Uint8Array(5), RangeError, "6 bytes");
  });
});

test("what was counted is told in all, by queue, by name, and in a second", () => {
  withPort(RING, 2, (port, pool) => {
    port.resetStats();
    assertStrictEquals(port.rates().rxPackets, 0);
    assertEquals(port.queueRates().map(({ rxPackets }) => rxPackets), [0, 0]);
    using tx = port.txQueue(1);
    using burst = burstOf(pool, "a", "bc", "def");
    assertStrictEquals(tx.send(burst), 3);
    assertStrictEquals(port.rxQueue(1).receive(burst), 3);
    const { ipackets, opackets, imissed, oerrors } = port.stats();
    assertEquals([ipackets, opackets, imissed, oerrors], [3, 3, 0, 0]);
    const xstats = port.xstats();
    assertEquals([xstats.rx_good_packets, xstats.tx_q1_packets], [3, 3]);
    assertEquals(
      port.queueStats().map(({ queue, rx, tx }) => [queue, rx.packets, tx.packets]),
      [[0, 0, 0], [1, 3, 3]],
    );
    const { seconds, rxPackets, txPackets, lost } = port.rates();
    assertEquals([rxPackets * seconds, txPackets * seconds, lost].map(Math.round), [3, 3, 0]);
    const [idle, busy] = port.queueRates();
    assertEquals([idle?.rxPackets, Math.sign(busy?.rxPackets ?? 0)], [0, 1]);
    assertEquals(port.queueRates()[1]?.rxPackets, 0);
    port.resetStats();
    assertStrictEquals(port.stats().ipackets, 0);
  });
});

test("an opened port has as many descriptors as the device can have, and a pool", () => {
  probeDevice("net_null7");
  const port = Port.open("net_null7", { rxDescriptors: 100, mtu: 9000, promiscuous: true });
  const { pool } = port;
  assert(pool);
  assertEquals([pool.name, pool.size], ["port_3_mbufs", 8191]);
  assertEquals([port.mtu, port.promiscuous, port.link().up], [9000, true, true]);
  // headers, and nine thousand bytes
  assert(pool.elementSize > 9000 + 128 + 128);
  using burst = new Burst(4);
  assertStrictEquals(port.rxQueue(0).receive(burst), 4);
  burst.clear();
  port[Symbol.dispose]();
  port[Symbol.dispose]();
  assertThrows(() => pool.size, DpdkError, "disposal");
  assertThrows(() => Mempool.lookup("port_3_mbufs"), DpdkError, "ENOENT");
  assertEquals(Port.list().map(({ id }) => id), [0, 1, 2]);
  assertThrows(() => port.info(), DpdkError, "port 3 (net_null7): used after disposal");
});

test("packets in hand when their port and its pool go are no longer", () => {
  probeDevice("net_null8");
  using burst = new Burst(4);
  {
    using port = Port.open("net_null8");
    port.rxQueue(0).receive(burst);
    using tx = port.txQueue(0);
    using more = burstOf(port.pool!, "collected");
    tx.buffer(more);
    assertEquals([burst.count, tx.pending], [4, 1]);
  }
  assertStrictEquals(burst.count, 0);
});

test("a stopped port is opened anew, and older handles end", () => {
  using pool = createPktmbufPool("P", 511);
  const older = Port.open(RING, { rxQueues: 4, txQueues: 4 });
  const own = older.pool;
  const [rx, tx] = [older.rxQueue(3), older.txQueue(3)];
  using burst = new Burst(1);
  assertStrictEquals(rx.receive(burst), 0);
  const busy = assertThrows(() => Port.open(RING), DpdkError);
  assertEquals([busy.code, busy.hint], [
    "EBUSY",
    "it runs: stop() it first, or use Port.attach()",
  ]);
  assertStrictEquals(rx.receive(burst), 0);
  older.stop();
  const port = Port.open(RING, { pool });
  for (const use of [() => rx.receive(burst), () => tx.send(burst), () => older.link()]) {
    assertThrows(use, DpdkError, "disposal");
  }
  assertThrows(() => own?.size, DpdkError, "disposal");
  assertStrictEquals(port.pool, pool);
  for (const queue of [1, 3, -1, 0.5, NaN]) {
    assertThrows(() => port.rxQueue(queue), RangeError, "port 0 has 1 rx queues");
    assertThrows(() => port.txQueue(queue), RangeError, "port 0 has 1 tx queues");
  }
  assertThrows(() => port.txQueue(0, { bufferSize: 0 }), RangeError, "bufferSize");
  assertThrows(() => port.txQueue(0, { drainUs: -1 }), RangeError, "drainUs");
  port.stop();
  const stopped = assertThrows(() => port.rxQueue(0), DpdkError);
  assertEquals([stopped.code, stopped.reason], ["ENOTSUP", "the port is not started"]);
});

test("a pool that goes before its port stops it", () => {
  const pool = createPktmbufPool("P", 511);
  const port = Port.open(NULL, { pool });
  // found again, it is not this object's to free
  Mempool.lookup("P")[Symbol.dispose]();
  assertStrictEquals(port.link().up, true);
  pool[Symbol.dispose]();
  assertEquals([port.link().up, port.info().rxQueues], [false, 0]);
  withPort(NULL, 1, (port) => assertStrictEquals(port.link().up, true));
});

test("what the device cannot be is refused with what it can", () => {
  using pool = createPktmbufPool("P", 511);
  const refused = (options: PortOptions) =>
    assertThrows(
      () => Port.open(RING, { pool, ...options }),
      DpdkError,
      "rte_eth_dev_configure(port 0)",
    );
  const many = refused({ rxQueues: 17 });
  assertEquals([many.code, many.hint], [
    "EINVAL",
    "the driver net_ring has up to 16 rx and 16 tx queues",
  ]);
  const offloads = refused({ rxOffloads: RxOffload.CHECKSUM, txOffloads: TxOffload.TCP_TSO });
  assertEquals([offloads.code, offloads.hint], [
    "EINVAL",
    "the driver net_ring cannot do RxOffload.IPV4_CKSUM, RxOffload.UDP_CKSUM, " +
    "RxOffload.TCP_CKSUM, TxOffload.TCP_TSO",
  ]);
  assertStrictEquals(refused({ rss: RssHash.IP }).code, "EINVAL");
  for (
    const [what, options] of [
      ["rxQueues", { rxQueues: -1 }],
      ["txQueues", { txQueues: 70_000 }],
      ["rxDescriptors", { rxDescriptors: 0.5 }],
      ["txDescriptors", { txDescriptors: NaN }],
      ["mtu", { mtu: 65_536 }],
      ["socket", { socket: -2 }],
      ["rxOffloads", { rxOffloads: -1n }],
      ["txOffloads", { txOffloads: 2n ** 64n }],
      ["rss", { rss: -1n }],
    ] as const
  ) assertThrows(() => Port.open(RING, { pool, ...options }), RangeError, what);
  using others = Mempool.create("M", 63, 4096);
  const error = assertThrows(() => Port.open(RING, { pool: others }), DpdkError);
  assertEquals([error.code, error.operation], ["EINVAL", "packets of mempool M"]);
});

test("no burst reaches a port that does not run, whoever stopped it", async () => {
  const args = ealArgs("0@0,1@1", otherPrefix(), "--vdev=net_null0", "--vdev=net_null1");
  await using peer = new Peer("stopped_port", args);
  const refused = {
    error: "burst on port 0: ENOTSUP: the port is not started " +
      "(start() it first; a Worker that had it before must look it up again)",
    code: "ENOTSUP",
  };
  assertEquals(await peer.next(), [refused, refused], "before it is opened");
  for (const way of ["receive", "send", "buffer", "flush"]) {
    assertStrictEquals(await peer.next(), `DpdkError: ${refused.error}`, way);
  }
  for (const way of ["turn", "turn to it"]) {
    assertStrictEquals(
      await peer.next(),
      "DpdkError: Exchange: ENOTSUP: one of its ports is not started " +
        "(make a new Exchange once all are started)",
      way,
    );
  }
  assertEquals(await peer.next(), [refused, refused], "after it is stopped");
  const { code, stderr } = await peer.end();
  assertStrictEquals(code, 0);
  // DPDK would write the stack there
  assert(!/not ready|pkt_burst|shim_/.test(stderr), stderr);
});

test("a secondary sees the ports and has a queue of its own", async () => {
  using pool = createPktmbufPool("P", 511);
  const port = Port.open(RING, { rxQueues: 2, txQueues: 2, pool });
  using tx = port.txQueue(1);
  using burst = burstOf(pool, "hello", "you");
  tx.send(burst);
  const said = await ask<{
    ports: [number, string][];
    queues: number[];
    texts: string[];
    sent: number;
    refused: Refused[];
  }>("ports", ealArgs("1@1", PREFIX, "--proc-type=secondary"));
  assertEquals(said.ports, [[0, "net_ring0"], [1, "net_null0"], [2, "net_null1"]]);
  assertEquals(said.queues, [2, 2]);
  assertEquals([said.texts, said.sent], [["hello", "you"], 2]);
  assertEquals(said.refused.map(({ code }) => code), Array(4).fill("E_RTE_SECONDARY"));
  assertStrictEquals(port.link().up, true);
  port.rxQueue(1).receive(burst);
  assertEquals(textsOf(burst), ["re: hello", "re: you"]);
  burst.clear();
  assertStrictEquals(port.rxQueue(0).receive(burst), 0);
  port.stop();
  assertStrictEquals(pool.inUseCount, 0);
});

test("devices come and go while the process runs", () => {
  probeDevice("net_null6,size=64");
  const port = Port.attach("net_null6");
  assertStrictEquals(port.id, 3);
  for (
    const devargs of ["net_nothing0", "net_null9,size=-1", "net_pcap9,rx_pcap=/nonexistent", ""]
  ) {
    assertThrows(() => probeDevice(devargs), DpdkError, `rte_dev_probe(${devargs})`);
  }
  const long = `net_pcap9,rx_pcap=/${"x".repeat(127)}`;
  assertThrows(
    () => probeDevice(long),
    DpdkError,
    "ENAMETOOLONG: EAL passes at most 127 bytes",
  );
  port.remove();
  assertEquals(Port.list().map(({ id }) => id), [0, 1, 2]);
  assertThrows(() => port.info(), DpdkError);
});

test("an id that is used again is another port", () => {
  probeDevice("net_null6");
  const old = Port.attach("net_null6");
  old.remove();
  probeDevice("net_ring7");
  using port = Port.open("net_ring7");
  assertStrictEquals(port.id, old.id);
  assertThrows(() => old.remove(), DpdkError, "port 3 (net_null6): used after disposal");
  assertStrictEquals(Port.attach(3).name, "net_ring7");
});

test("EAL's end is every port's", () => {
  const pool = createPktmbufPool("P", 511);
  const port = Port.open(NULL, { pool });
  const [rx, tx] = [port.rxQueue(0), port.txQueue(0)];
  using burst = new Burst(1);
  port.stop();
  eal[Symbol.dispose]();
  for (const use of [() => rx.receive(burst), () => tx.flush(), () => port.start()]) {
    assertThrows(use, DpdkError, "disposal");
  }
  assertThrows(() => Port.list(), DpdkError, "not initialised");
  for (const one of [tx, port, pool]) one[Symbol.dispose]();
});
