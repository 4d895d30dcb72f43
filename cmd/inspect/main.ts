/**
 * inspect: prints the rings, mempools, memzones and ports of a running primary. See README.md.
 *
 * @module
 */

import { Eal } from "../../mod.ts";
import { command } from "../command.ts";
import { run } from "../run.ts";
import { look, toJson, toTables } from "./report.ts";

const NAME = "inspect";
const README = new URL("./README.md", import.meta.url);

function inspect(args: string[]): number {
  const { filePrefix, pci, json } = command(NAME, README)
    .option("--file-prefix <prefix>", "", "rte")
    .option("--pci", "")
    .option("--json", "")
    .parse(args, { from: "user" })
    .opts();
  using _eal = Eal.attach({ filePrefix, pci: pci ?? false });
  const report = look();
  console.log(
    json ? toJson(report) : toTables(report, Deno.stdout.isTerminal() && !Deno.noColor),
  );
  return 0;
}

await run(NAME, README, inspect);
