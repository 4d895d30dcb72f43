/** The long campaigns, as far as they are a program: `deno task soak`. */

import { assertEquals } from "../assert.ts";
import { testPrefix, until } from "../harness.ts";
import { filesOfPrefixes, processesMarked } from "../harness/leftovers.ts";
import { RUN_MARK } from "../../cmd/dev/test/file_run.ts";
import { ROOT } from "../../cmd/dev/test/files.ts";

Deno.test("a campaign that is ended from outside leaves nothing behind", async () => {
  await using prefix = testPrefix();
  const flags = ["-A", `--lock=${ROOT}cmd/dev/deno.lock`, "--frozen"];
  const soak = prefix.spawn(
    "soak",
    { command: Deno.execPath(), args: ["run", ...flags, `${ROOT}cmd/dev/soak/main.ts`] },
    ["--count=8", "--no-crash-points", "--clients=0", "--rings=0", "--races=0"],
  );
  const run = `t${soak.pid}x`;
  const processes = () => processesMarked(RUN_MARK, (value) => value === run);
  const files = () => filesOfPrefixes((prefix) => prefix.startsWith(run));
  // a master and two slaves at least
  await until(() => processes().length > 2 && files().length > 0, "l2fwd_fork to run");
  const { code } = await soak.endBy(() => soak.kill("SIGTERM"));
  assertEquals({ code, processes: processes(), files: files() }, {
    code: 143,
    processes: [],
    files: [],
  });
});
