/**
 * `deno task check`, step "numbers": no constant of C is typed into TypeScript. They are derived from
 * libshim/shim.h into ffi/boundary/constants.ts, where an assertion of C holds them.
 *
 * @module
 */

import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { modules } from "./paths.ts";

/**
 * Names of constants of C: flags of the kernel, of DPDK and of the shim. Errnos and signals are
 * matched apart.
 */
const PREFIXED = /^(?:RTE|RING_F|SHIM|JOURNAL|E_RTE|MFD|O|UINT\d+|LCORE_ID|SOCKET_ID)_[A-Z\d_]+$/;

/** Constants of DPDK's samples, which no header has. */
const OF_SAMPLES = /^RTE_TEST_/;

/** Whether C has a constant of this name, or a variable. */
function isOfC(name: string): boolean {
  return name === "errno" || name in constants.errno || name in constants.signals ||
    (PREFIXED.test(name) && !OF_SAMPLES.test(name));
}

/** A number, or some that are combined, and what ends it. */
const NUMBER = String
  .raw`-?(?:0[xob][\da-fA-F_]+|\d[\d_]*)n?(?:\s*(?:<<|\|)\s*\d+n?)*\s*(?:[;,})]|$)`;

/** What gives a number to a name: a declaration, or a property of an object. */
const NAMED = RegExp(
  String
    .raw`(?:(?:const|let|readonly|static)\s+(\w+)(?::\s*\w+)?\s*=|(?:^|[{,])\s*(\w+):)\s*${NUMBER}`,
);

/** A doc comment that names a constant of C. */
const DOCUMENTED = /^\s*\/\*\* `(\w+)`[^\n]*\*\/\s*$/;

/** The numbers of the lines that give a number to a constant of C, and its name. */
export function typedIn(text: string): { line: number; name: string }[] {
  const lines = text.split("\n");
  return lines.flatMap((content, i) => {
    const named = content.match(NAMED);
    if (!named || /^\s*(?:\*|\/[/*])/.test(content)) return [];
    const names = [named[1] ?? named[2] ?? "", lines[i - 1]?.match(DOCUMENTED)?.[1] ?? ""];
    const name = names.find(isOfC);
    return name === undefined ? [] : [{ line: i + 1, name }];
  });
}

/** The module that may have such numbers. */
const DERIVED = "ffi/boundary/constants.ts";

if (import.meta.main) {
  Deno.chdir(fileURLToPath(new URL("../../../", import.meta.url)));
  for (const path of ["cmd", "ffi"].flatMap((folder) => [...modules(folder)])) {
    if (path === DERIVED) continue;
    for (const { line, name } of typedIn(Deno.readTextFileSync(path))) {
      console.error(`${path}:${line}: ${name} is C's: name it in libshim/shim.h, and derive it`);
      Deno.exitCode = 1;
    }
  }
}
