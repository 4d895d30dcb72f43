/**
 * What an lcore of `receive` does.
 *
 * @module
 */

import { Burst, type Mempool, type RxQueue, type TxQueue } from "../../mod.ts";
import { lcoreMain, measuredCyclesPerSecond, tscCycles } from "../../ffi/eal_api.ts";
import { AddressRange } from "../../ffi/net/net.ts";
import { measureFloor, Receiver, Responder } from "../../ffi/traffic/traffic.ts";
import { type BoardMemory, ReceiveBoard } from "./receive_board.ts";
import type { QueueResult } from "./receive_queues.ts";

/** Turns of the loop between two looks at the clock and the stop flag. */
const ROUND = 8;
/** Seconds between two looks at what is lost, and at streams that are new. */
const LOOK = 0.1;
/** Packets at once. */
const BURST = 32;

/** What is to be received, of one queue. */
export interface ReceiveWork {
  rx: RxQueue;
  /**
   * Where the probes come from that show what of a latency is the tool's own; undefined where
   * another lcore does that.
   */
  floor: Mempool | undefined;
  seconds: number;
  /** For whom ARP, neighbour solicitations and pings are answered. */
  answer: { tx: TxQueue; mac: string; addresses: readonly string[] } | undefined;
  /** {@linkcode ReceiveBoard.memory}. */
  board: BoardMemory;
}

lcoreMain<ReceiveWork, QueueResult>((context) => {
  const { rx, seconds, answer } = context.data;
  const cyclesPerSecond = measuredCyclesPerSecond();
  const board = new ReceiveBoard(context.data.board);
  using pool = context.data.floor;
  const floor = pool && measureFloor({ pool });
  const receiver = new Receiver({ latencies: board.latencies });
  using tx = answer?.tx;
  using responder = answer && tx && new Responder({
    tx,
    mac: answer.mac,
    addresses: answer.addresses.map((text) => AddressRange.parse(text)),
  });
  using burst = new Burst(BURST);
  const begin = tscCycles();
  const end = begin + seconds * cyclesPerSecond;
  let next = begin;
  board.begin();
  while (!context.stopRequested && tscCycles() < end) {
    for (let turn = 0; turn < ROUND; turn++) {
      if (rx.receive(burst) === 0) continue;
      receiver.observe(burst, tscCycles());
      responder?.answer(burst);
      burst.clear();
    }
    board.tell(receiver);
    if (tscCycles() < next) continue;
    board.look(receiver);
    next = tscCycles() + LOOK * cyclesPerSecond;
  }
  context.post({
    seconds: (tscCycles() - begin) / cyclesPerSecond,
    ...receiver.data(),
    ...responder ? { answered: responder.answered } : {},
    cyclesPerMicrosecond: cyclesPerSecond / 1e6,
    ...floor ? { floor: floor.toJSON() } : {},
  });
});
