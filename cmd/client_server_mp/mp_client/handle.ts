/**
 * The lcore of a client: takes packets from its ring and sends each out of the port that is paired
 * with the one it came from, `handle_packet` of the C sample.
 *
 * @module
 */

import {
  Burst,
  type Counters,
  DROP,
  lcoreMain,
  Memzone,
  Port,
  Quiesce,
  Ring,
  type TxQueue,
} from "../../../ffi/port_worker.ts";
import { BURST, MZ_PORT_INFO, PortInfo, rxQueueName } from "../shared/common.ts";

/** Bursts between two looks at the stop flag. */
const ROUND = 16;

/** What the lcore is given. */
export interface HandleData {
  /** The client's id: which ring it reads, and which queue of each port it sends on. */
  client: number;
}

/** The transmit side of one port. */
class Output {
  /** Packets for this port that are waiting to be sent. */
  readonly burst = new Burst(BURST);
  readonly #queue: TxQueue;
  readonly #tx: Counters;
  readonly #txDrop: Counters;
  #dropped = 0;

  constructor(port: number, client: number, info: PortInfo) {
    this.#queue = Port.attach(port).txQueue(client, { bufferSize: BURST });
    this.#tx = info.tx(client);
    this.#txDrop = info.txDrop(client);
  }

  /** Collects packets, and sends them when a burst is full. */
  add(burst: Burst): void {
    this.#count(this.#queue.buffer(burst));
  }

  /** Sends the packets that are waiting. */
  flush(): void {
    this.#count(this.#queue.flush());
  }

  #count(sent: number): void {
    const { port, dropped } = this.#queue;
    if (sent > 0) this.#tx.add(port, sent);
    if (dropped === this.#dropped) return;
    this.#txDrop.add(port, dropped - this.#dropped);
    this.#dropped = dropped;
  }
}

/** Where packets go, by the port that they came from: `configure_output_ports`. */
class Outputs {
  /** All outputs. */
  readonly all: readonly Output[];
  readonly #bursts: readonly Burst[];
  /** The index of the output for each port from which packets come. */
  readonly #of: Uint8Array;
  readonly #verdicts = new Uint8Array(BURST);

  constructor({ ports }: PortInfo, make: (port: number) => Output) {
    this.#of = new Uint8Array(Math.max(-1, ...ports) + 1).fill(DROP);
    // ports are paired: what comes from one leaves by the other
    const pairs = ports.slice(0, ports.length - ports.length % 2);
    this.all = pairs.map((port, i) => {
      this.#of[port] = i;
      return make(pairs[i ^ 1] ?? port);
    });
    this.#bursts = this.all.map(({ burst }) => burst);
  }

  /** Sends each packet out of the port that is paired with the one that it came from. */
  send(burst: Burst): void {
    const { count, ports } = burst;
    const from = ports[0];
    let same = 1;
    while (same < count && ports[same] === from) same++;
    if (same === count) return this.#sendTo(this.#of[from ?? 0] ?? DROP, burst);
    for (let i = 0; i < count; i++) this.#verdicts[i] = this.#of[ports[i] ?? 0] ?? DROP;
    burst.split(this.#verdicts, this.#bursts);
    for (const output of this.all) if (output.burst.count > 0) output.add(output.burst);
  }

  #sendTo(index: number, burst: Burst): void {
    const output = this.all[index];
    if (output) output.add(burst);
    else burst.clear();
  }

  /** Sends the packets that are waiting. */
  flush(): void {
    for (const output of this.all) output.flush();
  }
}

lcoreMain<HandleData>((context) => {
  const { client } = context.data;
  using zone = Memzone.lookup(MZ_PORT_INFO);
  using ring = Ring.lookup(rxQueueName(client));
  const info = new PortInfo(zone.buffer);
  const outputs = new Outputs(info, (port) => new Output(port, client, info));
  using burst = new Burst(BURST);
  using participant = Quiesce.open().join();
  participant.enter();
  let pending = false;
  while (!context.stopRequested) {
    if (participant.wanted) {
      outputs.flush();
      participant.pause();
    }
    for (let i = 0; i < ROUND; i++) {
      if (ring.dequeueBurst(burst) > 0) {
        outputs.send(burst);
        pending = true;
      } else if (pending) {
        // while nothing comes, the waiting packets are sent
        outputs.flush();
        pending = false;
      }
    }
  }
  outputs.flush();
});
