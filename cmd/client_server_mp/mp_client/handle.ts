/**
 * The lcore of a client: takes packets from its ring and sends each out of the port that is paired
 * with the one it came from, `handle_packet` of the C sample.
 *
 * @module
 */

import {
  type Counters,
  EthDev,
  lcoreMain,
  MbufPorts,
  Memzone,
  Objects,
  pktmbufFreeBulk,
  Quiesce,
  Ring,
  TxBuffer,
} from "../../../mod.ts";
import { BURST, MZ_PORT_INFO, PortInfo, rxQueueName } from "../shared/common.ts";

/** Bursts between two looks at what else it is to do. */
const ROUND = 16;

/** What the lcore is given. */
export interface HandleData {
  /** The client's id: which ring it reads, and which queue of each port it sends on. */
  client: number;
}

/** The transmit side of one port. */
class Output {
  readonly #buffer: TxBuffer;
  readonly #port: number;
  readonly #tx: Counters;
  readonly #txDrop: Counters;
  #dropped = 0;

  constructor(port: number, client: number, info: PortInfo) {
    this.#buffer = new TxBuffer(EthDev.of(port), client, BURST);
    this.#port = port;
    this.#tx = info.tx(client);
    this.#txDrop = info.txDrop(client);
  }

  /** Sends packets, with those that come next. */
  add(objs: Objects, count: number, from: number): void {
    const sent = this.#buffer.add(objs, count, from);
    this.#count(sent);
  }

  /** Sends those that are waiting. */
  flush(): void {
    this.#count(this.#buffer.flush());
  }

  #count(sent: number): void {
    if (sent > 0) this.#tx.add(this.#port, sent);
    const dropped = this.#buffer.dropped;
    if (dropped === this.#dropped) return;
    this.#txDrop.add(this.#port, dropped - this.#dropped);
    this.#dropped = dropped;
  }
}

/** Where packets go, by the port that they came from: `configure_output_ports`. */
function outputsOf(info: PortInfo, client: number): (Output | undefined)[] {
  const outputs: (Output | undefined)[] = [];
  const { ports } = info;
  for (let i = 0; i + 1 < ports.length; i += 2) {
    const [p1 = 0, p2 = 0] = ports.slice(i, i + 2);
    while (outputs.length <= Math.max(p1, p2)) outputs.push(undefined);
    outputs[p1] = new Output(p2, client, info);
    outputs[p2] = new Output(p1, client, info);
  }
  return outputs;
}

lcoreMain<HandleData>((context) => {
  const { client } = context.data;
  using zone = Memzone.lookup(MZ_PORT_INFO);
  using ring = Ring.lookup(rxQueueName(client));
  const info = new PortInfo(zone.buffer);
  const outputs = outputsOf(info, client);
  const all = outputs.filter((output) => output !== undefined);
  const objs = new Objects(BURST);
  const from = new MbufPorts(BURST);
  const { ports } = from;
  using participant = Quiesce.open().join();
  participant.enter();
  let pending = false;
  /** Sends the next packets that came, or those that wait where none did. */
  const turn = () => {
    const count = ring.dequeueBurst(objs, BURST);
    if (count === 0) {
      if (pending) { for (const output of all) output.flush(); }
      pending = false;
      return;
    }
    from.read(objs, count);
    // those from one port come in a row: one call for all of them
    for (let first = 0; first < count;) {
      const port = ports[first] ?? 0;
      let end = first + 1;
      while (end < count && ports[end] === port) end++;
      const output = outputs[port];
      if (output) output.add(objs, end - first, first);
      else pktmbufFreeBulk(objs, end - first, first);
      first = end;
    }
    pending = true;
  };
  while (!context.stopRequested) {
    if (participant.wanted) {
      for (const output of all) output.flush();
      participant.pause();
    }
    for (let i = 0; i < ROUND; i++) turn();
  }
  for (const output of all) output.flush();
});
