/** Packets for another network: what Scapy builds with the other addresses is what comes out. */

import { fileURLToPath } from "node:url";
import { runToEnd } from "../../../cmd/lib/command.ts";
import { REWRITE_GROWS, Rewriter, type Rewriting } from "../../../ffi/traffic/rewrite.ts";
import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { readPcap } from "../../traffic/pcap.ts";

const SCRIPT = fileURLToPath(new URL("./fixtures/rewrite.py", import.meta.url));
const MACS = { srcMac: "02:11:11:11:11:11", dstMac: "02:22:22:22:22:22" };
const V4 = { srcIp: "192.0.2.1", dstIp: "198.51.100.2" };
const V6 = { srcIp: "2001:db8::1", dstIp: "2001:db8::2" };

/** The packet, changed by each of these in turn. */
function rewritten(packet: Uint8Array, ...all: Rewriting[]): Uint8Array {
  const bytes = new Uint8Array(3 + packet.length + all.length * REWRITE_GROWS);
  bytes.set(packet, 3);
  const view = new DataView(bytes.buffer);
  let { length } = packet;
  for (const one of all) length = new Rewriter(one).rewrite(bytes, view, 3, length);
  return bytes.subarray(3, 3 + length);
}

const hex = (packets: readonly Uint8Array[]) => packets.map((bytes) => bytes.toHex());

for (const vlan of ["keep", "none", 100] as const) {
  Deno.test(`rewrite: addresses, VLAN ${vlan}: the bytes that Scapy builds`, async () => {
    const folder = Deno.makeTempDirSync({ prefix: "denodpdk-rewrite-" });
    const [before, after] = [`${folder}/before.pcap`, `${folder}/after.pcap`];
    try {
      const addresses = [MACS, V4, V6].flatMap((pair) => Object.values(pair));
      const args = [SCRIPT, before, after, ...addresses, `${vlan}`];
      const { success, stderr } = await runToEnd("/usr/bin/python3", args);
      assert(success, stderr);
      const packets = readPcap(before);
      assert(packets.length > 150);
      const tags: Rewriting = vlan === "keep" ? {} : { vlan };
      const ours = packets.map((one) => rewritten(one, { ...MACS, ...V4, ...tags }, V6));
      assertEquals(hex(ours), hex(readPcap(after)));
      // each field by itself, one after the other
      const fields = Object.entries({ ...MACS, ...V4 }).map(([name, value]) => ({ [name]: value }));
      const single = packets.map((one) => rewritten(one, ...fields, tags, V6));
      assertEquals(hex(single), hex(ours));
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
}

Deno.test("rewrite: packets that were cut anywhere change where they are, and nowhere else", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-rewrite-" });
  const [before, after] = [`${folder}/before.pcap`, `${folder}/after.pcap`];
  try {
    const addresses = [MACS, V4, V6].flatMap((pair) => Object.values(pair));
    const args = [SCRIPT, before, after, ...addresses, "keep"];
    const { success, stderr } = await runToEnd("/usr/bin/python3", args);
    assert(success, stderr);
    const wholes = readPcap(after);
    for (const [i, packet] of readPcap(before).entries()) {
      for (const length of [...Array(110).keys()].filter((length) => length < packet.length)) {
        const cut = rewritten(packet.subarray(0, length), { ...MACS, ...V4 }, V6);
        assertEquals(cut.length, length);
        // up to the IP header nothing depends on what is behind
        const same = Math.min(length, 14);
        if (length >= 14) assertEquals(cut.subarray(0, same), wholes[i]!.subarray(0, same));
        if (length < 14) assertEquals(cut, packet.subarray(0, length));
      }
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("rewrite: what is none is refused", () => {
  for (const vlan of [0, 4095, 1.5]) {
    assertThrows(() => new Rewriter({ vlan }), RangeError, `a VLAN from 1 to 4094, got ${vlan}`);
  }
  assertThrows(() => new Rewriter({ srcMac: "02:00" }), RangeError);
  assertThrows(() => new Rewriter({ dstIp: "10.0.0" }), RangeError);
  assert(new Rewriter({}).isIdle && !new Rewriter({ vlan: "none" }).isIdle);
});
