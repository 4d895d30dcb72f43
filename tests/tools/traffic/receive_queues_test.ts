/** The queues of traffic's `receive`: how many a port is given, and what came on them as one. */

import { RssHash } from "../../../mod.ts";
import type { ReceiveResult, ResultDocument } from "../../../cmd/traffic/document.ts";
import { documentText } from "../../../cmd/traffic/document.ts";
import { documentIn } from "../../../cmd/traffic/read.ts";
import { receiveLines } from "../../../cmd/traffic/receive.ts";
import {
  queuesFor,
  receivedOn,
  spreadNotes,
  withSent,
} from "../../../cmd/traffic/receive_queues.ts";
import { receiveTables } from "../../../cmd/traffic/tables.ts";
import { assertEquals, assertStringIncludes } from "../../assert.ts";
import { aReceived } from "./documents.ts";

const CARD = { driver: "net_ixgbe", maxRxQueues: 128, maxTxQueues: 64, rssCapa: RssHash.IP };

Deno.test("receive: each lcore has a queue, and the device spreads what comes by its headers", () => {
  assertEquals(queuesFor(CARD, 1), { options: { rxQueues: 1, txQueues: 1 }, notes: [] });
  const four = { rxQueues: 4, txQueues: 4, rss: RssHash.IP };
  assertEquals(queuesFor(CARD, 4), { options: four, notes: [] });
  // a device that hashes all that there is, and more than we know of
  const able = { ...CARD, rssCapa: (1n << 63n) - 1n };
  const all = Object.values(RssHash).reduce((all, bits) => all | bits, 0n);
  assertEquals(queuesFor(able, 2).options.rss, all);
});

Deno.test("receive: what a driver cannot do is told", () => {
  const plain = { driver: "net_ring", maxRxQueues: 16, maxTxQueues: 2, rssCapa: 0n };
  assertEquals(queuesFor(plain, 3), {
    options: { rxQueues: 2, txQueues: 2 },
    notes: [
      "The driver net_ring has 2 queues: 1 lcore of 3 did nothing.",
      "The driver net_ring does not spread packets over its queues (no RSS): each came on the " +
      "queue that the other end sent it to.",
    ],
  });
  const one = { driver: "net_pcap", maxRxQueues: 1, maxTxQueues: 1, rssCapa: 0n };
  assertEquals(queuesFor(one, 4), {
    options: { rxQueues: 1, txQueues: 1 },
    notes: ["The driver net_pcap has 1 queue: 3 lcores of 4 did nothing."],
  });
});

Deno.test("receive: a queue of net_memif is used only where somebody says that the other end has it", () => {
  const memif = { driver: "net_memif", maxRxQueues: 255, maxTxQueues: 255, rssCapa: 0n };
  assertEquals(queuesFor(memif, 1).notes, []);
  const two = queuesFor(memif, 2);
  assertEquals(two.options, { rxQueues: 1, txQueues: 1 });
  assertStringIncludes(
    two.notes[0]!,
    "only where the other end has one too, so one was used: 1 lcore",
  );
  assertEquals(queuesFor(memif, 2, 2).options, { rxQueues: 2, txQueues: 2 });
  assertEquals(queuesFor(CARD, 4, 1), { options: { rxQueues: 1, txQueues: 1 }, notes: [] });
});

const onQueue = (streams: Record<number, readonly (number | null)[]>): ReceiveResult =>
  aReceived(streams).result;

Deno.test("receive: what came on several queues is one result", () => {
  const parts = [
    { ...onQueue({ 1: [3, null, 4, null], 2: [5] }), seconds: 2, answered: 3 },
    { ...onQueue({ 1: [null, 6, null, null, 7] }), seconds: 2.5, answered: 4 },
  ];
  const result = receivedOn(parts);
  assertEquals([result.seconds, result.answered], [2.5, 7]);
  assertEquals([result.packets, result.bytes, result.probes], [5, 300, 5]);
  const { received, lost, latency } = result.streams[1]!;
  // number 3 came on none
  assertEquals([received, lost, latency.count], [4, 1, 4]);
  assertEquals(result.queues, [
    { packets: 3, bytes: 180, probes: 3, streams: [1, 2] },
    { packets: 2, bytes: 120, probes: 2, streams: [1] },
  ]);
  assertStringIncludes(receiveLines(result).join("\n"), "queues:   3 on queue 0, 2 on queue 1");
  const [, queues] = receiveTables(result);
  assertEquals(queues?.rows, [[0, 3, 3, 1, 2], [1, 2, 2, 1, 1]]);
  const document: ResultDocument = { ...aReceived({}), result, tables: receiveTables(result) };
  const read = documentIn(documentText(document));
  assertEquals(read.command === "receive" && read.result.queues, result.queues);
  assertEquals(receivedOn([parts[0]!]), parts[0]!);
});

Deno.test("receive: what nobody knows of a stream on several queues is told", () => {
  const many = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [i, [1]]));
  const told = (...parts: ReceiveResult[]) => spreadNotes(receivedOn(parts));
  assertEquals(told(onQueue({ 1: [1] }), onQueue({ 2: [1] })), []);
  assertEquals(told(onQueue({ 1: [1] })), []);
  assertEquals(told(onQueue({ 1: [1] }), onQueue({ 1: [null, 1] })), [
    "Stream 1 came on several queues: what is reordered, and IPDV, are told within each queue, since " +
    "the order between queues is not known. A copy that came on another queue than the packet itself " +
    "counts as received, and hides a loss.",
  ]);
  assertStringIncludes(
    told(onQueue(many), onQueue({}), onQueue(many))[0]!,
    "7 streams, 0, 1, 2, 3, 4 ..., came on several queues",
  );
});

Deno.test("receive: --sent gives the losses of all queues together", () => {
  const result = receivedOn([onQueue({ 1: [3, null, 4] }), onQueue({ 1: [null, 6] })]);
  const lost = (sent: number | undefined) => withSent(result, sent).streams[1]!.lost;
  assertEquals([lost(undefined), lost(3), lost(10)], [0, 0, 7]);
  // one that is too low loses nothing that was measured
  const gaps = onQueue({ 1: [3, null, 4] });
  assertEquals(withSent(gaps, 1).streams[1]!.lost, 1);
});
