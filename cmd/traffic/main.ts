/**
 * traffic: sends flows at a rate, and judges what comes. See README.md, which is also its `--help`.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { createPktmbufPool, DpdkError, Eal, Port, type PortInfo } from "../../mod.ts";
import {
  launchOnLcore,
  Lcore,
  measuredCyclesPerSecond,
  releaseMainLcore,
} from "../../ffi/eal_api.ts";
import { Histogram, Pacer, Rate } from "../../ffi/traffic/traffic.ts";
import { endProgram } from "../lib/ports.ts";
import { ownArgs } from "../lib/options.ts";
import { onSignal, run } from "../lib/run.ts";
import { say } from "../lib/stdout.ts";
import type { Result, Work } from "./lcore.ts";
import { everySecond, resultLines } from "./lines.ts";
import { flowOf } from "./flow.ts";
import { readOwnOptions, type ReceiveOptions, type SendOptions } from "./options.ts";

const NAME = "traffic";
const MBUFS = 8191;
const MBUF_CACHE = 256;
const DESCRIPTORS = 1024;
/** Bytes of the frame check sequence, which packets in memory lack. */
const FCS_BYTES = 4;

/**
 * How long a port stays open behind the last packet, in milliseconds: the other end of a software port
 * loses what it has not taken yet when the port closes.
 */
const DRAIN = 1000;

/** Drivers of ports that are no cards: what they say of their speed means nothing. */
const SOFTWARE = /^(net_(null|ring|tap|memif|pcap|af_packet|af_xdp|vhost|virtio_user)|virtio_user)/;

/** What the lcore is to do, and how the main thread sees its counters. */
interface Plan {
  work: Work;
  verb: string;
  /** How many packets and bits of layer 2 there were so far. */
  counts(): { packets: number; bits: number };
}

function planSending(options: SendOptions, port: Port, info: PortInfo): Plan {
  const flow = flowOf(options);
  const rate = Rate.parse(options.rate);
  const says = SOFTWARE.test(info.driver) ? undefined : port.link().speed;
  const link = rate.kind === "share" ? port.link().speed : says;
  const packets = rate.packetsPerSecond(flow.meanFrame, link || undefined);
  const cyclesPerSecond = measuredCyclesPerSecond();
  const pacer = new Pacer({ cyclesPerSecond, rate: packets });
  const { frame, size, stream, spacing, duration } = options;
  const dataRoomSize = 128 + Math.max(2048, flow.maxLength);
  const pool = createPktmbufPool("traffic_send", MBUFS, { cacheSize: MBUF_CACHE, dataRoomSize });
  return {
    verb: "sent",
    work: {
      command: "send",
      tx: port.txQueue(0),
      pool,
      flow: { frame, size, stream },
      spacing,
      seconds: duration,
      pacer: pacer.buffer,
    },
    counts() {
      const { sent } = pacer.report();
      return { packets: sent, bits: 8 * sent * flow.meanFrame };
    },
  };
}

function planReceiving({ duration, sent }: ReceiveOptions, port: Port): Plan {
  const counters = new SharedArrayBuffer(3 * Float64Array.BYTES_PER_ELEMENT);
  const counts = new Float64Array(counters);
  return {
    verb: "received",
    work: { command: "receive", rx: port.rxQueue(0), seconds: duration, sent, counters },
    counts: () => ({
      packets: counts[0]!,
      bits: 8 * (counts[1]! + FCS_BYTES * counts[0]!),
    }),
  };
}

/** Prints a line each second until it is told to stop. */
function printRates({ verb, counts }: Plan): () => void {
  let second = 0;
  let [time, before] = [performance.now(), counts()];
  const timer = setInterval(() => {
    const [now, after] = [performance.now(), counts()];
    const per = 1000 / (now - time);
    const [packets, bits] = [after.packets - before.packets, after.bits - before.bits];
    say(everySecond(verb, ++second, packets * per, bits * per));
    [time, before] = [now, after];
  }, 1000);
  return () => clearInterval(timer);
}

async function traffic(args: string[]): Promise<number> {
  const options = readOwnOptions(ownArgs(args));
  const eal = Eal.init(args, { name: NAME, needsPorts: true });
  const started: Port[] = [];
  try {
    if (eal.processType !== "primary") {
      throw new DpdkError({ operation: NAME, reason: "expected to be the primary process" });
    }
    const info = Port.list().find(({ id }) => id === options.port);
    if (!info) {
      const ids = Port.list().map(({ id }) => id).join(", ");
      throw new DpdkError({
        operation: "--port",
        reason: `expected one of the ports ${ids}, got '${options.port}'`,
      });
    }
    const port = Port.open(info.id, { rxDescriptors: DESCRIPTORS, txDescriptors: DESCRIPTORS });
    started.push(port);
    port.promiscuous = true;
    const plan = options.command === "send"
      ? planSending(options, port, info)
      : planReceiving(options, port);
    releaseMainLcore();
    let result: Result | undefined;
    const worker = launchOnLcore<Work, Result>(new URL("./lcore.ts", import.meta.url), Lcore.main, {
      data: plan.work,
      onMessage: (message) => result = message,
    });
    onSignal(() => worker.stop());
    const stopPrinting = printRates(plan);
    try {
      await worker.done;
    } finally {
      stopPrinting();
    }
    if (options.command === "send") await delay(DRAIN);
    if (!result) throw new DpdkError({ operation: NAME, reason: "the lcore said nothing" });
    for (const line of resultLines(result)) say(line);
    if (result.command === "receive" && options.command === "receive" && options.hgrm) {
      const latency = Histogram.from(result.latency);
      Deno.writeTextFileSync(options.hgrm, latency.hgrm(result.cyclesPerMicrosecond));
    }
    if (options.json) Deno.writeTextFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
    return 0;
  } finally {
    endProgram(eal, started);
  }
}

await run(NAME, new URL("./README.md", import.meta.url), traffic);
