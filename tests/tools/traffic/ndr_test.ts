/** traffic's `ndr` and `rfc2544` on devices that are simulated: what is measured, said and kept. */

import { prepare } from "../../../cmd/traffic/commands.ts";
import type { Measured, Measurer } from "../../../cmd/traffic/measurer.ts";
import { measuredOf } from "../../../cmd/traffic/measurer.ts";
import { type NdrOptions, runNdr } from "../../../cmd/traffic/ndr.ts";
import { type Rfc2544Plan, runRfc2544, TESTS } from "../../../cmd/traffic/rfc2544_run.ts";
import {
  delaysOf,
  resultsOf,
  rfc2544Notes,
  rfc2544Tables,
} from "../../../cmd/traffic/rfc2544_tables.ts";
import type { Order } from "../../../cmd/traffic/orders.ts";
import { Silence } from "../../../cmd/traffic/silence.ts";
import type { ResultTable } from "../../../cmd/traffic/document.ts";
import { exactRate, outcomeText } from "../../../cmd/traffic/trial_lines.ts";
import { progressLine } from "../../../cmd/traffic/trial_progress.ts";
import { tableOf } from "../../../cmd/lib/table.ts";
import { Histogram } from "../../../ffi/traffic/traffic.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "../../assert.ts";

/** What a simulated device and its sender do. */
interface Simulation {
  /** How many of so many packets the device forwards. */
  forward: (sent: number, order: Order) => number;
  /** Packets a second that the sender can send, at most, and whether the port refuses the others. */
  most?: number;
  refuses?: boolean;
  link?: number;
  directions?: number;
  /** Is called before each trial, with its number from 0. */
  before?: (trial: number) => void;
  signal?: AbortSignal;
}

const FLOOR = new Histogram();
FLOOR.record(200);

/** A device that is simulated; every packet takes 5 us. */
function simulated(simulation: Simulation): Measurer & { orders: Order[] } {
  const { forward, most = Infinity, refuses = false, link, directions = 1, before, signal } =
    simulation;
  const orders: Order[] = [];
  return {
    orders,
    directions,
    cyclesPerMicrosecond: 2000,
    floor: FLOOR.summary(2000),
    link,
    measure(order) {
      before?.(orders.length);
      if (signal?.aborted) return Promise.resolve(undefined);
      orders.push(order);
      const { seconds } = order;
      const asked = Math.min(order.packets, 1e8 * seconds);
      const sent = Math.min(asked, Math.round(most * seconds));
      const received = forward(sent, order);
      const latency = new Histogram();
      latency.record(10_000);
      const measured: Measured = {
        asked: directions * asked,
        sent: directions * sent,
        received: directions * received,
        offered: sent / seconds,
        refused: refuses ? directions * (asked - sent) : 0,
        maxLate: 0,
        duplicates: 0,
        reordered: 0,
        tooLate: 0,
        foreign: 0,
        missed: 0,
        latency,
      };
      return Promise.resolve(measured);
    },
  };
}

/** A device that forwards so many packets a second. */
const capacity = (rate: number) => (sent: number, { seconds }: Order) =>
  Math.min(sent, Math.round(rate * seconds));

const DEFAULTS: NdrOptions = {
  frame: "ether/ipv4/udp",
  size: "64",
  spacing: "constant",
  ports: undefined,
  bidirectional: false,
  min: undefined,
  max: "14880952pps",
  warmup: 1,
  drain: 0.2,
  pause: 0,
  width: 0.005,
  pdr: 0.005,
  trial: 1,
  firstTrial: undefined,
  sum: 21,
  exceed: 0.5,
  preceding: undefined,
  expansion: 2,
  limit: 1200,
  latencyAt: [],
  json: undefined,
  csv: undefined,
  report: undefined,
};

async function ran(
  simulation: Simulation,
  options: Partial<NdrOptions> = {},
  signal = new AbortController().signal,
) {
  const lines: string[] = [];
  const measurer = simulated({ ...simulation, signal });
  const listener = { say: (line: string) => lines.push(line), signal };
  const done = await runNdr(measurer, { ...DEFAULTS, ...options }, listener);
  return { lines, text: lines.join("\n"), orders: measurer.orders, done };
}

Deno.test("ndr: a device of exactly 1 Mpps, within one width, in 35 trials at most", async () => {
  const { done, text, orders, lines } = await ran({ forward: capacity(1e6) });
  const { rates: [ndr, pdr], search } = done!.found;
  assert(ndr!.result.lower! <= 1e6 && ndr!.result.lower! >= 0.995e6);
  assert(pdr!.result.lower! <= 1e6 / 0.995 + 1 && pdr!.result.lower! >= 1e6 - 1);
  // what the model of MLRsearch needs, see search_test.ts
  assert(search.trials.length <= 35, `${search.trials.length} trials`);
  // the warm-up comes first, and does not count
  assertEquals(orders.length, search.trials.length + 1);
  assertEquals(orders[0], { flow: 0, load: 14880952, packets: 14880952, seconds: 1 });
  assertEquals(
    lines[0],
    "floor: the latency without a device, us: min 0.10, p50 0.10, p99 0.10, p99.99 0.10",
  );
  assertEquals([ndr!.latency?.p50, ndr!.latency?.max], [5, 5]);
  // what the page draws: all delays of the trials at the rates found
  const times = (name: string) =>
    done!.found.latencies.find((record) => record.name === name)?.histogram.count;
  const trials = (load: number) => search.trials.filter((trial) => trial.load === load).length;
  assertEquals([times("NDR"), times("PDR")], [ndr, pdr].map((rate) => trials(rate!.result.lower!)));
  assertEquals([ndr!.isSenderBound, pdr!.isSenderBound], [false, false]);
  assertStringIncludes(text, "trial 1: 14.881 Mpps for 1 s: 14880952 sent, 13880952 lost (93.3 %)");
  for (const line of ["NDR", "loss allowed", "latency p99.99, us", "5.00", " Mbps"]) {
    assertStringIncludes(text, line);
  }
  assertStringIncludes(text, `${search.trials.length} trials between 1 kpps and 14.881 Mpps`);
});

Deno.test("ndr: rates in bits of layer 2 and 1 are those of the frames", async () => {
  // without a loss at the highest rate, that is the result
  const { done, text } = await ran({ forward: (sent) => sent }, { max: "100kpps", size: "1000" });
  const row = (name: string) => done!.tables[0]!.rows.find(([what]) => what === name)?.[1];
  assertEquals(row("rate"), "100 kpps");
  assertEquals(row("layer 2, with check sequence"), "800 Mbps");
  assertEquals(row("layer 1, with preamble and gap"), "816 Mbps");
  assertEquals(row("lowest rate that lost more"), "none");
  assertEquals(row("limited by"), "highest rate");
  assertEquals(done!.notes, []);
  assertEquals(done!.record.frameBits, 8000);
  assert(!text.includes("ended early"));
});

Deno.test("ndr: the highest rate is the link's, or what the sender can do", async () => {
  const linked = await ran({ forward: capacity(1e6), link: 10_000 }, { max: undefined });
  assertEquals(Math.round(linked.done!.found.max), 14880952);
  const free = await ran({ forward: capacity(1e6), most: 3e6 }, { max: undefined, warmup: 2 });
  assertEquals([free.orders[0]!.load, free.orders[0]!.seconds], [Infinity, 2]);
  // the simulation tries 1e8 packets a second
  assertEquals(free.done!.found.max, 1e8);
  assertStringIncludes(free.text, "warm-up: as fast as it goes for 2 s: 6000000 sent");
  const share = await ran({ forward: capacity(1e6), link: 1000 }, { max: "50%", warmup: 0 });
  assertEquals(Math.round(share.done!.found.max), 744_048);
  assertEquals(share.orders.length, share.done!.found.search.trials.length);
});

Deno.test("ndr: where the sender falls short, that is said, and is no loss of the device", async () => {
  const { done, text } = await ran({ forward: (sent) => sent, most: 2e6 });
  const { rates: [ndr] } = done!.found;
  assert(ndr!.result.lower! <= 2e6 && ndr!.result.lower! > 1.98e6);
  assertEquals(ndr!.isSenderBound, true);
  assertStringIncludes(text, "2000000 sent, none lost, 2 Mpps offered: 12880952 not sent in time");
  const told =
    "the sender could not offer more: this is the sender's rate, and the device may forward more";
  assertStringIncludes(text, `NDR: ${told}`);
  // the document, and so the page, says it too
  assertEquals(done!.notes, [`NDR: ${told}`, `PDR: ${told}`]);
  const of = ({ tables }: { tables: ResultTable[] }, name: string) =>
    tables[0]!.rows.find(([what]) => what === name)?.slice(1);
  assertEquals(of(done!, "limited by"), ["sender", "sender"]);
  const { done: other } = await ran({ forward: capacity(1e6) });
  assertEquals(other!.notes, []);
  assertEquals(of(other!, "limited by"), ["device", "device"]);
  const upper = other!.found.rates.map(({ result }) => exactRate(result.upper!));
  assertEquals(of(other!, "lowest rate that lost more"), upper);
});

Deno.test("ndr: what the port does not take is the device's limit", async () => {
  const { done, text } = await ran({ forward: (sent) => sent, most: 2e6, refuses: true });
  assertEquals(done!.found.rates.map(({ isSenderBound }) => isSenderBound), [false, false]);
  assertStringIncludes(
    text,
    "2000000 sent, none lost, 2 Mpps offered: 12880952 the port did not take",
  );
  assert(!text.includes("the sender could not"));
});

Deno.test("ndr: one packet lost in a million is no NDR, and is a PDR", async () => {
  const { done } = await ran({
    forward: (sent, { seconds }) => Math.min(sent - Math.floor(sent / 1e6), 10e6 * seconds),
  });
  const [ndr, pdr] = done!.found.rates;
  assert(ndr!.result.lower! < 1e6 && ndr!.result.upper! >= 1e6);
  assert(pdr!.result.lower! > 9.9e6);
});

Deno.test("ndr: ended in the middle, the bounds so far are told and kept", async () => {
  const end = new AbortController();
  const { done, text } = await ran(
    {
      forward: capacity(1e6),
      before: (trial) => trial === 12 && end.abort(),
    },
    {},
    end.signal,
  );
  assertEquals(done!.found.search.complete, false);
  assertEquals(done!.found.search.trials.length, 11);
  assertStringIncludes(
    text,
    "the search was ended early: these are the bounds that are known so far",
  );
  assertStringIncludes(text, "11 trials between");
  // before anything was measured there is nothing to tell
  const never = new AbortController();
  never.abort();
  const nothing = await ran({ forward: capacity(1) }, {}, never.signal);
  assertEquals(nothing.done, undefined);
  assertStringIncludes(nothing.text, "ended before the first trial: nothing is known");
});

Deno.test("ndr: latencies at shares of the rates found, in trials behind the search", async () => {
  const options = { latencyAt: [0.1, 0.5, 1], trial: 2 };
  const { done, orders, text } = await ran({ forward: capacity(1e6) }, options);
  const { found: { search, rates }, latencyAt, latencies, tables } = done!;
  const loads = rates.flatMap(({ result }) => options.latencyAt.map((at) => at * result.lower!));
  const behind = orders.slice(search.trials.length + 1);
  assertEquals(behind.map(({ load, seconds }) => [load, seconds]), loads.map((load) => [load, 2]));
  assertEquals(latencyAt.map(({ goal, share, load }) => [goal, share, load]), [
    ...["NDR", "PDR"].flatMap((goal, i) =>
      options.latencyAt.map((share, j) => [goal, share, loads[3 * i + j]])
    ),
  ]);
  assertEquals([latencyAt[0]!.latency?.p50, latencyAt[0]!.lossRatio], [5, 0]);
  assertEquals(
    latencies.map(({ name }) => name).filter((name) => name.includes("NDR")),
    ["NDR", "10 % of NDR", "50 % of NDR", "100 % of NDR"],
  );
  const [, table] = tables;
  assertEquals(table!.rows[0], [
    "10 % of NDR",
    exactRate(loads[0]!),
    "0 %",
    ...Array(4).fill("5.00"),
  ]);
  assertStringIncludes(text, `50 % of PDR: ${exactRate(loads[4]!)} for 2 s: `);
  const lines = tableOf(table!.head, table!.rows, { width: 80, right: table!.head.slice(1) });
  for (const line of lines.split("\n")) assert(/^[│┌├└]/.test(line), line);
  // nothing more is measured where nobody asks
  const plain = await ran({ forward: capacity(1e6) });
  assertEquals([plain.done!.tables.length, plain.done!.latencyAt], [1, []]);
  // an end in the middle keeps what is known
  const end = new AbortController();
  const first = search.trials.length + 1;
  const ended = await ran(
    { forward: capacity(1e6), before: (trial) => trial === first + 2 && end.abort() },
    options,
    end.signal,
  );
  assertEquals(ended.done!.latencyAt.length, 2);
});

Deno.test("ndr: both ways, rates are those of each way", async () => {
  const { done } = await ran({ forward: capacity(1e6), directions: 2 });
  assert(Math.abs(done!.found.rates[0]!.result.lower! - 1e6) < 5000);
  assert(done!.tables[0]!.rows.some(([what]) => what === "rate each way"));
});

Deno.test("ndr: rates that are none to search between are refused", async () => {
  const wrong: [Partial<NdrOptions>, string][] = [
    [{ min: "2Mpps", max: "1Mpps" }, "--max: expected a lowest rate below the highest one"],
    [{ min: "30%" }, "--min: 30 % of the link: the speed of the link is unknown"],
  ];
  for (const [options, message] of wrong) {
    await assertRejects(() => ran({ forward: capacity(1) }, options), Error, message);
  }
  await assertRejects(
    () => ran({ forward: capacity(1), link: 1000 }, { max: "2Mpps" }),
    Error,
    "--max: 2 Mpps: a link of 1000 Mbit/s carries 1488095 frames",
  );
});

Deno.test("ndr: what lcores say of a trial is one result", () => {
  const order = { flow: 0, load: 1000, packets: 500, seconds: 0.5 };
  const pace = (sent: number, refused: number, maxLate: number) => ({
    seconds: 0.5,
    asked: 500,
    sent,
    late: 0,
    maxLate,
    refused,
    skipped: 0,
    askedRate: 1000,
    achievedRate: 2 * sent,
  });
  const came = (received: number, delay: number) => {
    const latency = new Histogram();
    latency.record(delay);
    const rest = { duplicates: 1, reordered: 2, tooLate: 3, foreign: 4 };
    return { received, ...rest, latency: latency.toJSON() };
  };
  const news = [
    { sent: [pace(490, 10, 0.25), pace(500, 0, 0.125)], came: [] },
    { sent: [], came: [came(480, 7), came(500, 9)] },
  ];
  const { latency, ...rest } = measuredOf(order, news, 5);
  assertEquals(rest, {
    asked: 1000,
    sent: 990,
    received: 980,
    offered: 990,
    refused: 10,
    maxLate: 0.25,
    duplicates: 2,
    reordered: 4,
    tooLate: 6,
    foreign: 8,
    missed: 5,
  });
  assertEquals(
    outcomeText({ ...rest, latency }, 1),
    "990 sent, 10 lost (1.01 %), 990 pps offered: 10 the port did not take, latency p50 7.00 us, " +
      "p99 9.00 us, sent 250.0 ms late at most, 5 lost by the receiving port of the tester, which is " +
      "too slow, 2 copies, 4 reordered, 6 came too late to count, of earlier trials: a longer --drain " +
      "waits for them",
  );
  assertEquals([latency.count, latency.min, latency.max], [2, 7, 9]);
  // as fast as it goes, what was asked for is what was tried
  assertEquals(measuredOf({ ...order, load: Infinity, packets: Infinity }, news, 0).asked, 1000);
});

/** A plan of short tests. */
const PLAN: Rfc2544Plan = {
  sizes: [{ name: "64", frameBytes: 64 }, { name: "imix", frameBytes: 353.83 }],
  tests: TESTS,
  min: undefined,
  max: "1Mpps",
  width: 0.005,
  warmup: 0,
  trial: 60,
  latency: 120,
  burst: 2,
  repeats: 3,
  limit: 1200,
};

async function rfc2544(
  simulation: Simulation,
  plan: Partial<Rfc2544Plan> = {},
  end = new AbortController(),
) {
  const lines: string[] = [];
  const measurer = simulated({ ...simulation, signal: end.signal });
  const whole = { ...PLAN, ...plan };
  const listener = { say: (line: string) => lines.push(line), signal: end.signal };
  const results = await runRfc2544(measurer, whole, listener);
  const tables = rfc2544Tables(results);
  const [rates, curve] = [tables[0], tables.find(({ title }) => title.startsWith("Frame loss"))];
  return {
    results,
    orders: measurer.orders,
    lines: [...lines, ...rfc2544Notes(results, whole)],
    rates,
    curve,
    tables,
  };
}

Deno.test("rfc2544: throughput, latency, loss and bursts of each size, with trials as long as the RFC asks", async () => {
  // forwards 300 kpps, and has a queue of 1000 frames that it does not use in long trials
  const forward = (sent: number, { seconds, flow }: Order) =>
    Math.min(sent, Math.round(3e5 / (flow + 1) * seconds) + (seconds < 10 ? 1000 : 0));
  const { results, orders, lines, rates, curve, tables } = await rfc2544({ forward });
  const [small, mix] = results;
  assert(small!.throughput! <= 3e5 && small!.throughput! >= 0.995 * 3e5);
  assert(mix!.throughput! <= 1.5e5 && mix!.throughput! >= 0.995 * 1.5e5);
  const longs = orders.filter(({ seconds }) => seconds >= 60);
  assertEquals([...new Set(longs.map(({ seconds }) => seconds))].sort(), [120, 60]);
  const latency = orders.find(({ seconds }) => seconds === 120);
  assertEquals(latency?.load, small!.throughput);
  assertEquals(delaysOf(results).map(({ name, histogram }) => [name, histogram.count]), [
    ["64 bytes", 1],
    ["imix", 1],
  ]);
  assert(!JSON.stringify(resultsOf(results)).includes("histogram"));
  // 30 % is the second of two trials in a row without loss
  assertEquals(small!.loss!.map(({ share }) => share), [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]);
  assertEquals(small!.loss!.map(({ lossRatio }) => Number(lossRatio.toFixed(4))), [
    0.7,
    0.6667,
    0.625,
    0.5714,
    0.5,
    0.4,
    0.25,
    0,
    0,
  ]);
  // a burst at 1 Mpps is whole while it is not longer than what passes and the queue
  assertEquals(small!.bursts!.bursts.length, 3);
  assert(Math.abs(small!.bursts!.mean - 1000 / 0.7) <= 2, `${small!.bursts!.mean}`);
  assertEquals(rates!.rows.map(([name]) => name), ["64", "imix"]);
  assertEquals(rates!.rows[0]!.length, rates!.head.length);
  assertEquals(rates!.rows[0]!.slice(4), ["device", small!.bursts!.mean.toFixed(1)]);
  assertEquals(tables[1]!.rows[0], ["64", ...Array(6).fill("5.00")]);
  assertEquals(curve!.head, ["rate", "64", "imix"]);
  assertEquals(curve!.rows[0], ["100 %", "70 %", "85 %"]);
  assertEquals(curve!.rows.slice(-2), [["20 %", "0 %", "25 %"], ["10 %", "", "0 %"]]);
  for (const { head, rows } of tables) {
    for (const line of tableOf(head, rows, { width: 80, right: head.slice(1) }).split("\n")) {
      assert(line.startsWith("│") || /^[┌├└]/.test(line));
    }
  }
  assert(
    lines.some((line) => line.startsWith("64 bytes: trial 1: 1 Mpps for 60 s: 60000000 sent")),
  );
  assert(lines.some((line) => line.startsWith("imix: loss at 90 %: 900 kpps for 60 s")));
  assert(lines.every((line) => !line.includes("early")));
});

Deno.test("rfc2544: what is left out, what the sender cannot do, and an early end", async () => {
  const some = await rfc2544({ forward: (sent) => sent }, {
    tests: ["loss"],
    sizes: PLAN.sizes.slice(0, 1),
  });
  const [one] = some.results;
  // without a trial for it, the page has the delays of the search
  assertEquals(delaysOf(some.results).length, 1);
  assertEquals([one!.latency, one!.bursts, one!.loss!.length], [undefined, undefined, 2]);
  assertEquals([one!.throughput, ...some.rates!.rows[0]!.slice(4)], [1e6, "highest rate", ""]);

  const slow = await rfc2544({ forward: (sent) => sent, most: 5e5 }, { tests: ["bursts"] });
  assert(slow.results[0]!.unsentBursts > 0);
  assert(
    slow.lines.includes(
      "64 bytes: the sender could not offer more: this is the sender's rate, and the device may forward more",
    ),
  );
  assertEquals(slow.rates!.rows[0]![4], "sender");
  assert(slow.lines.some((line) => /^64 bytes: \d+ bursts could not be sent at 1 Mpps/.test(line)));

  const end = new AbortController();
  const ended = await rfc2544(
    {
      forward: capacity(3e5),
      before: (trial) => trial === 3 && end.abort(),
    },
    {},
    end,
  );
  assertEquals([ended.results.length, ended.results[0]!.found.search.trials.length], [1, 3]);
  assert(ended.lines.includes("ended early: 0 of 2 frame sizes were searched to the end"));
});

Deno.test("ndr: a trial is over when a look that began late enough found nothing", () => {
  const silence = new Silence(50);
  assertEquals(silence.isLong(0, 10, 5), false);
  assertEquals(silence.isLong(20, 30, 7), false);
  // the loop lost its CPU behind a look that found nothing: others may be there now
  assertEquals(silence.isLong(40, 400, 7), false);
  assertEquals(silence.isLong(401, 402, 8), false);
  assertEquals(silence.isLong(410, 452, 8), false);
  assertEquals(silence.isLong(453, 454, 8), true);
});

Deno.test("ndr: a long trial on a terminal tells how far it is", () => {
  const order = { flow: 0, load: 1e6, packets: 6e7, seconds: 60 };
  assertEquals(
    progressLine(order, 20, 19_980_000),
    "1 Mpps for 60 s: 999 kpps came on average, 40 s left",
  );
  assertEquals(
    progressLine({ ...order, load: Infinity }, 60.1, 0),
    "as fast as it goes for 60 s: 0 pps came on average, waiting for the last packets",
  );
});

const read = (line: string) => prepare(line.split(" "));

Deno.test("ndr: options that are right", () => {
  for (
    const line of [
      "ndr",
      "ndr --ports 1,0 --bidirectional --size imix --min 10kpps --max 30% --warmup 0 --drain 2 --pause 5",
      "ndr --latency-at 10,50,90",
      "ndr --latency-at 0.5%,100%",
      "ndr --ports 3 --width 0.1% --pdr 1 --exceed 0% --trial 60s --sum 60 --preceding 0 " +
      "--first-trial 60 --expansion 1.5 --limit 3600 --spacing poisson",
      "rfc2544",
      "rfc2544 --sizes all --tests latency,bursts --trial 1 --latency 1 --burst 0.1 --repeats 5",
      "rfc2544 --sizes 64,imix,imix:aag --bidirectional --max 50% --drain 0.2 --width 1%",
    ]
  ) read(line);
});

const WRONG: [line: string, message: string][] = [
  ["ndr --ports 0-1", "--ports: expected two ports as 0,1, or one, got 0-1"],
  ["ndr --max max", "--max: expected the highest rate as 2Mpps, 5Gbps, 5GbpsL1 or 30%, got max"],
  ["ndr --width 0%", "--width: expected a share above 0, as 0.5%, got 0%"],
  ["ndr --pdr 100%", "--pdr: expected a share as 0.5%, got 100%"],
  ["ndr --trial 0", "--trial: expected seconds, above 0, got 0"],
  ["ndr --trial 30", "--sum: expected seconds, not fewer than those of --trial, 30, got 21"],
  ["ndr --first-trial 2", "--first-trial: expected seconds, not more than those of --trial, 1"],
  ["ndr --preceding 0", "--preceding: expected 1 or more, since first trials are shorter"],
  ["ndr --expansion 1", "--expansion: expected a factor above 1, as 2, got 1"],
  ["ndr --frame ether/ipv6/udp", "--frame: expected headers as ether/ipv4/udp that fit the sizes"],
  ["ndr --rate 1pps", "--rate"],
  ["ndr --latency-at 0,50", "--latency-at: expected percentages above 0 up to 100, each once, as"],
  ["ndr --latency-at 101", "--latency-at: expected percentages above 0 up to 100"],
  ["ndr --latency-at 50,50", "--latency-at: expected percentages above 0 up to 100"],
  ["ndr --latency-at ,", "--latency-at: expected percentages above 0 up to 100"],
  [
    "rfc2544 --sizes 64,64",
    "--sizes: expected sizes as 64,512,1518,imix, each once, rfc2544 or all",
  ],
  ["rfc2544 --sizes 63", "--sizes: expected sizes as"],
  ["rfc2544 --tests speed", "--tests: expected some of latency, loss, bursts, got speed"],
  ["rfc2544 --repeats 0", "--repeats: expected a number from 1 to 1000, got 0"],
  ["rfc2544 --frame ether/ipv6/tcp", "--frame: expected headers as ether/ipv4/udp that fit"],
  ["rfc2544 --sum 3", "--sum"],
  ["ndr 0", "traffic: expected options only, got 0"],
];

for (const [line, message] of WRONG) {
  Deno.test(`traffic: '${line}' is refused`, () => {
    const { message: got } = assertThrows(() => read(line), Error);
    assertStringIncludes(got.replaceAll("'", ""), message);
  });
}
