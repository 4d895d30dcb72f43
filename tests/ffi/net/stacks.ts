/**
 * Stacks of headers, each as ours and as an expression of Scapy that must be the same bytes.
 *
 * @module
 */

import {
  arp,
  ether,
  type FramePart,
  geneve,
  gre,
  gtpu,
  icmp,
  icmp6,
  igmp,
  ipv4,
  ipv6,
  mpls,
  padding,
  sctp,
  tcp,
  udp,
  vlan,
  vxlan,
} from "../../../ffi/net/net.ts";

/** Headers as ours and as Scapy's expression. */
export type Stack = readonly [ours: readonly FramePart[], scapy: string];

/** Some headers that go together. */
const piece = (scapy: string, ...ours: FramePart[]): Stack => [ours, scapy];

/** One stack of several pieces. */
const pile = (...pieces: Stack[]): Stack => [
  pieces.flatMap(([ours]) => ours),
  pieces.map(([, scapy]) => scapy).join("/"),
];

const MACS = { dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01" };
const IPS = { src: "10.1.2.3", dst: "192.168.200.100" };
const IP6S = { src: "2001:db8::1", dst: "fe80::a:b" };
const bytes = (...all: number[]) => Uint8Array.from(all);

const eth = piece('Ether(dst="02:00:00:00:00:02",src="02:00:00:00:00:01")', ether(MACS));
const ip4 = piece('IP(src="10.1.2.3",dst="192.168.200.100",id=0)', ipv4(IPS));
const ip6 = piece('IPv6(src="2001:db8::1",dst="fe80::a:b")', ipv6(IP6S));
const udpSmall = piece("UDP(sport=1024,dport=9)", udp({ srcPort: 1024, dstPort: 9 }));
const odd = piece('Raw(b"hello")', "hello");
const data = piece('Raw(b"0123456789")', "0123456789");

const LINKS: Stack[] = [
  pile(eth, piece("Dot1Q(vlan=5,prio=3)", vlan({ id: 5, priority: 3 }))),
  pile(eth, piece("Dot1Q(vlan=4095,id=1)", vlan({ id: 4095, dei: true }))),
  pile(eth, piece("Dot1AD(vlan=7)/Dot1Q(vlan=8)", vlan({ id: 7 }), vlan({ id: 8 }))),
  pile(
    eth,
    piece("Dot1Q(vlan=7)/Dot1Q(vlan=8)", vlan({ tpid: 0x8100, id: 7 }), vlan({ id: 8 })),
  ),
  pile(
    eth,
    piece(
      "Dot1AD(vlan=1)/Dot1AD(vlan=2)/Dot1Q(vlan=3)",
      vlan({ id: 1 }),
      vlan({ id: 2 }),
      vlan({ id: 3 }),
    ),
  ),
  pile(
    eth,
    piece("MPLS(label=100,cos=2,s=1,ttl=9)", mpls({ label: 100, trafficClass: 2, ttl: 9 })),
  ),
  pile(
    eth,
    piece(
      "MPLS(label=1048575,s=0,ttl=64)/MPLS(label=16,s=1,ttl=64)",
      mpls({ label: 1048575 }),
      mpls({ label: 16 }),
    ),
  ),
  pile(eth, piece("Dot1Q(vlan=5)/MPLS(label=3,s=1,ttl=64)", vlan({ id: 5 }), mpls({ label: 3 }))),
];

const NETWORKS4: Stack[] = [
  ip4,
  piece(
    'IP(src="10.1.2.3",dst="192.168.200.100",id=4711,flags="DF",ttl=1,tos=0xb9)',
    ipv4({ ...IPS, id: 4711, flags: ipv4.DF, ttl: 1, dscp: 46, ecn: 1 }),
  ),
  piece(
    'IP(src="10.1.2.3",dst="192.168.200.100",id=0,options=[IPOption_Router_Alert()])',
    ipv4({ ...IPS, options: [{ kind: 148, data: bytes(0, 0) }] }),
  ),
  piece(
    'IP(src="10.1.2.3",dst="192.168.200.100",id=0,options=[IPOption_NOP(),IPOption_RR(length=7,routers=["1.2.3.4"])])',
    ipv4({ ...IPS, options: [{ kind: 1 }, { kind: 7, data: bytes(4, 1, 2, 3, 4) }] }),
  ),
  piece(
    'IP(src="10.1.2.3",dst="192.168.200.100",id=0,options=[IPOption_LSRR(routers=["1.2.3.4","5.6.7.8"])])',
    ipv4({ ...IPS, options: [{ kind: 131, data: bytes(4, 1, 2, 3, 4, 5, 6, 7, 8) }] }),
  ),
];

const NETWORKS6: Stack[] = [
  ip6,
  piece(
    'IPv6(src="::ffff:10.0.0.1",dst="1:0:0:2::3",tc=0xb8,fl=0xabcde,hlim=255)',
    ipv6({
      src: "::ffff:10.0.0.1",
      dst: "1:0:0:2::3",
      trafficClass: 0xb8,
      flowLabel: 0xabcde,
      hopLimit: 255,
    }),
  ),
  pile(
    ip6,
    piece(
      "IPv6ExtHdrHopByHop(options=[RouterAlert(value=0)])",
      ipv6.hopByHop({ options: [{ type: 5, data: bytes(0, 0) }] }),
    ),
  ),
  pile(
    ip6,
    piece(
      "IPv6ExtHdrDestOpt(options=[PadN(optdata=b'abcde')])",
      ipv6.destination({ options: [{ type: 1, data: bytes(97, 98, 99, 100, 101) }] }),
    ),
  ),
  pile(
    ip6,
    piece(
      'IPv6ExtHdrRouting(type=0,addresses=["2001:db8::9","2001:db8::8"],segleft=2)',
      ipv6.routing({ type: 0, addresses: ["2001:db8::9", "2001:db8::8"], segmentsLeft: 2 }),
    ),
  ),
  pile(
    ip6,
    piece(
      'IPv6ExtHdrRouting(type=0,addresses=["2001:db8::9"],segleft=0)',
      ipv6.routing({ type: 0, addresses: ["2001:db8::9"] }),
    ),
  ),
  pile(
    ip6,
    piece(
      'IPv6ExtHdrSegmentRouting(addresses=["2001:db8::7","2001:db8::6"],segleft=1,lastentry=1)',
      ipv6.routing({ addresses: ["2001:db8::7", "2001:db8::6"], segmentsLeft: 1 }),
    ),
  ),
  pile(
    ip6,
    piece(
      "IPv6ExtHdrHopByHop(options=[RouterAlert(value=1)])/IPv6ExtHdrDestOpt()/IPv6ExtHdrFragment(id=77,m=0)",
      ipv6.hopByHop({ options: [{ type: 5, data: bytes(0, 1) }] }),
      ipv6.destination(),
      ipv6.fragment({ id: 77 }),
    ),
  ),
  pile(ip6, piece("IPv6ExtHdrFragment(id=5,m=1)", ipv6.fragment({ id: 5, more: true }))),
];

const TRANSPORTS: Stack[] = [
  udpSmall,
  pile(udpSmall, odd),
  pile(piece("TCP(sport=1,dport=65535)", tcp({ srcPort: 1, dstPort: 65535 }))),
  pile(
    piece(
      'TCP(sport=5,dport=6,seq=4294967295,ack=7,flags="PA",window=512,urgptr=3)',
      tcp({
        srcPort: 5,
        dstPort: 6,
        sequence: 4294967295,
        acknowledgement: 7,
        flags: tcp.PSH | tcp.ACK,
        window: 512,
        urgent: 3,
      }),
    ),
    odd,
  ),
  piece(
    'TCP(sport=5,dport=6,options=[("MSS",1460),("SAckOK",b""),("Timestamp",(1,2)),("NOP",None),("WScale",7)])',
    tcp({
      srcPort: 5,
      dstPort: 6,
      options: [
        tcp.mss(1460),
        tcp.SACK_PERMITTED,
        tcp.timestamps(1, 2),
        tcp.NOP,
        tcp.windowScale(7),
      ],
    }),
  ),
  pile(
    piece(
      'TCP(sport=5,dport=6,flags="AECU",options=[("SAck",(1,2,3,4)),("WScale",2)])',
      tcp({
        srcPort: 5,
        dstPort: 6,
        flags: tcp.ACK | tcp.ECE | tcp.CWR | tcp.URG,
        options: [tcp.sack(1, 2, 3, 4), tcp.windowScale(2)],
      }),
    ),
    data,
  ),
  pile(
    piece(
      "SCTP(sport=7,dport=8,tag=0x12345678)",
      sctp({ srcPort: 7, dstPort: 8, tag: 0x12345678 }),
    ),
    data,
  ),
];

const ICMPS: Stack[] = [
  piece("ICMP(id=1,seq=2)", icmp({ id: 1, sequence: 2 })),
  piece("ICMP(type=0,id=65535,seq=9)", icmp({ type: icmp.ECHO_REPLY, id: 65535, sequence: 9 })),
  piece("ICMP(type=3,code=1)", icmp({ type: icmp.UNREACHABLE, code: 1 })),
  piece(
    "ICMP(type=3,code=4,nexthopmtu=1400)",
    icmp({ type: icmp.UNREACHABLE, code: icmp.FRAGMENTATION_NEEDED, mtu: 1400 }),
  ),
  piece(
    'ICMP(type=5,code=1,gw="10.0.0.254")',
    icmp({ type: icmp.REDIRECT, code: 1, gateway: "10.0.0.254" }),
  ),
  piece("ICMP(type=11,code=0)", icmp({ type: icmp.TIME_EXCEEDED })),
  piece("ICMP(type=12,code=0,ptr=20)", icmp({ type: icmp.PARAMETER_PROBLEM, pointer: 20 })),
  piece(
    "ICMP(type=13,id=3,seq=4,ts_ori=1,ts_rx=2,ts_tx=3)",
    icmp({ type: icmp.TIMESTAMP, id: 3, sequence: 4 }),
    bytes(0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3),
  ),
];

const MAC = "02:00:00:00:00:09";
const ICMP6S: Stack[] = [
  piece('ICMPv6EchoRequest(id=1,seq=2,data=b"hello")', icmp6({ id: 1, sequence: 2 }), "hello"),
  piece(
    'ICMPv6EchoReply(id=1,seq=2,data=b"hi")',
    icmp6({ type: icmp6.ECHO_REPLY, id: 1, sequence: 2 }),
    "hi",
  ),
  piece(
    `ICMPv6ND_NS(tgt="fe80::2")/ICMPv6NDOptSrcLLAddr(lladdr="${MAC}")`,
    icmp6({
      type: icmp6.NEIGHBOUR_SOLICITATION,
      target: "fe80::2",
      options: [icmp6.sourceAddress(MAC)],
    }),
  ),
  piece(
    `ICMPv6ND_NA(R=0,S=1,O=1,tgt="fe80::2")/ICMPv6NDOptDstLLAddr(lladdr="${MAC}")`,
    icmp6({
      type: icmp6.NEIGHBOUR_ADVERTISEMENT,
      word: icmp6.SOLICITED | icmp6.OVERRIDE,
      target: "fe80::2",
      options: [icmp6.targetAddress(MAC)],
    }),
  ),
  piece("ICMPv6ND_RS()", icmp6({ type: icmp6.ROUTER_SOLICITATION })),
  piece(
    'ICMPv6ND_RA(chlim=64,prf=0,routerlifetime=1800,reachabletime=5,retranstimer=6)/ICMPv6NDOptMTU(mtu=1400)/ICMPv6NDOptPrefixInfo(prefix="2001:db8::",prefixlen=64,L=1,A=1,validlifetime=1,preferredlifetime=2)',
    icmp6({
      type: icmp6.ROUTER_ADVERTISEMENT,
      word: 64 * 2 ** 24 + 1800,
      reachableTime: 5,
      retransTimer: 6,
      options: [
        { type: 5, data: bytes(0, 0, 0, 0, 5, 120) },
        {
          type: 3,
          data: bytes(
            64,
            0xc0,
            0,
            0,
            0,
            1,
            0,
            0,
            0,
            2,
            0,
            0,
            0,
            0,
            0x20,
            1,
            0xd,
            0xb8,
            ...Array(12).fill(0),
          ),
        },
      ],
    }),
  ),
  piece(
    'ICMPv6ND_Redirect(tgt="fe80::2",dst="2001:db8::5")',
    icmp6({ type: icmp6.REDIRECT, target: "fe80::2", destination: "2001:db8::5" }),
  ),
  piece("ICMPv6PacketTooBig(mtu=1280)", icmp6({ type: icmp6.PACKET_TOO_BIG, mtu: 1280 })),
  piece("ICMPv6TimeExceeded(code=1)", icmp6({ type: icmp6.TIME_EXCEEDED, code: 1 })),
  piece("ICMPv6DestUnreach(code=4)", icmp6({ type: icmp6.UNREACHABLE, code: 4 })),
  piece(
    "ICMPv6ParamProblem(code=2,ptr=40)",
    icmp6({ type: icmp6.PARAMETER_PROBLEM, code: 2, pointer: 40 }),
  ),
];

const IGMPS: Stack[] = [
  piece('IGMP(type=0x11,mrcode=20,gaddr="0.0.0.0")', igmp({ maxResponse: 20 })),
  piece(
    'IGMP(type=0x16,mrcode=0,gaddr="224.1.2.3")',
    igmp({ type: igmp.REPORT_V2, group: "224.1.2.3" }),
  ),
  piece(
    'IGMP(type=0x17,mrcode=0,gaddr="224.1.2.3")',
    igmp({ type: igmp.LEAVE, group: "224.1.2.3" }),
  ),
  piece(
    'IGMPv3(type=0x11,mrcode=20)/IGMPv3mq(gaddr="224.1.2.3",qrv=2,qqic=125,srcaddrs=["10.0.0.1","10.0.0.2"])',
    igmp({
      maxResponse: 20,
      group: "224.1.2.3",
      robustness: 2,
      interval: 125,
      sources: ["10.0.0.1", "10.0.0.2"],
    }),
  ),
  piece(
    'IGMPv3(type=0x22,mrcode=0)/IGMPv3mr(records=[IGMPv3gr(rtype=4,maddr="224.1.2.3"),IGMPv3gr(rtype=3,maddr="224.1.2.4",srcaddrs=["10.0.0.1"])])',
    igmp({
      records: [
        { type: 4, group: "224.1.2.3", sources: [] },
        { type: 3, group: "224.1.2.4", sources: ["10.0.0.1"] },
      ],
    }),
  ),
];

const ARPS: Stack[] = [
  piece(
    'ARP(op=1,hwsrc="02:00:00:00:00:01",psrc="10.0.0.1",hwdst="00:00:00:00:00:00",pdst="10.0.0.2")',
    arp({ senderMac: MACS.src, senderIp: "10.0.0.1", targetIp: "10.0.0.2" }),
  ),
  piece(
    'ARP(op=2,hwsrc="02:00:00:00:00:01",psrc="10.0.0.1",hwdst="02:00:00:00:00:02",pdst="10.0.0.2")',
    arp({
      operation: arp.REPLY,
      senderMac: MACS.src,
      senderIp: "10.0.0.1",
      targetMac: MACS.dst,
      targetIp: "10.0.0.2",
    }),
  ),
];

const INNER4 = pile(ip4, udpSmall, odd);
const INNER6 = pile(ip6, udpSmall, odd);
const udpTo = (port: number) => piece(`UDP(sport=1024,dport=${port})`, udp({ srcPort: 1024 }));

const TUNNELS: Stack[] = [
  INNER4,
  INNER6,
  pile(piece("GRE()", gre()), INNER4),
  pile(piece("GRE()", gre()), INNER6),
  pile(piece("GRE(chksum_present=1)", gre({ hasChecksum: true })), INNER4),
  pile(piece("GRE(key_present=1,key=77)", gre({ key: 77 })), INNER4),
  pile(piece("GRE(seqnum_present=1,sequence_number=9)", gre({ sequence: 9 })), INNER6),
  pile(
    piece(
      "GRE(chksum_present=1,key_present=1,key=4294967295,seqnum_present=1,sequence_number=1)",
      gre({ hasChecksum: true, key: 4294967295, sequence: 1 }),
    ),
    INNER4,
  ),
  pile(piece("GRE(proto=0x6558)", gre()), eth, INNER4),
  pile(piece("GRE(proto=0x8847)/MPLS(label=5,s=1,ttl=64)", gre(), mpls({ label: 5 })), INNER4),
  pile(udpTo(4789), piece("VXLAN(vni=42,flags=8)", vxlan({ vni: 42 })), eth, INNER4),
  pile(udpTo(4789), piece("VXLAN(vni=16777215,flags=8)", vxlan({ vni: 16777215 })), eth, INNER6),
  pile(udpTo(4789), piece("VXLAN(vni=1,flags=8)", vxlan({ vni: 1 })), eth, ARPS[0] ?? eth),
  pile(
    udpTo(4789),
    piece("VXLAN(vni=1,flags=8)", vxlan({ vni: 1 })),
    eth,
    piece("Dot1Q(vlan=9)", vlan({ id: 9 })),
    INNER4,
  ),
  pile(udpTo(6081), piece("GENEVE(vni=7,proto=0x6558)", geneve({ vni: 7 })), eth, INNER4),
  pile(udpTo(6081), piece("GENEVE(vni=7,proto=0x0800)", geneve({ vni: 7 })), INNER4),
  pile(
    udpTo(6081),
    piece(
      "GENEVE(vni=7,proto=0x86dd,critical=1,options=[GeneveOptions(classid=0x102,type=0x80,data=b'abcdefgh'),GeneveOptions(classid=1,type=2)])",
      geneve({
        vni: 7,
        flags: 0x40,
        options: [
          { class: 0x102, type: 0x80, data: bytes(97, 98, 99, 100, 101, 102, 103, 104) },
          { class: 1, type: 2 },
        ],
      }),
    ),
    INNER6,
  ),
  pile(
    udpTo(2152),
    piece("GTP_U_Header(gtp_type=255,teid=0x1234)", gtpu({ teid: 0x1234 })),
    INNER4,
  ),
  pile(
    udpTo(2152),
    piece(
      "GTP_U_Header(gtp_type=255,teid=1,S=1,seq=300)",
      gtpu({ teid: 1, sequence: 300 }),
    ),
    INNER6,
  ),
  pile(
    udpTo(2152),
    piece(
      "GTP_U_Header(gtp_type=255,teid=1,E=1,next_ex=0x85)/GTPPDUSessionContainer(type=1,QFI=5)",
      gtpu({ teid: 1, extensions: [{ type: 0x85, data: bytes(0x10, 5) }] }),
    ),
    INNER4,
  ),
];

const FORCED: Stack[] = [
  pile(
    eth,
    piece(
      'IP(src="1.2.3.4",dst="5.6.7.8",id=0,version=5,len=9999,proto=6,chksum=0xdead)',
      ipv4({
        src: "1.2.3.4",
        dst: "5.6.7.8",
        version: 5,
        totalLength: 9999,
        protocol: 6,
        checksum: 0xdead,
      }),
    ),
    piece(
      "UDP(sport=1,dport=2,len=3,chksum=4)",
      udp({ srcPort: 1, dstPort: 2, datagramLength: 3, checksum: 4 }),
    ),
  ),
  pile(
    piece(
      'Ether(dst="02:00:00:00:00:02",src="02:00:00:00:00:01",type=0x1234)',
      ether({ ...MACS, type: 0x1234 }),
    ),
    INNER4,
  ),
  pile(
    eth,
    piece(
      'IPv6(src="::1",dst="::2",version=1,plen=1,nh=200,hlim=0)',
      ipv6({ src: "::1", dst: "::2", version: 1, payloadLength: 1, nextHeader: 200, hopLimit: 0 }),
    ),
    piece(
      "TCP(sport=1,dport=2,dataofs=15,chksum=1)",
      tcp({ srcPort: 1, dstPort: 2, dataOffset: 15, checksum: 1 }),
    ),
  ),
  pile(
    eth,
    ip4,
    piece("UDP(sport=1,dport=2,chksum=0)", udp({ srcPort: 1, dstPort: 2, checksum: 0 })),
    odd,
  ),
  pile(eth, ip4, piece("ICMP(chksum=0xffff)", icmp({ checksum: 0xffff }))),
  pile(eth, ip4, udpSmall, odd, piece("Padding(b'\\0'*13)", padding(13))),
  pile(
    eth,
    piece(
      "ARP(hwsrc='02:00:00:00:00:01',psrc='10.0.0.1',hwdst='00:00:00:00:00:00',pdst='10.0.0.2')/Padding(b'\\0'*18)",
      ...(ARPS[0]?.[0] ?? []),
      padding(18),
    ),
  ),
];

/** All stacks. */
export const STACKS: readonly Stack[] = [
  ...[...NETWORKS4, ...NETWORKS6].flatMap((network) =>
    TRANSPORTS.map((transport) => pile(eth, network, transport))
  ),
  ...LINKS.flatMap((link) => [INNER4, INNER6].map((inner) => pile(link, inner))),
  ...ICMPS.map((message) => pile(eth, ip4, message)),
  ...ICMP6S.map((message) => pile(eth, ip6, message)),
  ...IGMPS.map((message) =>
    pile(
      eth,
      piece(
        'IP(src="10.0.0.1",dst="224.1.2.3",id=0,ttl=1,tos=0,proto=2)',
        ipv4({ src: "10.0.0.1", dst: "224.1.2.3" }),
      ),
      message,
    )
  ),
  ...ARPS.map((message) => pile(eth, message)),
  ...TUNNELS.map((tunnel) => pile(eth, ip4, tunnel)),
  ...TUNNELS.map((tunnel) => pile(eth, ip6, tunnel)),
  ...FORCED,
];
