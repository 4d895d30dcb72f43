/**
 * `deno task deb`: denodpdk as a Debian package. See README.md, which is also its
 * `--help`.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import config from "../../../deno.json" with { type: "json" };
import { glibcVersion } from "../bare/root.ts";
import { MULTI_CALL, PROGRAMS } from "../compile/programs.ts";
import { writeSums } from "../compile/sums.ts";
import { readOptions } from "../../lib/options.ts";
import { Progress } from "../../lib/progress.ts";
import { run } from "../../lib/run.ts";
import { write } from "../../lib/stdout.ts";
import { checkDist } from "../test/dist.ts";
import { packedFiles } from "./files.ts";
import { makePackage } from "./package.ts";

const NAME = "deb";
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const DIST = `${ROOT}dist`;

await run(NAME, new URL("./README.md", import.meta.url), async (args) => {
  readOptions(args, {});
  checkDist();
  const contents = {
    version: config.version,
    glibc: await glibcVersion(),
    files: await packedFiles(`${DIST}/${MULTI_CALL.name}`, config.version),
  };
  using progress = new Progress(NAME, { plan: ["pack"] });
  const packed = () => makePackage(contents, DIST);
  const path = await progress.step("pack", "packing denodpdk", packed);
  const names = PROGRAMS.map(({ name }) => name);
  await writeSums(DIST, [...names, path.slice(DIST.length + 1)]);
  write(`${path.slice(ROOT.length)}: ${(Deno.statSync(path).size / 1e6).toFixed(1)} MB\n`);
  return 0;
});
