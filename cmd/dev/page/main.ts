/**
 * Bundles what traffic's page of results needs in a browser, its script with uPlot and its style,
 * into a module: `deno task page` writes it, `--check` compares. So the page needs no file beside it,
 * in a checkout and in the one file of a compiled program.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild";
// Deno tells only of a package that is imported where it keeps it
import "uplot";
import { flag, readOptions } from "../../lib/options.ts";
import { run } from "../../lib/run.ts";

const NAME = "page";
const PAGE = new URL("../../traffic/page/", import.meta.url);
const MODULE = new URL("code.ts", PAGE);

/** A file of the package uPlot, where Deno keeps it. */
const uplot = (file: string) => fileURLToPath(new URL(file, import.meta.resolve("uplot")));

const LICENCE = "uPlot: The MIT License (MIT), Copyright (c) 2022 Leon Sorokin";

/** The script, for a browser. */
async function script(): Promise<string> {
  try {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL("client.ts", PAGE))],
      alias: { uplot: uplot("uPlot.esm.js") },
      bundle: true,
      minify: true,
      format: "iife",
      target: "es2022",
      charset: "ascii",
      legalComments: "none",
      write: false,
    });
    return `/* ${LICENCE} */\n${outputFiles[0]?.text ?? ""}`;
  } finally {
    await stop();
  }
}

/** The style: uPlot's, and the page's. */
function style(): string {
  return Deno.readTextFileSync(uplot("uPlot.min.css")) +
    Deno.readTextFileSync(new URL("style.css", PAGE));
}

/** A text in which nothing ends the element that it is in. */
const inElement = (text: string) => text.trim().replaceAll("</", "<\\/");

async function moduleText(): Promise<string> {
  const [code, css] = [inElement(await script()), inElement(style())];
  const text = `/**
 * What a page of results needs in a browser: written by \`deno task page\`.
 *
 * @module
 */

// deno-fmt-ignore-file

/** The script: client.ts and uPlot. */
export const SCRIPT: string = ${JSON.stringify(code)};

/** The style: style.css and uPlot's. */
export const STYLE: string = ${JSON.stringify(css)};
`;
  return text;
}

async function main(args: string[]): Promise<number> {
  const { check } = readOptions(args, { check: flag("--check") });
  const text = await moduleText();
  if (!check) {
    Deno.writeTextFileSync(MODULE, text);
  } else if (Deno.readTextFileSync(MODULE) !== text) {
    console.error("cmd/traffic/page/code.ts is not up to date: run `deno task page`");
    return 1;
  }
  return 0;
}

await run(NAME, new URL("./README.md", import.meta.url), main);
