/** Every public object goes through console.log and JSON, alive and disposed of. */

import {
  Burst,
  createPktmbufPool,
  DpdkError,
  Exchange,
  Mempool,
  Memzone,
  Objects,
  Port,
  Ring,
} from "../../mod.ts";
import { Counters, Lcore } from "../../ffi/eal_api.ts";
import { AddressRange } from "../../ffi/net/net.ts";
import { Filter, PcapReader, PcapWriter } from "../../ffi/pcap/pcap.ts";
import { Claims } from "../../ffi/recovery/recovery.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "../assert.ts";
import { initTestEal, PREFIX, test } from "./eal.ts";

const eal = initTestEal("0@0", {}, "--vdev=net_null0");

/** What is there, by name. */
function objects(): Record<string, unknown> {
  const pool = createPktmbufPool("P", 63);
  const ring = Ring.create("R", 16);
  const zone = Memzone.reserve("Z", 64);
  const port = Port.open(0, { pool });
  const burst = new Burst(4);
  pool.getBulk(burst, 2);
  const messages = new Objects(2);
  const [rx, tx] = [port.rxQueue(0), port.txQueue(0)];
  const exchange = new Exchange([rx]);
  const [packet] = burst;
  const claims = Claims.open("C", 4);
  return {
    ...{ pool, ring, zone, port, burst, messages, rx, tx, exchange, packet, claims },
    memory: burst.memory,
    counters: new Counters(new ArrayBuffer(16)),
    info: [port.info(), zone.info(), pool.info(), ring.info()],
    stats: [port.stats(), port.queueStats(), port.xstats(), port.rates(), port.queueRates()],
    lists: [Port.list(), Ring.list(), Mempool.list(), Memzone.list()],
    audit: [pool.audit(), Mempool.look("P")],
    link: port.link(),
    rss: port.rss,
    lcores: Lcore.workers(),
    eal,
    secondaries: eal.secondaries(),
    filter: Filter.compile("udp port 53"),
    writer: PcapWriter.create("/dev/null"),
    reader: PcapReader.open("/dev/null"),
    range: AddressRange.parse("10.0.0.0/8"),
    error: assertThrows(() => Ring.lookup("none"), DpdkError),
  };
}

test("console.log and JSON take every public object, alive and disposed of", async () => {
  const all = objects();
  for (const [name, object] of Object.entries(all)) {
    let json = "";
    try {
      json = JSON.stringify(object);
    } catch (cause) {
      throw new Error(`JSON of ${name}`, { cause });
    }
    assert(json.length < 100_000, `${name}: ${json.length} characters`);
    assert(Deno.inspect(object).length > 0, name);
  }
  assertMatch(Deno.inspect(all["ring"]), /^Ring R: 0 of 15 objects$/);
  assertMatch(Deno.inspect(all["pool"]), /^Mempool P: \d+ of 63 elements in use$/);
  assertMatch(Deno.inspect(all["zone"]), /^Memzone Z: 64 bytes at 0x[0-9a-f]+$/);
  assertMatch(
    Deno.inspect(all["port"]),
    /^Port 0 \(net_null0\): net_null, [0-9A-F:]{17}, 1 rx and 1 tx queues, started$/,
  );
  assertEquals(Deno.inspect(all["rx"]), "RxQueue: rx queue 0 of port 0");
  assertEquals(
    Deno.inspect(all["tx"]),
    "TxQueue: tx queue 0 of port 0: 0 sent, 0 dropped, 0 pending",
  );
  assertEquals(Deno.inspect(eal), `Eal: primary with file prefix ${PREFIX}`);
  assertEquals(Deno.inspect(all["exchange"]), "Exchange: 0 packets in hand");
  assertEquals(Deno.inspect(all["filter"]), 'Filter "udp port 53"');
  assertEquals(Deno.inspect(all["writer"]), "PcapWriter /dev/null: pcapng, 0 packets");
  assertEquals(Deno.inspect(all["reader"]), "PcapReader /dev/null: not read yet");
  const json = (name: string) => JSON.parse(JSON.stringify(all[name]));
  assertMatch(json("zone").address, /^0x[0-9a-f]+$/);
  assertMatch(json("zone").iova, /^0x[0-9a-f]+$/);
  assertMatch(json("port").txOffloadCapa, /^0x[0-9a-f]+$/);
  assertEquals([json("port").rxOffloads, json("port").txOffloads], ["0x0", "0x0"]);
  assertEquals(json("ring"), { name: "R", used: 0, capacity: 15, flags: 0 });
  assertEquals(json("messages"), ["0x0", "0x0"]);
  assertEquals(json("memory").name, "P");
  assertEquals(json("pool").size, 63);
  for (const name of ["port", "ring", "zone", "burst", "pool"]) {
    const object = all[name] as Disposable;
    object[Symbol.dispose]();
    assertStringIncludes(Deno.inspect(object), "(disposed)", name);
    assertThrows(() => JSON.stringify(object), DpdkError, "disposal");
  }
  (all["filter"] as Disposable)[Symbol.dispose]();
  (all["writer"] as Disposable)[Symbol.dispose]();
  await (all["reader"] as AsyncDisposable)[Symbol.asyncDispose]();
  for (const name of ["rx", "tx", "memory", "exchange", "filter", "writer", "reader"]) {
    assertStringIncludes(Deno.inspect(all[name]), "(disposed)", name);
  }
  assertStringIncludes(Deno.inspect(all["packet"]), "(disposed");
  for (const object of Object.values(all)) Deno.inspect(object);
});

test("a mask and an address stay numbers where they are used", () => {
  using zone = Memzone.reserve("Z", 64);
  const { address } = zone.info();
  assertEquals(typeof address, "bigint");
  assertEquals(structuredClone(zone.info()).address, address);
  assertEquals(JSON.parse(JSON.stringify(zone.info())).address, `0x${address.toString(16)}`);
});
