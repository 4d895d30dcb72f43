/** Programs carry all that their Workers run. */

import { fileURLToPath } from "node:url";
import { SINGLE } from "../../../cmd/dev/compile/programs.ts";
import { assertEquals } from "../../assert.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

for (const { name, folder, workers } of SINGLE) {
  Deno.test(`${name}: each module that calls lcoreMain() is one of its Workers'`, () => {
    const modules = [...Deno.readDirSync(`${ROOT}${folder}`)]
      .map((entry) => `${folder}/${entry.name}`)
      .filter((path) => path.endsWith(".ts"))
      .filter((path) => /^lcoreMain[<(]/m.test(Deno.readTextFileSync(ROOT + path)));
    assertEquals(workers.filter((path) => path.startsWith(folder)).sort(), modules.sort());
  });
}
