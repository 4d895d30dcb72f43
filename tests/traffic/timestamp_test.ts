/** Time stamps: net_pcap gives each packet that of its file. */

import { Burst, Port, RxOffload } from "../../mod.ts";
import { assertEquals } from "../assert.ts";
import { initTestEal, test } from "../ffi/eal.ts";
import { writePcap } from "./pcap.ts";

const file = Deno.makeTempFileSync({ prefix: "denodpdk-timestamp-", suffix: ".pcap" });
Deno.test.afterAll(() => Deno.removeSync(file));
// seconds 0, 1 and 2
writePcap(file, [1, 2, 3].map((byte) => new Uint8Array(60).fill(byte)));
initTestEal("0@0", {}, `--vdev=net_pcap0,rx_pcap=${file}`);

test("a packet has the time stamp of its port", () => {
  const { rxOffloadCapa } = Port.attach(0).info();
  using port = Port.open(0, { rxOffloads: rxOffloadCapa & RxOffload.TIMESTAMP });
  using burst = new Burst(4);
  port.rxQueue(0).receive(burst);
  // microseconds of the file
  assertEquals(Array.from(burst, ({ timestamp }) => timestamp), [0, 1_000_000, 2_000_000]);
});
