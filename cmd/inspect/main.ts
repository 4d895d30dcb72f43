/**
 * inspect: prints the rings, mempools, memzones and ports of a running primary. See README.md.
 *
 * @module
 */

import { Eal } from "../../mod.ts";
import { run } from "../lib/run.ts";
import { inspectOptions } from "./options.ts";
import { auditAll, repair } from "./audit.ts";
import { look, toJson, toTables } from "./report.ts";

const NAME = "inspect";
const README = new URL("./README.md", import.meta.url);

async function inspect(args: string[]): Promise<number> {
  const { filePrefix, pci, json, audit, repair: wanted } = inspectOptions(args);
  using _eal = Eal.attach({ filePrefix, pci });
  const repaired = wanted === undefined ? undefined : { pool: wanted, ...await repair(wanted) };
  const report = {
    ...look(),
    ...(audit ? { audits: auditAll() } : {}),
    ...(repaired ? { repaired } : {}),
  };
  console.log(json ? toJson(report) : toTables(report));
  return 0;
}

await run(NAME, README, inspect);
