/** deno task compile and what it does not take. */

import { fileURLToPath } from "node:url";
import { assertEquals, assertMatch } from "../assert.ts";

const MAIN = fileURLToPath(new URL("../../cmd/compile/main.ts", import.meta.url));

for (
  const [args, message] of [
    [["nosuch"], /^compile: .*'nosuch'.*expected some of simple_mp, symmetric_mp, .*doctor\n$/],
    [["--nosuch"], /^compile: unknown option '--nosuch'; expected --help\n$/],
  ] as const
) {
  Deno.test(`compile ${args.join(" ")}: one line, status 1`, async () => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", MAIN, ...args],
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals(code, 1);
    assertMatch(new TextDecoder().decode(stderr), message);
  });
}
