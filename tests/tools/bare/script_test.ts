/** A compiled script of a person's, on a system that has nothing: `deno task test:bare` puts it there. */

import { assertEquals } from "../../assert.ts";
import { distFolder, testPrefix } from "../../harness.ts";

Deno.test("a compiled script runs, with its JSON, its thread and a function on an lcore", async () => {
  await using prefix = testPrefix();
  const command = { command: `${distFolder()}/script`, args: [] };
  const extra = ["--vdev=net_null0", "--log-level=*:error"];
  const script = prefix.spawn("script", command, prefix.eal({ lcores: "0@0", extra }));
  const { code } = await script.ended();
  assertEquals([code, script.stdout, script.stderr], [0, "96 received; to port 53\n", ""]);
});
