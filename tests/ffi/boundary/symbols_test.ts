/** The native boundary: header, table and both libraries have the same functions. */

import { buildShim, LINKAGES } from "../../../ffi/shim/build.ts";
import { signatureOf } from "../../../ffi/boundary/library.ts";
import { SIGNATURES } from "../../../ffi/boundary/symbols.ts";
import { derive } from "../../../cmd/dev/symbols/derive.ts";
import { assert, assertEquals, assertMatch } from "../../assert.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";

const ROOT = new URL("../../../", import.meta.url);

const read = (path: string) => Deno.readTextFileSync(new URL(path, ROOT));

/** What is wrong with the table of a header; undefined where it is right. */
function fault(header: string, table: string): string | undefined {
  try {
    return derive(header) === table ? undefined : "the table is another one";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

Deno.test("the table is the one that shim.h gives", () => {
  assertEquals(fault(read("libshim/shim.h"), read("ffi/boundary/symbols.ts")), undefined);
});

const DRIFTS: [what: string, file: string, from: RegExp, to: string][] = [
  ["a parameter's type in the header", "libshim/shim.h", /uint32_t index\);/, "uint64_t index);"],
  ["a result in the header", "libshim/shim.h", /int shim_eal_ready/, "void shim_eal_ready"],
  ["a new function", "libshim/shim.h", /#endif\s*$/, "SHIM_API int shim_new(void);\n#endif\n"],
  ["a function that is hot no more", "libshim/shim.h", /SHIM_HOT int/, "SHIM_API int"],
  ["an unknown kind of function", "libshim/shim.h", /SHIM_HOT int/, "SHIM_WARM int"],
  ["a parameter less", "libshim/shim.h", /, uint32_t n\);/, ");"],
  ["a type in the table", "ffi/boundary/symbols.ts", /"u32"/, '"u64"'],
  ["a type in the text", "ffi/boundary/symbols.ts", / u32 buffer$/m, " u64 buffer"],
  ["an unknown type", "libshim/shim.h", /int shim_eal_ready/, "double shim_eal_ready"],
];

for (const [what, file, from, to] of DRIFTS) {
  Deno.test(`a drift is found: ${what}`, () => {
    const text = (path: string) => {
      const whole = read(path);
      if (path !== file) return whole;
      assertMatch(whole, from);
      return whole.replace(from, to);
    };
    assertMatch(
      fault(text("libshim/shim.h"), text("ffi/boundary/symbols.ts")) ?? "",
      /^shim\.h: unknown kind|^the table is another one$/,
    );
  });
}

/** Where the libraries are; their folders stay open. */
const PATHS = { system: buildShim("system").path, core: buildShim("core").path };

/** All functions of the table, as `Deno.dlopen` takes them. */
const symbols: Deno.ForeignLibraryInterface = Object.fromEntries(
  SIGNATURES.trim().split("\n").map((line) => {
    const [name = ""] = line.split(" ");
    const symbol = signatureOf(name)?.symbol;
    assert(symbol, name);
    return [name, symbol];
  }),
);

Deno.test("to import the table makes no object for each function: every start would pay for it", async () => {
  const { ...exported } = await import("../../../ffi/boundary/symbols.ts");
  assertEquals(Object.values(exported).map((value) => typeof value), ["string"]);
});

Deno.test("a function's signature is found by its whole name", () => {
  const fixed = (parameters: Deno.NativeType[], isHot = false, nonblocking = false) => ({
    isHot,
    symbol: { parameters, result: "i32" as const, nonblocking },
  });
  assertEquals(signatureOf("shim_eal_cleanup"), fixed([]));
  assertEquals(signatureOf("shim_version"), fixed(["buffer", "u32"]));
  assertEquals(signatureOf("shim_eal"), undefined);
  assertEquals(signatureOf("version"), undefined);
});

for (const linkage of LINKAGES) {
  Deno.test(`the ${linkage} library has every function of the table`, () => {
    // a missing one would throw here
    const library = Deno.dlopen(PATHS[linkage], symbols);
    assertEquals(Object.keys(library.symbols).sort(), Object.keys(symbols).sort());
    library.close();
  });
}

/** Functions that the shim stands before, where these are in other libraries. */
const STOOD_BEFORE = {
  system: [
    "pcap_dump",
    "pcap_dump_open",
    "pcap_open_offline",
    "rte_calloc",
    "rte_eth_call_rx_callbacks",
    "rte_eth_call_tx_callbacks",
    "rte_eth_dev_attach_secondary",
    "rte_eth_remove_rx_callback",
    "rte_eth_remove_tx_callback",
    "rte_free",
    "rte_intr_callback_unregister",
    "rte_kvargs_parse",
  ],
  core: [],
};

Deno.test("the library exports nothing else of its own", async () => {
  for (const linkage of LINKAGES) {
    const { stdout } = await runToEnd("nm", [
      "-D",
      "--defined-only",
      "--format=posix",
      PATHS[linkage],
    ]);
    const names = stdout.trim().split("\n")
      .flatMap((line) => line.split(" ")[0]?.replace(/@.*/, "") ?? [])
      .filter((name) => !/^_(init|fini|edata|end|_bss_start)$/.test(name));
    assertEquals(names.sort(), [...Object.keys(symbols), ...STOOD_BEFORE[linkage]].sort(), linkage);
  }
});
