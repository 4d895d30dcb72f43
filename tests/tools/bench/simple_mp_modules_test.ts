/** The list of modules that shortens simple_mp's start: see cmd/simple_mp/modules.ts. */

import { assertEquals } from "../../assert.ts";

const MAIN = new URL("../../../cmd/simple_mp/main.ts", import.meta.url).href;
const LIST = new URL("../../../cmd/simple_mp/modules.ts", import.meta.url).href;

interface Graph {
  modules: {
    specifier: string;
    dependencies?: { code?: { specifier: string }; isDynamic?: boolean }[];
  }[];
}

/** What each module imports before it runs. */
async function imports(): Promise<Map<string, string[]>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", MAIN] })
    .output();
  const { modules }: Graph = JSON.parse(new TextDecoder().decode(stdout));
  return new Map(modules.map(({ specifier, dependencies = [] }) => [
    specifier,
    dependencies.flatMap(({ code, isDynamic }) => code && !isDynamic ? [code.specifier] : []),
  ]));
}

/** All modules that come with these, which are left out themselves. */
function behind(first: string[], imports: Map<string, string[]>): Set<string> {
  const found = new Set<string>();
  const rest = [...first];
  for (let module = rest.pop(); module !== undefined; module = rest.pop()) {
    for (const next of imports.get(module) ?? []) {
      if (!found.has(next) && !first.includes(next)) rest.push(next);
      if (!first.includes(next)) found.add(next);
    }
  }
  return found;
}

Deno.test("simple_mp's list has exactly the modules behind main.ts's own", async () => {
  const all = await imports();
  const own = (all.get(MAIN) ?? []).filter((module) => module !== LIST);
  assertEquals([...all.get(LIST) ?? []].sort(), [...behind(own, all)].sort());
});
