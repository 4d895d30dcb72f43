/** Ports: what they say of themselves, how they are set up, and bursts through them. */

import {
  createPktmbufPool,
  DpdkError,
  EthDev,
  Mempool,
  Objects,
  OBJECTS_MAX,
  OldPacketMemory,
  PacketBurst,
  pktmbufAllocBulk,
  pktmbufFreeBulk,
  probeDevice,
  removeDevice,
  RssHash,
  RxOffload,
  TxOffload,
} from "../../../mod.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "../../assert.ts";
import { initTestEal, test } from "../eal.ts";
import { startPort, textPackets } from "../ports.ts";

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
function withPort(port: number, queues: number, work: (dev: EthDev, pool: Mempool) => void): void {
  using pool = createPktmbufPool("P", 511);
  const dev = EthDev.of(port);
  startPort(dev, pool, queues);
  try {
    work(dev, pool);
  } finally {
    dev.stop();
  }
  // net_null keeps one mbuf per queue for its copies
  if (port === RING) assertStrictEquals(pool.inUseCount, 0);
}

const decoder = new TextDecoder();

/** Receives all that there is, as texts, and frees it. */
function receive(dev: EthDev, pool: Mempool, queue = 0): string[] {
  using memory = OldPacketMemory.of(pool);
  const burst = new PacketBurst(memory, 32);
  const n = dev.rxPackets(queue, burst, 32);
  const texts = Array.from({ length: n }, (_, i) => {
    const packet = memory.packet(burst.objs, i);
    return decoder.decode(packet.bytes());
  });
  pktmbufFreeBulk(burst.objs, n);
  return texts;
}

test("ports are listed in order, and found by id and by name", () => {
  assertEquals(
    EthDev.list().map(({ port, name }) => [port, name]),
    [[0, "net_ring0"], [1, "net_null0"], [2, "net_null1"]],
  );
  assertStrictEquals(EthDev.of(1).name, "net_null0");
  assertStrictEquals(EthDev.byName("net_null1").port, 2);
  const missing = assertThrows(() => EthDev.of(7), DpdkError, "no such port");
  assertEquals([missing.code, missing.hint], ["ENODEV", "ports are 0, 1, 2"]);
  assertStrictEquals(assertThrows(() => EthDev.byName("net_none"), DpdkError).code, "ENODEV");
  for (const port of [-1, 1.5, NaN, 70_000]) {
    assertThrows(() => EthDev.of(port), DpdkError, "no such port");
  }
});

test("a port says what it is and can", () => {
  const dev = EthDev.of(RING);
  const info = dev.info();
  assertEquals([info.driver, info.maxRxQueues, info.maxTxQueues], ["net_ring", 16, 16]);
  assert(info.txOffloadCapa & TxOffload.MULTI_SEGS);
  assert(info.rxOffloadCapa & RxOffload.SCATTER);
  assertStrictEquals(info.rxOffloadCapa & RxOffload.CHECKSUM, 0n);
  assert(EthDev.of(NULL).info().rssCapa & RssHash.IPV4);
  assertMatch(dev.mac, /^([0-9A-F]{2}:){5}[0-9A-F]{2}$/);
  const mac = EthDev.of(NULL).macBytes;
  assertStrictEquals(mac.length, 6);
  assertNotEquals([...mac], [0, 0, 0, 0, 0, 0]);
  assertStrictEquals(dev.socket, info.socket);
});

test("the link is down before start and up after it", () => {
  withPort(RING, 1, (dev) => {
    const link = dev.link();
    assertEquals([link.up, link.speed], [true, 10_000]);
    assertStringIncludes(link.text, "Link up at 10 Gbps");
  });
  assertEquals([EthDev.of(RING).link().up, EthDev.of(RING).link().text], [false, "Link down"]);
});

test("MTU and promiscuous mode are set, or refused by the device", () => {
  withPort(RING, 1, (dev) => {
    assertStrictEquals(dev.mtu, 1500);
    const refused = assertThrows(() => dev.mtu = 1400, DpdkError, "rte_eth_dev_set_mtu");
    assertStrictEquals(refused.code, "ENOTSUP");
    assertThrows(() => dev.mtu = 1.5, RangeError, "MTU");
    dev.promiscuous = true;
    assertStrictEquals(dev.promiscuous, true);
    dev.promiscuous = false;
    assertStrictEquals(dev.promiscuous, false);
  });
  withPort(NULL, 1, (dev) => {
    dev.mtu = 1400;
    assertStrictEquals(dev.mtu, 1400);
    dev.mtu = 1500;
  });
});

test("what is sent comes back in order, and both are counted", () => {
  withPort(RING, 1, (dev, pool) => {
    dev.resetStats();
    assertStrictEquals(dev.txBurst(0, textPackets(pool, "a", "bc", "def"), 3), 3);
    assertEquals(receive(dev, pool), ["a", "bc", "def"]);
    assertEquals(receive(dev, pool), []);
    const { ipackets, opackets, imissed, oerrors } = dev.stats();
    assertEquals([ipackets, opackets, imissed, oerrors], [3, 3, 0, 0]);
    const xstats = dev.xstats();
    assertEquals([xstats.rx_good_packets, xstats.tx_q0_packets], [3, 3]);
    dev.resetStats();
    assertStrictEquals(dev.stats().ipackets, 0);
  });
});

test("a burst can begin anywhere in the table, and be of nothing", () => {
  withPort(RING, 1, (dev, pool) => {
    const objs = textPackets(pool, "a", "b", "c", "d");
    assertStrictEquals(dev.txBurst(0, objs, 0), 0);
    assertStrictEquals(dev.txBurst(0, objs, 2, 2), 2);
    assertStrictEquals(dev.txBurst(0, objs, 1, 1), 1);
    pktmbufFreeBulk(objs, 1);
    const few = new Objects(8);
    assertStrictEquals(dev.rxBurst(0, few, 0), 0);
    assertStrictEquals(dev.rxBurst(0, few, 2), 2);
    assertEquals(receive(dev, pool), ["b"]);
    pktmbufFreeBulk(few, 2);
  });
});

test("what the device does not take stays with the caller", () => {
  withPort(RING, 1, (dev, pool) => {
    // a net_ring port has a ring of 1024, 1023 of which can be used: more than the pool has
    using more = createPktmbufPool("Q", 2047);
    const objs = textPackets(more, ...Array.from({ length: 1100 }, (_, i) => `${i}`));
    const sent = dev.txBurst(0, objs, 1100);
    assertStrictEquals(sent, 1023);
    assertStrictEquals(dev.txBurst(0, objs, 77, sent), 0);
    pktmbufFreeBulk(objs, 77, sent);
    const back = new Objects(1100);
    assertStrictEquals(dev.rxBurst(0, back, 1100), 1023);
    assertEquals(back.addresses.subarray(0, 1023), objs.addresses.subarray(0, 1023));
    pktmbufFreeBulk(back, 1023);
    assertEquals([more.inUseCount, pool.inUseCount], [0, 0]);
  });
});

test("the largest table is a burst as well", () => {
  withPort(RING, 1, (dev, pool) => {
    const objs = new Objects(OBJECTS_MAX);
    assertStrictEquals(pktmbufAllocBulk(pool, objs, 5), true);
    dev.txBurst(0, objs, 5);
    assertStrictEquals(dev.rxBurst(0, objs, OBJECTS_MAX), 5);
    pktmbufFreeBulk(objs, OBJECTS_MAX);
  });
});

test("a packet of several segments goes through whole", () => {
  withPort(RING, 1, (dev, pool) => {
    using memory = OldPacketMemory.of(pool);
    const objs = textPackets(pool, "one ", "packet");
    memory.packet(objs, 0).chain(memory.packet(objs, 1));
    assertStrictEquals(dev.txBurst(0, objs, 1), 1);
    assertEquals(receive(dev, pool), ["one packet"]);
  });
});

test("net_null fills as many as are wanted, and says where they are", () => {
  withPort(NULL, 2, (dev, pool) => {
    using memory = OldPacketMemory.of(pool);
    const burst = new PacketBurst(memory, 32);
    assertStrictEquals(dev.rxPackets(1, burst, 20), 20);
    assertEquals([...new Set(burst.lengths.subarray(0, 20))], [100]);
    assertEquals([...new Set(burst.ports.subarray(0, 20))], [NULL]);
    assertStrictEquals(memory.packet(burst.objs, 3).port, NULL);
    assertStrictEquals(new Set(burst.offsets.subarray(0, 20)).size, 20);
    assertStrictEquals(dev.txBurst(1, burst.objs, 20), 20);
  });
});

test("queues that the port does not have are refused before C sees them", () => {
  withPort(RING, 2, (dev, pool) => {
    assertEquals([dev.info().rxQueues, dev.info().txQueues], [2, 2]);
    const objs = new Objects(4);
    using memory = OldPacketMemory.of(pool);
    const burst = new PacketBurst(memory, 4);
    for (const queue of [2, -1, 0.5, NaN]) {
      assertThrows(() => dev.rxBurst(queue, objs, 1), RangeError, "2 rx queues");
      assertThrows(() => dev.rxPackets(queue, burst, 1), RangeError, "2 rx queues");
      assertThrows(() => dev.txBurst(queue, objs, 0), RangeError, "2 tx queues");
    }
    for (const count of [5, -1, 0.5, NaN]) {
      assertThrows(() => dev.rxBurst(0, objs, count), RangeError);
      assertThrows(() => dev.rxPackets(0, burst, count), RangeError);
      assertThrows(() => dev.txBurst(0, objs, count), RangeError);
    }
    assertThrows(() => dev.txBurst(0, objs, 2, 3), RangeError, "do not lie");
  });
});

test("a port does not start before all its queues are set up", () => {
  probeDevice("net_null7");
  using pool = createPktmbufPool("P", 511);
  const dev = EthDev.byName("net_null7");
  const refused = () => assertThrows(() => dev.start(), DpdkError);
  assertStrictEquals(refused().code, "EINVAL");
  dev.configure({ rxQueues: 2, txQueues: 1 });
  dev.setupRxQueue(0, { descriptors: 64, pool });
  assertStringIncludes(refused().message, "rx queue 1: EINVAL");
  dev.setupRxQueue(1, { descriptors: 64, pool });
  assertStringIncludes(refused().message, "tx queue 0: EINVAL");
  dev.setupTxQueue(0, { descriptors: 64 });
  dev.start();
  dev.start();
  assertStrictEquals(dev.rxBurst(1, new Objects(1), 0), 0);
  dev.stop();
  removeDevice(dev);
});

test("a pool that goes before its port stops it", () => {
  const pool = createPktmbufPool("P", 511);
  const dev = EthDev.of(NULL);
  startPort(dev, pool, 2);
  // found again, it is not this object's to free
  Mempool.lookup("P")[Symbol.dispose]();
  assertStrictEquals(dev.link().up, true);
  pool[Symbol.dispose]();
  assertStrictEquals(dev.link().up, false);
  withPort(NULL, 1, (dev) => assertStrictEquals(dev.link().up, true));
  assertStrictEquals(dev.link().up, false);
});

test("a queue takes its packets from a pool of packets only", () => {
  using pool = Mempool.create("M", 63, 4096);
  const error = assertThrows(
    () => EthDev.of(NULL).setupRxQueue(0, { descriptors: 64, pool }),
    DpdkError,
  );
  assertEquals([error.code, error.operation], ["EINVAL", "packets of mempool M"]);
});

test("a configuration that the device cannot have is refused with its errno", () => {
  const dev = EthDev.of(RING);
  const refused = (conf: Parameters<EthDev["configure"]>[0]) =>
    assertThrows(() => dev.configure(conf), DpdkError, "rte_eth_dev_configure(port 0)").code;
  assertStrictEquals(refused({ rxQueues: 17, txQueues: 1 }), "EINVAL");
  assertStrictEquals(
    refused({ rxQueues: 1, txQueues: 1, rxOffloads: RxOffload.CHECKSUM }),
    "EINVAL",
  );
  assertStrictEquals(refused({ rxQueues: 1, txQueues: 1, rss: RssHash.IP }), "EINVAL");
  assertThrows(() => dev.configure({ rxQueues: -1, txQueues: 1 }), RangeError, "rxQueues");
  assertThrows(() => dev.configure({ rxQueues: 1, txQueues: 70_000 }), RangeError, "txQueues");
  assertThrows(() => dev.adjustDescriptors(-1, 5), RangeError, "rx descriptors");
  withPort(RING, 1, (dev) => {
    const busy = assertThrows(() => dev.configure({ rxQueues: 1, txQueues: 1 }), DpdkError);
    assertStrictEquals(busy.code, "EBUSY");
    assertEquals(dev.adjustDescriptors(1024, 512), { rx: 1024, tx: 512 });
  });
});

test("devices come and go while the process runs", () => {
  probeDevice("net_null7,size=64");
  const dev = EthDev.byName("net_null7");
  assertStrictEquals(dev.port, 3);
  for (
    const devargs of ["net_nothing0", "net_null9,size=-1", "net_pcap9,rx_pcap=/nonexistent", ""]
  ) {
    assertThrows(() => probeDevice(devargs), DpdkError, `rte_dev_probe(${devargs})`);
  }
  const long = `net_pcap9,rx_pcap=/${"x".repeat(127)}`;
  assertThrows(
    () => probeDevice(long),
    DpdkError,
    "ENAMETOOLONG: EAL tells other processes 127 bytes",
  );
  removeDevice(dev);
  assertEquals(EthDev.list().map(({ port }) => port), [0, 1, 2]);
  assertThrows(() => dev.info(), DpdkError);
});

test("an id that is used again is another port", () => {
  probeDevice("net_null7");
  const old = EthDev.byName("net_null7");
  removeDevice(old);
  probeDevice("net_ring7");
  const dev = EthDev.byName("net_ring7");
  assertStrictEquals(dev.port, old.port);
  assertThrows(() => removeDevice(old), DpdkError, "port 3 (net_null7): used after disposal");
  assertThrows(() => old.rxBurst(0, new Objects(1), 1), DpdkError, "disposal");
  assertStrictEquals(EthDev.of(3).name, "net_ring7");
  removeDevice(dev);
});

test("a port is one object: none remembers queues that are gone", () => {
  using pool = createPktmbufPool("P", 511);
  const [dev, other] = [EthDev.of(RING), EthDev.byName("net_ring0")];
  assertStrictEquals(other, dev);
  startPort(dev, pool, 4);
  assertStrictEquals(other.rxBurst(3, new Objects(1), 1), 0);
  dev.stop();
  startPort(dev, pool, 1);
  assertThrows(() => other.rxBurst(3, new Objects(1), 1), RangeError, "1 rx queues");
  assertThrows(() => EthDev.of(RING).txBurst(3, new Objects(1), 1), RangeError, "1 tx queues");
  dev.stop();
});

test("a closed port is of no use any more, and EAL's end is every port's", () => {
  probeDevice("net_ring9");
  using pool = createPktmbufPool("P", 511);
  const dev = EthDev.byName("net_ring9");
  startPort(dev, pool);
  dev.stop();
  dev.close();
  assertThrows(() => dev.rxBurst(0, new Objects(1), 1), DpdkError, "disposal");
  assertThrows(() => dev.start(), DpdkError, "disposal");
  const other = EthDev.of(NULL);
  eal[Symbol.dispose]();
  assertThrows(() => other.txBurst(0, new Objects(1), 0), DpdkError, "disposal");
  assertThrows(() => EthDev.list(), DpdkError, "not initialised");
  const objs = new Objects(1);
  objs.addresses.set([0xdead_beefn]);
  assertThrows(() => pktmbufFreeBulk(objs, 1), DpdkError, "disposal");
});
