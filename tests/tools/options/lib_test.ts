/** How all programs read options, as getopt does, and how they refuse wrong ones. */

import {
  flag,
  integer,
  optional,
  readCommand,
  readOptions,
  required,
  text,
  words,
} from "../../../cmd/lib/options.ts";
import { refuses, understands } from "./table.ts";

const OPTIONS = {
  mask: required("-p", "a mask", text),
  count: optional("--num-procs", "a number from 1 to 3", integer(1, 3), 1),
  floating: flag("-f"),
  json: flag("--json"),
  rows: optional("--rows", "some of start, calls", words("--rows", ["start", "calls"]), []),
};

const read = (args: string[]) => readOptions(args, OPTIONS);
const ABSENT = { mask: "3", count: 1, floating: false, json: false, rows: [] };

understands("any", read, {
  "-p 3": ABSENT,
  "-p3": ABSENT,
  "-fp3": { ...ABSENT, floating: true },
  "-f -p 3 --json": { ...ABSENT, floating: true, json: true },
  "--num-procs=2 -p 3": { ...ABSENT, count: 2 },
  "--num-procs 2 -p 3": { ...ABSENT, count: 2 },
  // what looks like an option is a value where one is due
  "-p -3": { ...ABSENT, mask: "-3" },
  "-p --json": { ...ABSENT, mask: "--json" },
  "-p 3 --rows calls,start": { ...ABSENT, rows: ["calls", "start"] },
});

const KNOWN = "one of -p, --num-procs, -f, --json, --rows";

refuses("any", read, {
  "": "-p: expected a mask, got nothing",
  "-p": "-p: expected a mask, got nothing",
  "-p ''": "-p: expected a mask, got ''",
  "-p 3 -p 4": "-p: expected once, got it twice",
  "-p 3 -ff": "-f: expected once, got it twice",
  "-p 3 --json=1": "--json: expected no value, got '1'",
  "-p 3 --num-procs": "--num-procs: expected a number from 1 to 3, got nothing",
  "-p 3 --num-procs=": "--num-procs: expected a number from 1 to 3, got ''",
  "-p 3 --num-procs=4": "--num-procs: expected a number from 1 to 3, got '4'",
  "-p 3 --num-procs=1.5": "--num-procs: expected a number from 1 to 3, got '1.5'",
  "-p 3 --num-procs=0x1": "--num-procs: expected a number from 1 to 3, got '0x1'",
  "-p 3 --num-procs=99999999999": "--num-procs: expected a number from 1 to 3, got '99999999999'",
  "-p 3 --num-proc 2":
    `--num-proc: expected ${KNOWN}, got '--num-proc' (did you mean --num-procs?)`,
  "-p 3 --jsno": `--jsno: expected ${KNOWN}, got '--jsno' (did you mean --json?)`,
  "-p 3 -x": `-x: expected ${KNOWN}, got '-x'`,
  "-p 3 -fx": `-x: expected ${KNOWN}, got '-x'`,
  "-p 3 --x=1": `--x: expected ${KNOWN}, got '--x'`,
  "-p 3 stray": `'stray': expected ${KNOWN}, got 'stray'`,
  "-p 3 ''": `'': expected ${KNOWN}, got ''`,
  "-p 3 -- --json": `'--json': expected ${KNOWN}, got '--json' (did you mean --json?)`,
  "-p 3 --rows strat": "--rows: expected some of start, calls, got 'strat' (did you mean start?)",
  "-p 3 --rows calls,": "--rows: expected some of start, calls, got ''",
});

refuses("none", (args) => readOptions(args, {}), {
  "stray": "'stray': expected no options, got 'stray'",
  "--json": "--json: expected no options, got '--json'",
});

understands("words", (args) => readCommand(args, { json: flag("--json") }, (word) => `<${word}>`), {
  "": { json: false, operands: [] },
  "a --json b": { json: true, operands: ["<a>", "<b>"] },
  "-- --json": { json: false, operands: ["<--json>"] },
});
