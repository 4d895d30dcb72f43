/** tcpdump's and wireshark's tools read what is written here, and what they write is read here. */

import { fileURLToPath } from "node:url";
import { ether, frame, ipv4, padding, udp } from "../../../ffi/net/net.ts";
import { type CapturedPacket, LINK_TYPE, PcapWriter } from "../../../ffi/pcap/pcap.ts";
import { assert, assertEquals } from "../../assert.ts";
import { readFile, shown } from "./read_all.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";

const FOLDER = Deno.makeTempDirSync({ prefix: "denodpdk-pcap-" });
const at = (name: string) => `${FOLDER}/${name}`;
globalThis.addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

/** What a tool prints. */
async function run(program: string, ...args: string[]): Promise<string> {
  const { stdout, stderr, success } = await runToEnd(program, args);
  assert(success, `${program} ${args.join(" ")}: ${stderr}`);
  return stdout;
}

const COUNT = 50;
const FRAMES = Array.from({ length: COUNT }, (_, i) =>
  frame(
    ether({ dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01" }),
    ipv4({ src: "10.0.0.1", dst: "10.0.0.2", id: i }),
    udp({ srcPort: 50_000 + i, dstPort: 9 }),
    "x".repeat(i),
    padding(i % 5),
  ));
const TIMES = FRAMES.map((_, i) => ({
  seconds: 1_700_000_000 + i,
  nanoseconds: 1 + i * 1_000_001,
}));
const stamp = (i: number, digits: number) =>
  `${TIMES[i]?.seconds}.${String(TIMES[i]?.nanoseconds).padStart(9, "0").slice(0, digits)}`;

/** Writes all frames; the odd ones on a second interface where there is one. */
function write(name: string, interfaces: string[], resolution: "us" | "ns" = "ns"): string {
  const path = at(name);
  using writer = PcapWriter.create(path, {
    interfaces: interfaces.map((name) => ({ name, description: `port ${name}`, resolution })),
    comment: "a whole file",
  });
  FRAMES.forEach((bytes, i) =>
    writer.write(bytes, {
      time: TIMES[i]!,
      interface: i % interfaces.length,
      ...(i === 7 ? { comment: "number 7" } : {}),
    })
  );
  writer.countDropped(3, interfaces.length - 1);
  return path;
}

const OURS: [name: string, interfaces: string[], type: string, resolution: "us" | "ns"][] = [
  ["ns.pcap", ["a"], "nsecpcap", "ns"],
  ["us.pcap", ["a"], "pcap", "us"],
  ["ns.pcapng", ["a", "b"], "pcapng", "ns"],
  ["us.pcapng.gz", ["a", "b"], "pcapng", "us"],
  ["ns.pcap.gz", ["a"], "nsecpcap", "ns"],
];
const PATHS = OURS.map(([name, interfaces, , resolution]) => write(name, interfaces, resolution));

Deno.test("capinfos tells the type, the packets, the bytes and the interfaces of ours", async () => {
  const table = await run("capinfos", "-T", "-m", "-r", "-t", "-c", "-d", "-I", ...PATHS);
  const bytes = FRAMES.reduce((sum, { length }) => sum + length, 0);
  OURS.forEach(([name, , type], i) => {
    const line = table.split("\n")[i] ?? "";
    assert(line.startsWith(`"${PATHS[i]}"`) || line.startsWith(`${PATHS[i]}`), line);
    for (const one of [type, COUNT, bytes]) assert(line.includes(`${one}`), `${name}: ${line}`);
  });
  const long = await run("capinfos", at("ns.pcapng"));
  for (
    const text of ["Name = a", "Name = b", "Description = port b", "Capture application: denodpdk"]
  ) {
    assert(long.includes(text), long);
  }
  assert(long.includes("Number of stat entries = 1"), long);
  assert(long.includes("nanoseconds (9)"), long);
});

Deno.test("tcpdump reads ours with their times", async () => {
  for (const [i, [, , , resolution]] of OURS.entries()) {
    // libpcap unpacks nothing
    if (PATHS[i]?.endsWith(".gz")) continue;
    const lines = (await run("tcpdump", "-r", PATHS[i]!, "-n", "-tt", "--nano")).trimEnd().split(
      "\n",
    );
    assertEquals(
      lines.map((line) => line.split(" ")[0]),
      FRAMES.map((_, i) => resolution === "ns" ? stamp(i, 9) : `${stamp(i, 6)}000`),
    );
  }
});

Deno.test("tshark reads ours with times, interfaces and comments", async () => {
  const fields = [
    "frame.time_epoch",
    "frame.interface_name",
    "frame.comment",
    "frame.len",
    "udp.srcport",
  ];
  const read = (path: string) =>
    run("tshark", "-r", path, "-Tfields", ...fields.flatMap((field) => ["-e", field]));
  const expected = FRAMES.map(({ length }, i) =>
    [stamp(i, 9), i % 2 ? "b" : "a", i === 7 ? "number 7" : "", length, 50_000 + i].join("\t")
  );
  assertEquals((await read(at("ns.pcapng"))).trimEnd().split("\n"), expected);
  assertEquals((await read(at("us.pcapng.gz"))).trimEnd().split("\n").length, COUNT);
});

/** How often each text is there. */
function counted(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}

/** What our reader must see in a file that a tool made of ours. */
const all = (digits = 9) =>
  FRAMES.map((bytes, i) =>
    `${stamp(i, digits).padEnd(20, "0")} ${bytes.toHex()} of ${bytes.length}`
  );

async function read(path: string): Promise<string[]> {
  const { packets, error } = await readFile(path);
  assertEquals(error, undefined);
  return shown(packets).map((line) => line.replace(/ if\d+/, "").replace(" number 7", ""));
}

Deno.test("what editcap writes is read: formats, cut packets, other times", async () => {
  for (const type of ["pcap", "nsecpcap", "pcapng"]) {
    await run("editcap", "-F", type, at("ns.pcapng"), at(`made.${type}`));
    assertEquals(await read(at(`made.${type}`)), all(type === "pcap" ? 6 : 9), type);
  }
  await run("editcap", "-s", "60", "-F", "pcapng", at("ns.pcapng"), at("cut.pcapng"));
  const { packets } = await readFile(at("cut.pcapng"));
  assertEquals(
    packets.map(({ data, length }) => [data.length, length]),
    FRAMES.map(({ length }) => [
      Math.min(60, length),
      length,
    ]),
  );
  assertEquals(packets[7]?.comment, "number 7");
  assertEquals(packets[7]?.interface.name, "b");
});

Deno.test("what mergecap, gzip and text2pcap write is read", async () => {
  await run("mergecap", "-w", at("merged.pcapng"), at("ns.pcap"), at("ns.pcapng"));
  const merged = await readFile(at("merged.pcapng"));
  assertEquals([merged.packets.length, merged.error], [2 * COUNT, undefined]);
  assertEquals(merged.reader.interfaces.length, 3);
  // both files have each packet once: one on the first file's interface, one on the other's two
  const times = merged.packets.map(({ seconds, nanoseconds }) => `${seconds} ${nanoseconds}`);
  assertEquals(
    times,
    TIMES.flatMap((time) => Array(2).fill(`${time.seconds} ${time.nanoseconds}`)),
  );
  const on = merged.packets.map((packet) => packet.interface.name ?? "-");
  assertEquals(counted(on), { "-": COUNT, a: COUNT / 2, b: COUNT / 2 });
  await run("gzip", "-k", at("merged.pcapng"));
  assertEquals((await readFile(at("merged.pcapng.gz"))).packets.length, 2 * COUNT);
  const dump = FRAMES.slice(0, 3).map((bytes) => `0000 ${bytes.toHex().replace(/../g, "$& ")}\n`);
  Deno.writeTextFileSync(at("text"), dump.join("\n"));
  for (const type of ["pcap", "pcapng"]) {
    await run("text2pcap", "-q", "-F", type, at("text"), at(`text.${type}`));
    const { packets, error } = await readFile(at(`text.${type}`));
    assertEquals(error, undefined);
    assertEquals(
      packets.map(({ data }) => data.toHex()),
      FRAMES.slice(0, 3).map((one) => one.toHex()),
    );
  }
  await run("text2pcap", "-q", "-l", "105", at("text"), at("wireless.pcapng"));
  const refused = await readFile(at("wireless.pcapng"));
  assert(
    `${refused.error}`.includes("link type IEEE 802.11 (105) is not read"),
    `${refused.error}`,
  );
});

/** What Scapy knows of a packet: nanoseconds since 1970, bytes on the wire, hex, comment. */
type ScapyPacket = [time: string, length: number, hex: string, comment: string | null];

async function scapy(...args: string[]): Promise<Record<string, ScapyPacket[]>> {
  const script = fileURLToPath(new URL("./fixtures/scapy_captures.py", import.meta.url));
  return JSON.parse(await run("/usr/bin/python3", script, ...args));
}

/** The same of a packet that was read here; Scapy before 2.6 ends a comment with a new line. */
const asScapy = ({ data, length, seconds, nanoseconds, comment }: CapturedPacket): ScapyPacket => [
  `${seconds}${String(nanoseconds).padStart(9, "0")}`,
  length,
  data.toHex(),
  comment?.trimEnd() ?? null,
];

Deno.test("what Scapy writes is read: pcap of both orders and resolutions, raw IP, gzip, cut packets, pcapng", async () => {
  const folder = at("scapy");
  Deno.mkdirSync(folder);
  const files = await scapy("write", folder, ...FRAMES.map((frame) => frame.toHex()));
  assertEquals(Object.keys(files).length, 8);
  for (const [name, expected] of Object.entries(files)) {
    const { packets, error, reader } = await readFile(`${folder}/${name}`);
    assertEquals(error, undefined, name);
    assertEquals(packets.length, COUNT, name);
    assertEquals(packets.map(asScapy), expected, name);
    assertEquals(reader.interfaces.length, 1, name);
    const { linkType, resolution } = reader.interfaces[0]!;
    assertEquals(linkType, name === "raw.pcap" ? LINK_TYPE.RAW : LINK_TYPE.ETHERNET, name);
    assertEquals(resolution, name.startsWith("ns") ? 1e9 : 1e6, name);
    // cut behind the begin of the IPv4 header
    if (name !== "cut.pcap") assertEquals(packets[9]?.parse().ipv4?.id, 9, name);
  }
});

Deno.test("Scapy reads ours: counts, times and bytes", async () => {
  const files = await scapy("read", ...PATHS.filter((path) => !path.endsWith(".pcapng.gz")));
  assertEquals(Object.keys(files).length, PATHS.length - 1);
  for (const [path, packets] of Object.entries(files)) {
    const expected = FRAMES.map((bytes, i): ScapyPacket => {
      const time = stamp(i, path.includes("/us.") ? 6 : 9).replace(".", "").padEnd(19, "0");
      return [time, bytes.length, bytes.toHex(), null];
    });
    assertEquals(packets, expected, path);
  }
});
