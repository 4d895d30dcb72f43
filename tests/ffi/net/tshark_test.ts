/** tshark finds nothing wrong with random frames of ours. */

import { parse, verify } from "../../../ffi/net/net.ts";
import { assert, assertEquals, assertGreater } from "../../assert.ts";
import { note } from "../../harness/note.ts";
import { writePcap } from "../../traffic/pcap.ts";
import { RandomFrames } from "./random_frames.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";

const COUNT = 1200;
const SEED = Number(Deno.env.get("DENODPDK_TEST_SEED") ?? Date.now() % 2 ** 32);
note(`seed ${SEED}`);

const random = new RandomFrames(SEED);
const FRAMES = Array.from({ length: COUNT }, () => random.next());

const SUMS = ["ip", "udp", "tcp", "icmp", "icmpv6", "igmp", "sctp", "gre"];
const CHECKED = ["ip", "udp", "tcp"].map((name) => `${name}.check_checksum:TRUE`);
/** Payload is data: of what comes to a port that it does not know, tshark guesses a protocol. */
const PAYLOAD = ["udp", "tcp", "sctp"].flatMap((name) => ["-d", `${name}.port==50001-50900,data`]);
/** Wireshark 4.6 looks for PRP's trailer of 6 bytes in padding that is shorter, and calls that malformed. */
const NO_TRAILER = ["--disable-protocol", "prp"];
const FIELDS = [
  ...["_ws.malformed", "_ws.short", "_ws.expert.group", "_ws.expert.message"],
  ...SUMS.map((name) => `${name}.checksum.status`),
];

/** `PI_MALFORMED`, `PI_CHECKSUM` of wireshark's epan/proto.h. */
const BAD_GROUPS = [0x0700_0000, 0x0100_0000];

/** A line of fields for each frame. */
async function tshark(file: string): Promise<string[][]> {
  const { stdout, stderr, success } = await runToEnd("tshark", [
    ...["-r", file, "-n", "-Tfields", "-E", "occurrence=a", "-E", "aggregator=;", ...PAYLOAD],
    ...NO_TRAILER,
    ...[...CHECKED, "sctp.checksum:TRUE", "ip.defragment:FALSE"].flatMap((one) => ["-o", one]),
    ...FIELDS.flatMap((field) => ["-e", field]),
  ]);
  assert(success, stderr);
  const lines = stdout.split("\n").slice(0, -1);
  return lines.map((line) => line.split("\t"));
}

Deno.test(`tshark finds nothing malformed, no bad checksum, no wrong length in ${COUNT} frames`, async () => {
  const file = Deno.makeTempFileSync({ prefix: "denodpdk-net-", suffix: ".pcap" });
  try {
    writePcap(file, FRAMES);
    const lines = await tshark(file);
    assertEquals(lines.length, COUNT);
    let good = 0;
    lines.forEach(([malformed, short, groups = "", messages, ...statuses], i) => {
      const why = `seed ${SEED}, frame ${i}: ${messages}\n${parse(FRAMES[i]!).dump()}`;
      assertEquals([malformed, short], ["", ""], why);
      assert(!groups.split(";").some((group) => BAD_GROUPS.includes(Number(group))), why);
      for (const status of statuses.flatMap((all) => all.split(";"))) {
        // 0 is bad, 1 good, 2 unverified, 3 not present
        assert(status !== "0", why);
        if (status === "1") good++;
      }
    });
    assertGreater(good, COUNT);
  } finally {
    Deno.removeSync(file);
  }
});

Deno.test("what is built right is read to its end and verified", () => {
  for (const [i, bytes] of FRAMES.entries()) {
    assertEquals(parse(bytes).stop, undefined, `seed ${SEED}, frame ${i}`);
    assert(verify(bytes).ok, `seed ${SEED}, frame ${i}`);
  }
});
