/** What a primary's files tell before anyone attaches. */

import {
  foldersElsewhere,
  hasPorts,
  memoryFault,
  privateProcess,
} from "../../../ffi/host/primary_state.ts";
import { hugetlbfsMounts } from "../../../ffi/host/machine.ts";
import { keepsOthersOut } from "../../../ffi/host/eal_options.ts";
import { assertEquals, assertMatch, assertStrictEquals } from "../../assert.ts";

/** A runtime folder with these files. */
function folderWith(files: Record<string, string>): Disposable & { path: string } {
  const path = Deno.makeTempDirSync();
  for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(`${path}/${name}`, text);
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

Deno.test("ports are known by their memzone", () => {
  using without = folderWith({ fbarray_memzone: "RG_x\0\0\0rte_eth_dev_data_2\0" });
  using ports = folderWith({ fbarray_memzone: "RG_x\0\0\0rte_eth_dev_data\0\0" });
  using unknown = folderWith({});
  assertEquals([without, ports, unknown].map(({ path }) => hasPorts(path)), [false, true, true]);
});

Deno.test("memory that cannot be shared is known by what is not there", () => {
  const mount = hugetlbfsMounts()[0]?.path ?? "";
  const prefix = `nobody${Deno.pid}`;
  using none = folderWith({});
  assertMatch(memoryFault(none.path, prefix, 0) ?? "", /no hugepages \(--no-huge\)$/);
  using unlinked = folderWith({ hugepage_info: `\0\0 \0${mount}\0\0` });
  assertMatch(
    memoryFault(unlinked.path, prefix, 0) ?? "",
    RegExp(`^has no hugepage files in ${mount}: it was started with --huge-unlink`),
  );
  using unmounted = folderWith({ hugepage_info: `\0\0 \0/no/such/mount\0\0` });
  assertStrictEquals(
    memoryFault(unmounted.path, prefix, 0),
    "has its memory in /no/such/mount, where this process sees no hugetlbfs",
  );
  // a file of another prefix that begins alike is none of it
  using files = folderWith({ [`${prefix}xmap_0`]: "", [`${prefix}map_x`]: "" });
  using others = folderWith({ hugepage_info: `\0${files.path}\0` });
  assertMatch(memoryFault(others.path, prefix, 0) ?? "", /^has its memory in/);
  Deno.writeTextFileSync(`${files.path}/${prefix}map_12`, "");
  assertStrictEquals(memoryFault(others.path, prefix, 0), undefined);
});

Deno.test("nobody has a prefix that nobody has", () => {
  assertStrictEquals(privateProcess(`nobody${Deno.pid}`), undefined);
  assertEquals(foldersElsewhere(`nobody${Deno.pid}`), []);
});

for (
  const [args, option] of [
    [[], undefined],
    [["--huge-unlink"], "--huge-unlink"],
    [["--huge-unl"], "--huge-unlink"],
    [["--huge-unlink=always"], "--huge-unlink"],
    [["--huge-unlink=existing"], undefined],
    [["--huge-unlink=never"], undefined],
    [["--no-huge", "-m", "64"], "--no-huge"],
    [["--in-mem"], "--in-memory"],
    [["--no-shconf"], "--no-shconf"],
    [["--file-prefix", "--in-memory"], undefined],
  ] as const
) {
  Deno.test(`what keeps others out: ${args.join(" ")}`, () => {
    assertStrictEquals(keepsOthersOut(args), option);
  });
}
