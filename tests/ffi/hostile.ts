/**
 * Values that a caller can give to the public API and that C must never see, or must refuse.
 *
 * @module
 */

import {
  Burst,
  createPktmbufPool,
  Mempool,
  MempoolFlags,
  Memzone,
  Objects,
  Port,
  Ring,
  RingFlags,
} from "../../mod.ts";
import {
  attachVdev,
  delayUsSleep,
  Lcore,
  log,
  probeDevice,
  setThreadAffinity,
} from "../../ffi/eal_api.ts";
import { processEnd, processTitle } from "../../ffi/supervise/supervise.ts";

/** One call with a bad value, by name: what it throws begins so. */
export type Hostile = readonly [name: string, expected: RegExp, call: () => unknown];

const { EXACT_SZ, SP_ENQ, SC_DEQ, MP_RTS_ENQ, MC_RTS_DEQ } = RingFlags;
const { NO_CACHE_ALIGN, NO_SPREAD } = MempoolFlags;

const LONG = "n".repeat(100);
const INTEGER = /^RangeError: .* must be an integer from /;
const TEXT = /^RangeError: expected a text without NUL or half characters, got "/;
const TOO_LONG = (bytes: number) =>
  RegExp(`^DpdkError: .*: ENAMETOOLONG: .*\\(a name has ${bytes} bytes at most\\)$`);
const RING_SIZE =
  /EINVAL: .*\(count is a power of two, 1073741824 at most; with EXACT_SZ any up to 1073741823\)$/;
const NO_MEMORY =
  /^DpdkError: .*: ENOMEM: .*\(it takes \d+ MiB; EAL has (\d+ MiB free and the machine \d+ hugepages of 2 MiB|512 GiB at most)\)$/;

const rings: Hostile[] = [
  ...[EXACT_SZ, EXACT_SZ | SP_ENQ | SC_DEQ, EXACT_SZ | MP_RTS_ENQ | MC_RTS_DEQ].flatMap((flags) =>
    [2 ** 30, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 2, 2 ** 32 - 1]
      .map((count): Hostile => [
        `ring of exactly ${count}, flags ${flags}`,
        RING_SIZE,
        () => Ring.create("H", count, { flags }),
      ])
  ),
  ...[3, 2 ** 30 + 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1].map((count): Hostile => [
    `ring of ${count}`,
    RING_SIZE,
    () => Ring.create("H", count),
  ]),
  ["ring of 2^30", NO_MEMORY, () => Ring.create("H", 2 ** 30)],
  ["ring of 2^30 - 1", NO_MEMORY, () => Ring.create("H", 2 ** 30 - 1, { flags: EXACT_SZ })],
  ...[0, -1, 1.5, NaN, 2 ** 32].map((count): Hostile => [
    `ring of ${count}`,
    INTEGER,
    () => Ring.create("H", count),
  ]),
  ["ring flags", INTEGER, () => Ring.create("H", 8, { flags: 2 ** 32 })],
  ["ring socket -2", INTEGER, () => Ring.create("H", 8, { socket: -2 })],
  ["ring socket 2^31 - 1", /ENOMEM|EINVAL/, () => Ring.create("H", 8, { socket: 2 ** 31 - 1 })],
  ["ring name", TOO_LONG(28), () => Ring.create(LONG, 8)],
  ["ring name in bytes", TOO_LONG(28), () => Ring.create("ü".repeat(15), 8)],
  ["ring name with NUL", TEXT, () => Ring.create("H\0J", 8)],
  ["ring name with half a character", TEXT, () => Ring.create("\ud800", 8)],
  ["lookup with NUL", TEXT, () => Ring.lookup("GUARD\0J")],
  ["lookup of a long name", /ENOENT/, () => Ring.lookup(LONG)],
];

const pools: Hostile[] = [
  ...[0, NO_CACHE_ALIGN, NO_SPREAD, NO_CACHE_ALIGN | NO_SPREAD].flatMap((flags) =>
    [2 ** 31, 2 ** 31 + 1, 2 ** 32 - 256, 2 ** 32 - 128, 2 ** 32 - 64, 2 ** 32 - 8, 2 ** 32 - 1]
      .map((size): Hostile => [
        `pool of 8 x ${size}, flags ${flags}`,
        NO_MEMORY,
        () => Mempool.create("H", 8, size, { flags }),
      ])
  ),
  ...[2 ** 30, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1].flatMap((count) =>
    [1, 64, 2 ** 32 - 1].map((size): Hostile => [
      `pool of ${count} x ${size}`,
      NO_MEMORY,
      () => Mempool.create("H", count, size),
    ])
  ),
  ...[2 ** 32 - 1, 2 ** 32 - 64].map((privateSize): Hostile => [
    `pool with ${privateSize} bytes of its own`,
    NO_MEMORY,
    () => Mempool.create("H", 8, 8, { privateSize }),
  ]),
  ...[513, 600, 2 ** 31, 2 ** 32 - 1].map((cacheSize): Hostile => [
    `pool with a cache of ${cacheSize}`,
    /EINVAL: .*\(cacheSize is 512 at most, and 682 for 1023 elements\)$/,
    () => Mempool.create("H", 1023, 8, { cacheSize }),
  ]),
  ["pool of 0", INTEGER, () => Mempool.create("H", 0, 8)],
  ["pool of 2^32", INTEGER, () => Mempool.create("H", 2 ** 32, 8)],
  ["elements of 0", INTEGER, () => Mempool.create("H", 8, 0)],
  ["elements of 2^32", INTEGER, () => Mempool.create("H", 8, 2 ** 32)],
  ["pool flags", /EINVAL/, () => Mempool.create("H", 8, 8, { flags: 2 ** 32 - 1 })],
  ["pool name", TOO_LONG(25), () => Mempool.create(LONG, 8, 8)],
  ["pool name with NUL", TEXT, () => Mempool.create("H\0", 8, 8)],
  ["pool lookup with NUL", TEXT, () => Mempool.lookup("GUARD\0")],
  ["packets: 2^32 - 1", NO_MEMORY, () => createPktmbufPool("H", 2 ** 32 - 1)],
  [
    "packets: 2^30 - 1 of the largest",
    NO_MEMORY,
    () => createPktmbufPool("H", 2 ** 30 - 1, { dataRoomSize: 65_535, privateSize: 65_528 }),
  ],
  ["packets: data room of 127", INTEGER, () => createPktmbufPool("H", 8, { dataRoomSize: 127 })],
  [
    "packets: data room of 2^16",
    INTEGER,
    () => createPktmbufPool("H", 8, { dataRoomSize: 65_536 }),
  ],
  ["packets: private size of 7", /EINVAL/, () => createPktmbufPool("H", 8, { privateSize: 7 })],
  [
    "packets: cache of 600",
    /EINVAL: .*512/,
    () => createPktmbufPool("H", 1023, { cacheSize: 600 }),
  ],
  ["packets: name", TOO_LONG(25), () => createPktmbufPool(LONG, 8)],
];

const zones: Hostile[] = [
  // pages of 2 MiB that C would count as 0, or as a negative number
  ...[2 ** 53 - 1, 2 ** 53 - 2 ** 21, 2 ** 52, 2 ** 52 + 1, 2 ** 40, 2 ** 39 + 1, 2 ** 39 - 2 ** 21]
    .map((length): Hostile => [
      `zone of ${length}`,
      NO_MEMORY,
      () => Memzone.reserve("H", length),
    ]),
  ["zone of 2^53", INTEGER, () => Memzone.reserve("H", 2 ** 53)],
  ["zone of -1", INTEGER, () => Memzone.reserve("H", -1)],
  ...[3, 2 ** 32 - 1, 2 ** 31 + 2].map((align): Hostile => [
    `zone aligned to ${align}`,
    RegExp(`EINVAL: .*\\(align is a power of two, got ${align}; length is 64\\)$`),
    () => Memzone.reserve("H", 64, { align }),
  ]),
  ["zone aligned to 2^32", INTEGER, () => Memzone.reserve("H", 64, { align: 2 ** 32 })],
  ["zone on socket 9", /ENOMEM|EINVAL/, () => Memzone.reserve("H", 64, { socket: 9 })],
  ["zone name", TOO_LONG(31), () => Memzone.reserve(LONG, 64)],
  ["zone name with NUL", TEXT, () => Memzone.reserve("H\0", 64)],
  ["zone lookup with NUL", TEXT, () => Memzone.lookup("GUARD\0")],
];

const tables: Hostile[] = [0, -1, 65_536, 2 ** 32, 2 ** 32 + 8, NaN].flatMap((
  length,
): Hostile[] => [
  [`table of ${length}`, INTEGER, () => new Objects(length)],
  [`burst of ${length}`, INTEGER, () => new Burst(length)],
]);

const ports: Hostile[] = [
  ...[-1, 0.5, NaN, 32, 65_535, 65_536, 2 ** 32].map((port): Hostile => [
    `port ${port}`,
    /^DpdkError: port .*: ENODEV: no such port/,
    () => Port.attach(port),
  ]),
  ["port by a name with NUL", TEXT, () => Port.attach("net_null0\0")],
  ["device with NUL", TEXT, () => probeDevice("net_null9\0,size=64")],
  ["vdev with NUL", TEXT, () => attachVdev("net_null0\0")],
  ["vdev's arguments with NUL", TEXT, () => attachVdev("net_null0", "size=64\0")],
  ...[-1n, 2n ** 64n].flatMap((bits): Hostile[] => [
    [
      `offloads ${bits}`,
      /^RangeError: rxOffloads must have 64 bits/,
      () => Port.open(0, { rxOffloads: bits }),
    ],
    [`rss ${bits}`, /^RangeError: rss must have 64 bits/, () => Port.open(0, { rss: bits })],
  ]),
  [
    "65535 queues",
    /^DpdkError: .*EINVAL/,
    () => Port.open(0, { rxQueues: 65_535, txQueues: 65_535 }),
  ],
  ["queue 65535", /^DpdkError: .*not started/, () => Port.attach(0).txQueue(65_535)],
  [
    "a queue before the start",
    /ENOTSUP: the port is not started \(start\(\) it first/,
    () => Port.attach(0).rxQueue(0),
  ],
];

const others: Hostile[] = [
  ...[128, 2 ** 31, 2 ** 32 - 1].map((id): Hostile => [
    `float as lcore ${id}`,
    /^DpdkError: /,
    () => Lcore.float(id),
  ]),
  ["CPU 1023", /^DpdkError: /, () => setThreadAffinity([1023])],
  ["sleep of NaN", INTEGER, () => delayUsSleep(NaN)],
  ...[0, 9, -1, NaN].map((level): Hostile => [`log level ${level}`, INTEGER, () => log(level, "")]),
  ["log with NUL", TEXT, () => log(7, "a\0b")],
  ["title with NUL", TEXT, () => processTitle("a\0b")],
  ["pid -1", INTEGER, () => processEnd(-1)],
];

/** All of them. */
export const HOSTILE: readonly Hostile[] = [
  ...rings,
  ...pools,
  ...zones,
  ...tables,
  ...ports,
  ...others,
];
