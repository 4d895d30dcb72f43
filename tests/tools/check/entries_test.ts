import { assertEquals } from "../../assert.ts";
import { type Documentation, entryFaults } from "../../../cmd/dev/check/entries.ts";

function documentation(doc: string, kinds: Record<string, string>): Documentation {
  const symbols = Object.entries(kinds).map(([name, kind]) => ({ name, declarations: [{ kind }] }));
  return { nodes: { "file:///mod.ts": { module_doc: { doc }, symbols } } };
}

Deno.test("an overview links to all that its entry exports, types aside", () => {
  const kinds = { Ring: "class", RingInfo: "interface", frame: "function", Mac: "typeAlias" };
  const whole = documentation("{@linkcode Ring} and {@linkcode frame}", kinds);
  assertEquals(entryFaults("net.ts", whole), []);
  const part = documentation("`Ring` and {@linkcode frame}", kinds);
  assertEquals(entryFaults("net.ts", part), [
    "net.ts: the overview, its module's documentation, has no link to Ring",
  ]);
});

Deno.test("mod.ts has 60 names at most", () => {
  const names = (count: number) =>
    documentation(
      "",
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`I${i}`, "interface"])),
    );
  assertEquals(entryFaults("mod.ts", names(60)), []);
  assertEquals(entryFaults("mod.ts", names(61)).length, 1);
  assertEquals(entryFaults("net.ts", names(61)), []);
});
