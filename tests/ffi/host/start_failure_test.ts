/** Which option EAL's log is about, and what was probably meant by a word. */

import { blamedOption, plainLog, vdevBlame, vdevReason } from "../../../ffi/host/start_failure.ts";
import { didYouMean, likely } from "../../../ffi/host/suggest.ts";
import { readEalOptions } from "../../../ffi/host/eal_options.ts";
import { DpdkError } from "../../../mod.ts";
import { assertStrictEquals } from "../../assert.ts";
import { EAL_22_11 } from "./eal_tables.ts";

const LOGS: [args: string[], log: string, message: string | undefined][] = [
  [
    ["--syslog=foo"],
    "EAL: invalid parameters for --syslog\n",
    "--syslog: expected a value that EAL takes, got 'foo'",
  ],
  [
    ["-l", "0"],
    "EAL: invalid core list syntax",
    "-l: expected a list of CPUs such as 0-1,3, got '0'",
  ],
  [
    ["-c", "3"],
    "EAL: invalid coremask syntax",
    "-c: expected a hexadecimal mask of CPUs such as 0x3, got '3'",
  ],
  [
    ["--lcores=0"],
    "EAL: invalid parameter for --lcores",
    "--lcores: expected lcores at CPUs such as 2@0,3@1, got '0'",
  ],
  [
    ["-S", "9"],
    "EAL: invalid service core list",
    "-S: expected a list of service cores such as 2-3, got '9'",
  ],
  [
    ["-S", "0"],
    "EAL: Error: lcore 0 is main lcore, cannot use as service core\n",
    "-S: expected others than the main lcore, got '0'",
  ],
  [
    ["--trace-bufsz=x"],
    "eal_trace_bufsz_args_save():188 buffer size cannot be zero",
    "--trace-bufsz: expected a size such as 2M, got 'x'",
  ],
  [
    ["--single-file-segments", "--huge-unlink"],
    "EAL: Option --single-file-segments is not compatible with --huge-unlink",
    "--single-file-segments: cannot be combined with --huge-unlink",
  ],
  [
    ["--socket-mem=64,64"],
    "EAL: Not enough memory available on socket 1! Requested: 64MB, available: 0MB",
    "--socket-mem: expected at most 0 MB on NUMA node 1, got '64,64'",
  ],
  [
    ["-m", "999"],
    "EAL: Not enough memory available! Requested: 999MB, available: 9MB",
    "-m: expected at most 9 MB, got '999'",
  ],
  [
    ["--socket-limit=1"],
    "EAL: error allocating rte services array",
    "--socket-limit: expected as many megabytes as EAL itself and the program need, got '1'",
  ],
  [
    ["--vdev=net_nul0,copy=1"],
    'EAL: failed to parse device "net_nul0"',
    "--vdev=net_nul0,copy=1: no driver here has a device of that name (did you mean net_null?)",
  ],
  [
    ["--vdev=foo"],
    'EAL: failed to parse device "foo"',
    "--vdev=foo: no driver here has a device of that name",
  ],
  [
    ["-a", "foo"],
    'EAL: failed to parse device "foo"',
    "-a: expected a device such as 0000:03:00.0, got 'foo'",
  ],
  [
    ["-d", "/no.so"],
    "EAL: /no.so: cannot open shared object file: No such file or directory",
    "-d: /no.so: No such file or directory",
  ],
  [
    ["--socket-limit=8"],
    "EAL: Cannot allocate memory",
    "--socket-limit: expected as many megabytes as EAL itself and the program need, got '8'",
  ],
  // nothing to blame anyone for
  [[], "EAL: Cannot init memory", undefined],
  [[], "EAL: /no.so: cannot open shared object file: No such file", undefined],
  [[], "EAL: Not enough memory available! Requested: 999MB, available: 9MB", undefined],
];

for (const [args, log, message] of LOGS) {
  Deno.test(`${args.join(" ")}: ${log.trim()}`, () => {
    const blame = blamedOption(readEalOptions(args, EAL_22_11), log);
    assertStrictEquals(blame && new DpdkError(blame).message, message);
  });
}

Deno.test("colours and timestamps are no part of what EAL says", () => {
  for (
    const line of [
      "EAL: x [y] 1",
      "[     0.034397] EAL: x [y] 1",
      "\x1b[32m[2026-11-28T21:50:20,324898+00:00] \x1b[0m\x1b[33mEAL:\x1b[0m x [y] 1",
      "[Sat Nov 28 21:50:20 2026] EAL: x [y] 1",
      "[<     0.000031>] EAL: x [y] 1",
      "[+  0.000034] EAL: x [y] 1",
      "[Nov28 21:50] EAL: x [y] 1",
    ]
  ) {
    assertStrictEquals(plainLog(`${line}\n${line}\n`), "EAL: x [y] 1\nEAL: x [y] 1\n");
  }
  // no time: a driver's own words
  assertStrictEquals(plainLog("[driver] EAL: x"), "[driver] EAL: x");
});

Deno.test("a device that does not start: what its driver said, if anything", () => {
  const vdev = "net_pcap0,rx_pcap=/no";
  const log = "EAL: x\nopen_single_rx_pcap(): Couldn't open /no\n" +
    "vdev_probe(): failed to initialize net_pcap0 device\nEAL: Bus (vdev) probe failed.\n";
  assertStrictEquals(vdevReason(vdev, log), "the device does not start: Couldn't open /no");
  assertStrictEquals(vdevReason(vdev, ""), "the device does not start");
  assertStrictEquals(
    new DpdkError(vdevBlame(vdev, "why")).message,
    "--vdev=net_pcap0,rx_pcap=/no: why",
  );
});

const WORDS = ["--file-prefix", "--num-procs", "--proc-id", "-p", "simple_mp", "symmetric_mp"];

for (
  const [word, meant] of [
    ["--num-proc", "--num-procs"],
    ["--print-dir", undefined],
    ["--prco-id", "--proc-id"],
    ["--FILE-PREFIX", "--file-prefix"],
    ["simplemp", "simple_mp"],
    ["symetric_mp", "symmetric_mp"],
    ["--nonsense", undefined],
    ["x", undefined],
    ["-x", undefined],
    ["-P", "-p"],
    ["", undefined],
  ] as const
) {
  Deno.test(`meant by '${word}': ${meant}`, () => {
    assertStrictEquals(likely(word, WORDS), meant);
    assertStrictEquals(didYouMean(word, WORDS), meant && `did you mean ${meant}?`);
  });
}
