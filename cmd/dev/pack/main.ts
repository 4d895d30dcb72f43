/**
 * `deno task pack`: the library as an npm package, in dist/. See README.md, which is also its
 * `--help`.
 *
 * @module
 */

import { readOptions } from "../../lib/options.ts";
import { Progress } from "../../lib/progress.ts";
import { run } from "../../lib/run.ts";
import { ROOT } from "../compile/target.ts";

const NAME = "pack";

await run(NAME, new URL("./README.md", import.meta.url), async (args) => {
  readOptions(args, {});
  // esbuild and TypeScript are fetched when something is packed, and not for --help
  const { packageFiles, PACKAGE, writeTarball } = await import("./package.ts");
  using progress = new Progress(NAME, { plan: ["modules", "types"] });
  const files = await packageFiles(progress);
  const tarball = `dist/${PACKAGE.name}-${PACKAGE.version}.tgz`;
  await writeTarball(ROOT + tarball, files);
  const size = `${(Deno.statSync(ROOT + tarball).size / 1e6).toFixed(1)} MB`;
  progress.print(`${tarball}  ${size}, ${files.length} files`);
  return 0;
});
