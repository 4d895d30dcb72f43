/** Constants and layouts: what the generator reads, what it refuses, and that C agrees. */

import { constants as os } from "node:os";
import {
  assertionsText,
  constantsText,
  program,
  readFacts,
  readHeader,
} from "../../../cmd/dev/symbols/layouts.ts";
import * as derived from "../../../ffi/boundary/constants.ts";
import { structAt, writeStruct } from "../../../ffi/boundary/native.ts";
import { limits } from "../../../ffi/boundary/bounds.ts";
import { portInfoLayout } from "../../../cmd/client_server_mp/shared/common.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../../assert.ts";

// the library stays open
limits();

const HEADER = `
/* A structure; struct shim_other { int x; } is a comment. */
#define SHIM_API __attribute__((visibility("default")))
#define SHIM_HOT SHIM_API
#define SHIM_OUT
#define SHIM_MOST 64 /* of them */
#define SHIM_NONE UINT32_MAX
#define OTHER 3
enum { SHIM_FIRST, SHIM_THIRD = 2 };
struct shim_x {
	uint64_t address; /* of it */
	void **objs;
	uint32_t n;
	int32_t socket;
	char name[SHIM_NAME];
	uint16_t ids[8];
	struct shim_y *next;
};
struct shim_y {
	uint32_t n;
	struct shim_x *to[];
};
`;

Deno.test("what a header declares for TypeScript", () => {
  const { structs, constants } = readHeader(HEADER, "SHIM_");
  assertEquals(constants, ["SHIM_MOST", "SHIM_NONE", "SHIM_FIRST", "SHIM_THIRD"]);
  assertEquals(structs.map(({ name }) => name), ["shim_x", "shim_y"]);
  assertEquals(
    structs[0]?.members.map(({ name, type, isList }) => `${name} ${type}${isList ? "[]" : ""}`),
    ["address u64", "objs u64", "n u32", "socket i32", "name text", "ids u16[]", "next u64"],
  );
  assertEquals(structs[1]?.members.map(({ name, isOpen }) => [name, isOpen]), [
    ["n", false],
    ["to", true],
  ]);
  for (
    const [line, reason] of [
      ["long n;", "struct shim_z: unknown type 'long'"],
      ["uint32_t a, b;", "struct shim_z: cannot read 'uint32_t a, b'"],
      ["uint32_t bits : 3;", "struct shim_z: cannot read 'uint32_t bits : 3'"],
      ["char letter;", "struct shim_z: 'letter' is no text"],
    ]
  ) {
    assertThrows(() => readHeader(`struct shim_z {\n${line}\n};\n`, "SHIM_"), Error, reason);
  }
});

Deno.test("what a compiler makes of it becomes TypeScript, and assertions of C", () => {
  const declared = readHeader(
    "#define SHIM_MOST 64\nstruct shim_x {\n\tchar name[4];\n};\n",
    "SHIM_",
  );
  assertStringIncludes(program(["x.h"], declared), "offsetof(struct shim_x, name)");
  const facts = readFacts(
    "number SHIM_MOST 64\nnumber SHIM_LESS -1\nbits RTE_X 18446744073709551615\n" +
      "number BIG 9007199254740993\nstruct shim_x 4\nmember name 0 4 0\n",
  );
  const text = constantsText(declared, facts);
  assertStringIncludes(text, "export const SHIM_MOST = 64;");
  assertStringIncludes(text, "export const SHIM_LESS = -1;");
  assertStringIncludes(text, "export const RTE_X = 0xffffffffffffffffn;");
  // no number of JavaScript's
  assertStringIncludes(text, "export const BIG = 0x20000000000001n;");
  assertStringIncludes(text, "types: { name: 4 }");
  const asserted = assertionsText(facts);
  assertStringIncludes(asserted, "SHIM_IS(SHIM_MOST, 64)");
  assertStringIncludes(asserted, "SHIM_IS(RTE_X, UINT64_C(0xffffffffffffffff))");
  assertStringIncludes(asserted, "SHIM_IS(offsetof(struct shim_x, name), 0)");
});

Deno.test("errnos and signals are those of this system", () => {
  const known: Record<string, number> = { ...os.errno, ...os.signals };
  const own = Object.entries(derived).filter(([name]) => name in known);
  assert(own.length > 8);
  for (const [name, value] of own) assertEquals(value, known[name], name);
});

Deno.test("a structure is read and written member by member", () => {
  const layout = {
    bytes: 40,
    at: { address: 0, n: 8, socket: 12, ids: 16, name: 24, full: 28 },
    types: { address: "u64", n: "u32", socket: "i32", name: 4, full: 4 },
  } as const;
  const memory = new ArrayBuffer(48);
  writeStruct(layout, memory, {
    address: 0xffff_ffff_ffff_fff0n,
    n: 0xffff_ffff,
    socket: -1,
    name: "",
    full: "",
  }, 8);
  new Uint8Array(memory, 8 + 24).set(new TextEncoder().encode("ab\0cdefg"));
  const { name, full, ...numbers } = structAt(layout, memory, 8);
  assertEquals(numbers, { address: 0xffff_ffff_ffff_fff0n, n: 0xffff_ffff, socket: -1 });
  assertEquals([name, full], ["ab", "defg"]);
});

Deno.test("what differs by build comes from the shim", () => {
  const { lcores, ports, cache_line, headroom, data_room, ring_name } = limits();
  const isArm = Deno.build.arch === "aarch64";
  // as Debian builds it
  assertEquals([lcores, cache_line], isArm ? [256, 128] : [128, 64]);
  assertEquals([ports, headroom, data_room, ring_name], [32, 128, 128 + 2048, 28]);
});

Deno.test("mp_server's structure is laid out as C lays it out there", () => {
  // Debian on x86-64 and on arm64; a DPDK that was built for more ports
  assertEquals(portInfoLayout(32, 64), {
    rxStats: 128,
    txStats: 384,
    txStatsSize: 512,
    bytes: 384 + 16 * 512,
  });
  assertEquals(portInfoLayout(32, 128).bytes, 384 + 16 * 512);
  assertEquals(portInfoLayout(100, 128), {
    rxStats: 256,
    txStats: 256 + 896,
    txStatsSize: 1664,
    bytes: 1152 + 16 * 1664,
  });
});
