/**
 * Random frames, all of them right, that a seed repeats.
 *
 * @module
 */

import { Random } from "../../../ffi/traffic/random.ts";
import {
  arp,
  ether,
  type Frame,
  frame,
  type FramePart,
  geneve,
  gre,
  gtpu,
  icmp,
  icmp6,
  igmp,
  ipv4,
  ipv6,
  type Layer,
  mpls,
  sctp,
  tcp,
  udp,
  vlan,
  vxlan,
} from "../../../ffi/net/net.ts";

/** Makes frames. */
export class RandomFrames {
  readonly #random: Random;

  /** Frames that this seed repeats. */
  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /** From 0 to just below `limit`. */
  below(limit: number): number {
    return Math.floor(this.#random.below(limit));
  }

  /** A frame, filled to 60 bytes at times. */
  next(): Frame {
    const bytes = frame(...this.#ethernet(2));
    return bytes.length < 60 && this.below(2) ? bytes.size(60) : bytes;
  }

  #chance = (one: number) => this.below(one) === 0;
  #pick = <T>(...choices: T[]) => this.#random.pick(choices);
  #bytes = (length: number) => Uint8Array.from({ length }, () => this.below(256));
  #mac = () => this.below(2 ** 40) + 0x02_00_0000_0000;
  #address4 = () => this.#pick(0x0a00_0000, 0xc0a8_0000) + 1 + this.below(0xfff0);
  #address6 = () => Uint8Array.of(0x20, 1, 0xd, 0xb8, ...this.#bytes(12));
  /** No tool knows these. */
  #port = () => 50_001 + this.below(900);
  #data = () => this.#bytes(this.below(this.#pick(3, 40, 300)));

  #ethernet(depth: number): FramePart[] {
    const head = ether({ dst: this.#mac(), src: this.#mac() });
    const tags = Array.from(
      { length: this.#pick(0, 0, 0, 1, 2, 3) },
      () => vlan({ id: this.below(4096), priority: this.below(8), dei: this.#chance(2) }),
    );
    if (this.#chance(12)) return [head, ...tags, this.#arp()];
    const labels = Array.from(
      { length: this.#pick(0, 0, 0, 0, 1, 3) },
      () =>
        mpls({
          label: 16 + this.below(1000),
          trafficClass: this.below(8),
          ttl: 1 + this.below(255),
        }),
    );
    return [head, ...tags, ...labels, ...this.#ip(depth)];
  }

  #arp(): Layer {
    return arp({
      operation: this.#pick(arp.REQUEST, arp.REPLY),
      senderMac: this.#mac(),
      senderIp: this.#address4(),
      targetMac: this.#mac(),
      targetIp: this.#address4(),
    });
  }

  #ip(depth: number): FramePart[] {
    if (this.#chance(2)) return [this.#ipv4(), ...this.#upper(4, depth)];
    return [this.#ipv6(), ...this.#extensions(), ...this.#upper(6, depth)];
  }

  #ipv4(): Layer {
    const nops = { options: Array.from({ length: 1 + this.below(7) }, () => ({ kind: 1 })) };
    return ipv4({
      src: this.#address4(),
      dst: this.#address4(),
      id: this.below(65536),
      dscp: this.below(64),
      ecn: this.below(4),
      flags: this.#pick(0, ipv4.DF),
      ttl: 2 + this.below(254),
      ...(this.#chance(6) ? nops : {}),
    });
  }

  #ipv6(): Layer {
    return ipv6({
      src: this.#address6(),
      dst: this.#address6(),
      trafficClass: this.below(256),
      flowLabel: this.below(2 ** 20),
      hopLimit: 255,
    });
  }

  #extensions(): Layer[] {
    const padN = { options: [{ type: 1, data: new Uint8Array(this.below(20)) }] };
    return [
      ...(this.#chance(8) ? [ipv6.hopByHop(padN)] : []),
      ...(this.#chance(8) ? [ipv6.destination(padN)] : []),
      ...(this.#chance(8) ? [this.#routing()] : []),
      ...(this.#chance(8) ? [ipv6.fragment({ id: this.below(2 ** 32) })] : []),
    ];
  }

  #routing(): Layer {
    const addresses = Array.from({ length: 1 + this.below(3) }, () => "2001:db8::" + this.below(9));
    return ipv6.routing({ addresses, segmentsLeft: this.below(addresses.length) });
  }

  #upper(version: 4 | 6, depth: number): FramePart[] {
    if (depth > 0 && this.#chance(3)) return this.#tunnel(depth - 1);
    return this.#pick(
      () => [udp({ srcPort: this.#port(), dstPort: this.#port() }), this.#data()],
      () => [this.#tcp(), this.#data()],
      () => this.#sctp(),
      () => version === 4 ? this.#icmp() : this.#icmp6(),
    )();
  }

  #tcp(): Layer {
    const number = () => this.below(2 ** 32);
    return tcp({
      srcPort: this.#port(),
      dstPort: this.#port(),
      sequence: number(),
      acknowledgement: number(),
      flags: this.#pick(tcp.SYN, tcp.ACK, tcp.ACK | tcp.PSH, tcp.FIN | tcp.ACK),
      window: this.below(65536),
      options: this.#pick<() => NonNullable<Parameters<typeof tcp>[0]>["options"]>(
        () => [],
        () => [tcp.mss(this.below(65536)), tcp.SACK_PERMITTED, tcp.windowScale(this.below(15))],
        () => [tcp.NOP, tcp.NOP, tcp.timestamps(number(), number())],
        () => [tcp.sack(1, 2, 3, 4)],
      )() ?? [],
    });
  }

  /** A DATA chunk of 16 bytes and data. */
  #sctp(): FramePart[] {
    const data = this.#bytes(1 + this.below(40));
    const fill = new Uint8Array(-data.length & 3);
    const chunk = Uint8Array.of(0, 3, 0, 16 + data.length, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0);
    const head = sctp({ srcPort: this.#port(), dstPort: this.#port(), tag: this.below(2 ** 32) });
    return [head, chunk, data, fill];
  }

  #icmp(): FramePart[] {
    if (this.#chance(4)) return [igmp({ type: igmp.REPORT_V2, group: "224.1.2.3" })];
    const type = this.#pick(icmp.ECHO_REQUEST, icmp.ECHO_REPLY);
    return [icmp({ type, id: this.below(65536), sequence: this.below(65536) }), this.#data()];
  }

  #icmp6(): FramePart[] {
    const options = [icmp6.sourceAddress(this.#mac())];
    const type = icmp6.NEIGHBOUR_SOLICITATION;
    if (this.#chance(3)) return [icmp6({ type, target: this.#address6(), options })];
    return [icmp6({ id: this.below(65536), sequence: this.below(65536) }), this.#data()];
  }

  #tunnel(depth: number): FramePart[] {
    const tunnelUdp = udp({ srcPort: this.#port() });
    const vni = this.below(2 ** 24);
    return this.#pick(
      () => this.#ip(depth),
      () => [this.#gre(), ...this.#ip(depth)],
      () => [this.#gre(), ...this.#ethernet(depth)],
      () => [tunnelUdp, vxlan({ vni }), ...this.#ethernet(depth)],
      () => [tunnelUdp, this.#geneve(vni), ...this.#ethernet(depth)],
      () => [tunnelUdp, this.#geneve(vni), ...this.#ip(depth)],
      () => [tunnelUdp, this.#gtpu(), ...this.#ip(depth)],
    )();
  }

  #gre(): Layer {
    return gre({
      hasChecksum: this.#chance(2),
      ...(this.#chance(2) ? { key: this.below(2 ** 32) } : {}),
      ...(this.#chance(2) ? { sequence: this.below(2 ** 32) } : {}),
    });
  }

  #geneve(vni: number): Layer {
    const option = () => ({
      class: 0xff00,
      type: this.below(128),
      data: this.#bytes(4 * this.below(5)),
    });
    return geneve({ vni, options: Array.from({ length: this.below(3) }, option) });
  }

  #gtpu(): Layer {
    const session = { type: 0x85, data: Uint8Array.of(0x10, this.below(64)) };
    return gtpu({
      teid: this.below(2 ** 32),
      ...(this.#chance(3) ? { sequence: this.below(65536) } : {}),
      ...(this.#chance(3) ? { extensions: [session] } : {}),
    });
  }
}
