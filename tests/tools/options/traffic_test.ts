/** traffic's command line. */

import { prepare, trafficCommands } from "../../../cmd/traffic/commands.ts";
import { secondLine } from "../../../cmd/traffic/lines.ts";
import { receiveLines } from "../../../cmd/traffic/receive.ts";
import { sendLines } from "../../../cmd/traffic/send.ts";
import { StreamJudge } from "../../../ffi/traffic/traffic.ts";
import { assertEquals, assertThrows } from "../../assert.ts";

const read = (line: string) => prepare(line === "" ? [] : line.split(" "));

Deno.test("traffic: options that are right", () => {
  for (
    const line of [
      "send",
      "send --rate 30% --spacing burst:8 --stream 7 --size imix --duration 1.5s",
      "receive --port 3 --duration 1.5s --sent 9 --json a.json",
      "capture a.pcap --filter udp --count 5 --snaplen 96",
      "capture a.pcapng --port 1 --rotate-size 100MB --rotate-seconds 60 --files 9",
      "capture a.pcapng --ring R --duration 1",
      "replay a.pcap --speed 2x --loop 0 --vlan none --src-mac 02:00:00:00:00:01",
      "replay a.pcap b.pcapng --port 1,0 --rate 5GbpsL1 --dst-ip 2001:db8::1 --mtu 9000",
    ]
  ) read(line);
});

const WRONG: [line: string, message: string][] = [
  ["", `traffic: expected a command, one of ${trafficCommands().join(", ")}, got nothing`],
  ["sned", `traffic: expected one of ${trafficCommands().join(", ")}, got 'sned'`],
  ["send now", "traffic: expected options only, got 'now'"],
  ["send --rate 2", "--rate: expected a rate as 2Mpps, 5Gbps, 5GbpsL1, 30% or max, got '2'"],
  [
    "send --size 63",
    "--size: expected frame sizes as 64, 64,512,1518, 64:7,570:4 or imix, got '63'",
  ],
  ["send --frame ipx", "--frame: expected headers as ether/ipv4/udp that fit the sizes, got 'ipx'"],
  ["send --frame ether/ipv6/tcp", "headers have 74 bytes"],
  ["send --duration 0", "--duration: expected seconds, above 0, got '0'"],
  ["send --spacing burst:0", "--spacing: expected constant, poisson or burst:N, got 'burst:0'"],
  ["send --stream 65536", "--stream: expected a stream from 0 to 65535, got '65536'"],
  ["send --sent 4", "'--sent'"],
  ["receive --rate 1pps", "'--rate'"],
  ["capture", "traffic capture: expected a file to write, got nothing"],
  ["capture a b", "traffic capture: expected one file to write, got 'b'"],
  ["capture a --ring R --queue 0", "--ring: expected no --port or --queue beside it, got 'R'"],
  ["capture a --ring R --port 0", "--ring: expected no --port or --queue beside it, got 'R'"],
  ["capture a --queue 65536", "--queue: expected a queue from 0 to 65535, got '65536'"],
  ["capture a --queue x", "--queue: expected a queue from 0 to 65535, got 'x'"],
  ["capture a --files 3", "--files: expected --rotate-size or --rotate-seconds beside it, got '3'"],
  [
    "capture a --rotate-size 4095",
    "--rotate-size: expected bytes as 100M, 4096 or more, got '4095'",
  ],
  ["capture a --rotate-size 1T", "--rotate-size: expected bytes as 100M, 4096 or more, got '1T'"],
  ["capture a --rotate-seconds 0", "--rotate-seconds: expected seconds, above 0, got '0'"],
  ["capture a --snaplen 0", "--snaplen: expected bytes from 1 to 262144, got '0'"],
  ["capture a --count 0", "--count: expected how many packets, 1 or more, got '0'"],
  ["replay", "traffic replay: expected a capture file, or several, got nothing"],
  ["replay a b --port 1", "--port: expected 2 ports, one for each file, got '1'"],
  ["replay a --port 1,x", "--port: expected ports as 0 or 0,1, one for each file, got '1,x'"],
  ["replay a b --port 1,1", "--port: expected ports as 0 or 0,1, one for each file, got '1,1'"],
  ["replay a --speed 2x --rate max", "--speed: expected no --rate beside it, got '2x'"],
  [
    "replay a --speed 0x",
    "--speed: expected how much faster than the file, as 2x or 0.5x, got '0x'",
  ],
  ["replay a --loop -1", "--loop: expected how often, 0 for ever, got '-1'"],
  ["replay a --vlan 4095", "--vlan: expected a VLAN from 1 to 4094, or none, got '4095'"],
  ["replay a --src-mac 1", "--src-mac: expected a MAC address as 02:00:00:00:00:01, got '1'"],
  [
    "replay a --dst-ip 1.2.3",
    "--dst-ip: expected an address as 10.0.0.1 or 2001:db8::1, got '1.2.3'",
  ],
  ["replay a --mtu 67", "--mtu: expected an MTU from 68 to 65381, got '67'"],
  [
    "send --json /nowhere/a.json",
    "--json: expected a file that can be written, got '/nowhere/a.json' (its folder is not there)",
  ],
  ["send --csv /", "--csv: expected a file that can be written, got '/' (it is a folder)"],
  ["receive --report /dev/null/a.html", "got '/dev/null/a.html' (its folder is none)"],
  ["receive --hgrm /nowhere/a.hgrm", "--hgrm: expected a file that can be written"],
];

for (const [line, message] of WRONG) {
  Deno.test(`traffic: '${line}' is refused`, () => assertRefused(() => read(line), message));
}

function assertRefused(call: () => unknown, message: string): void {
  const { message: got } = assertThrows(call, Error);
  const quoted = message.replaceAll("'", "");
  assertEquals(got.replaceAll("'", "").includes(quoted), true, got);
}

Deno.test("traffic: lines of a second and of the results", () => {
  assertEquals(secondLine("received", 1, 0, 0), "1 s: received nothing");
  assertEquals(
    secondLine("sent", 3, 1_234_567, 632_098_304),
    "3 s: sent 1.23 Mpps, 632 Mbps of layer 2",
  );
  const report = {
    seconds: 2,
    asked: 2007.9,
    sent: 1990,
    late: 3,
    maxLate: 2e-5,
    refused: 4,
    skipped: 6,
  };
  assertEquals(
    sendLines({ ...report, askedRate: 1000, achievedRate: 995 }),
    [
      "asked:    2008 packets in 2.000 s, 1 kpps",
      "sent:     1990 packets, 995 pps",
      "late:     3 packets, 20.00 us at most",
      "not sent: 4 refused by the port or for want of mbufs, 6 skipped as too late, 7 due at the end",
    ],
  );
  const judge = new StreamJudge();
  for (const number of [0, 1, 3]) judge.observe(number, 0, 10);
  assertEquals(
    receiveLines({
      seconds: 1,
      packets: 4,
      bytes: 240,
      probes: 3,
      streams: { 7: judge.data() },
      cyclesPerMicrosecond: 1,
    }),
    [
      "received: 4 packets in 1.000 s, 3 probes",
      "stream 7: 3 received, 1 lost, 0 copies, 0 reordered, 0 too late",
      "  latency, us: min 10.00, mean 10.00, p50 10.00, p90 10.00, p99 10.00, p99.9 10.00, " +
      "p99.99 10.00, max 10.00",
      "  variation: PDV 0.00 us, IPDV 0.00 us on average, 0.00 us at most",
    ],
  );
});
