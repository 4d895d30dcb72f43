/** `deno doc` of each header names the standard and the clause that it is written from. */

import { fileURLToPath } from "node:url";
import * as net from "../../../ffi/net/net.ts";
import { assert, assertEquals, assertGreaterOrEqual, assertMatch } from "../../assert.ts";

/** The builders of headers: functions with the fields beside them. */
const HEADERS = Object.entries(net)
  .filter(([, one]) => typeof one === "function" && Object.keys(one).length > 0)
  .map(([name]) => name);

const CLAUSE = /RFC \d+|IEEE (Std )?802[\w.-]*, clause [\d.]+|3GPP TS [\d.]+, clause [\d.]+/;

/** What `deno doc --json` tells of a module, as far as it is looked at. */
interface Documented {
  module_doc: { doc?: string };
  symbols: {
    name: string;
    declarations: { kind: string; jsDoc?: { doc?: string; tags?: { kind: string }[] } }[];
  }[];
}

async function documented(names: readonly string[]): Promise<Map<string, Documented>> {
  const paths = names.map((name) =>
    fileURLToPath(new URL(`../../../ffi/net/${name}.ts`, import.meta.url))
  );
  const args = ["doc", "--json", ...paths];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args, stderr: "null" }).output();
  const { nodes }: { nodes: Record<string, Documented> } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  return new Map(
    Object.entries(nodes).map((
      [url, node],
    ) => [url.replace(/^.*\/|\.ts$/g, ""), node]),
  );
}

Deno.test(`the docs of ${HEADERS.length} headers name their RFC or clause`, async () => {
  assertGreaterOrEqual(HEADERS.length, 16);
  const docs = await documented(HEADERS);
  assertEquals(docs.size, HEADERS.length);
  for (const name of HEADERS) {
    const { module_doc, symbols } = docs.get(name) ?? { module_doc: {}, symbols: [] };
    assertMatch(module_doc.doc ?? "", CLAUSE, `the file of ${name}`);
    const said = symbols.filter((symbol) => symbol.name === name)
      .flatMap(({ declarations }) => declarations);
    assertEquals(said.map(({ kind }) => kind).toSorted(), ["function", "namespace"], name);
    for (const { kind, jsDoc } of said) assertMatch(jsDoc?.doc ?? "", CLAUSE, `${kind} ${name}`);
  }
});

Deno.test("the docs of extension headers and of checksums name theirs", async () => {
  for (
    const [name, { module_doc }] of await documented(["ipv6_extension", "checksum", "address"])
  ) {
    assert(CLAUSE.test(module_doc.doc ?? ""), name);
  }
});
