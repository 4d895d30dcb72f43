/** What the bench reads out of dpdk-test and of its own programs. */

import { parseMempoolPerf, parseRingPerf } from "../../../cmd/dev/bench/autotests.ts";
import { parseCases } from "../../../cmd/dev/bench/perf/cases.ts";
import { assertEquals } from "../../assert.ts";

const RING = `RTE>>ring_perf_autotest

### Testing single element enq/deq ###
legacy APIs: SP/SC: single: 30.83
legacy APIs: MP/MC: single: 26.50

### Testing burst enq/deq ###
legacy APIs: SP/SC: burst (size: 8): 42.68
legacy APIs: SP/SC: burst (size: 32): 92.80
legacy APIs: MP/MC: burst (size: 8): 58.40
legacy APIs: MP/MC: burst (size: 32): 104.96

### Testing bulk enq/deq ###
legacy APIs: SP/SC: bulk (size: 8): 76.45

elem APIs: element size 16B: SP/SC: burst (size: 8): 39.82
`;

Deno.test("ring_perf_autotest: bursts of the pointer API, for one object", () => {
  assertEquals(parseRingPerf(RING), [
    { what: "ring SP/SC", burst: 8, cycles: 42.68 / 8 },
    { what: "ring SP/SC", burst: 32, cycles: 92.8 / 32 },
    { what: "ring MP/MC", burst: 8, cycles: 58.4 / 8 },
    { what: "ring MP/MC", burst: 32, cycles: 104.96 / 32 },
  ]);
  assertEquals(parseRingPerf(RING.replaceAll("\n", "\r\n")).length, 4);
});

Deno.test("ring_perf_autotest of DPDK 24.11 and later, which counts by object", () => {
  const output = `legacy APIs - MP/MC - single - cycles per elem: 109.786
legacy APIs - SP/SC - burst (n:8  ) - cycles per elem: 8.028
legacy APIs - SP/SC - burst (n:128) - cycles per elem: 3.332
legacy APIs - SP/SC - bulk (n:8  ) - cycles per elem: 9.5
legacy APIs - MP/MC - burst (n:32 ) - cycles per elem: 5.077
`;
  assertEquals(parseRingPerf(output), [
    { what: "ring SP/SC", burst: 8, cycles: 8.028 },
    { what: "ring SP/SC", burst: 128, cycles: 3.332 },
    { what: "ring MP/MC", burst: 32, cycles: 5.077 },
  ]);
});

Deno.test("mempool_perf_autotest: with cache, one core, bursts that are alike", () => {
  const line = (cache: number, cores: number, get: number, put: number, keep: number, n: number) =>
    `mempool_autotest cache=${cache} cores=${cores} n_get_bulk=${get} n_put_bulk=${put} ` +
    `n_keep=${keep} constant_n=${n} rate_persec=2000000\n`;
  const output = [
    line(0, 1, 8, 8, 128, 0),
    line(512, 1, 8, 8, 32, 0),
    line(512, 1, 8, 4, 128, 0),
    line(512, 1, 8, 8, 128, 0),
    line(512, 1, 8, 8, 128, 1),
    line(512, 2, 8, 8, 128, 0),
    line(512, 1, 32, 32, 128, 0),
  ].join("");
  assertEquals(parseMempoolPerf(output, 10_000_000), [
    { what: "mempool", burst: 8, cycles: 5 },
    { what: "mempool", burst: 32, cycles: 5 },
  ]);
});

Deno.test("mempool_perf_autotest of DPDK 25.11, which pads numbers", () => {
  const output =
    `mempool_autotest cache=512 cores=1 n_keep=  128 n_max_bulk=  8 rate_persec=   1478513
mempool_autotest cache=512 cores=1 n_keep=   32 n_get_bulk=  8 n_put_bulk=  8 constant_n=0 rate_persec=    378942
mempool_autotest cache=512 cores=1 n_keep=  128 n_get_bulk=  8 n_put_bulk=  8 constant_n=0 rate_persec=   2000000
mempool_autotest cache=512 cores=1 n_keep=  128 n_get_bulk=  8 n_put_bulk=  8 constant_n=1 rate_persec=    825300
`;
  assertEquals(parseMempoolPerf(output, 10_000_000), [{ what: "mempool", burst: 8, cycles: 5 }]);
});

Deno.test("our own programs' lines, and nothing else", () => {
  const output = "EAL: burst of words\nring SP/SC burst 8: 3.062\nmempool burst 128: 1\n";
  assertEquals(parseCases(output), [
    { what: "ring SP/SC", burst: 8, cycles: 3.062 },
    { what: "mempool", burst: 128, cycles: 1 },
  ]);
});
