/**
 * `ffi/boundary/symbols.ts` as the prototypes of `libshim/shim.h` give it.
 *
 * @module
 */

/** What the table calls the kinds of functions, by the word that stands before them. */
const KINDS: Record<string, string> = { SHIM_API: "fn", SHIM_HOT: "hot", SHIM_WAITS: "waits" };

/** The line width of `deno fmt`. */
const LINE_WIDTH = 100;

const NUMBERS: Record<string, string> = {
  "void": "void",
  "int": "i32",
  "int32_t": "i32",
  "uint8_t": "u8",
  "uint16_t": "u16",
  "uint32_t": "u32",
  "uint64_t": "u64",
  "size_t": "usize",
  "double": "f64",
};

/** The FFI type of a C type as `shim.h` writes it; unknown ones are an error, never a guess. */
function ffiType(c: string): string {
  const type = c.replace(/\bconst\b/g, "").replace(/\s+/g, " ").trim();
  if (/^SHIM_(OUT|IN) struct \w+ \*$/.test(type)) return "buffer";
  const pointer = type.match(/^([\w ]+?) ?(\*+)$/);
  if (!pointer) {
    const number = NUMBERS[type];
    if (number === undefined) throw new Error(`shim.h: unknown type '${c}'`);
    return number;
  }
  const [, base = "", stars = ""] = pointer;
  if (base === "void" || base.startsWith("struct ")) return "pointer";
  if (stars === "*" && (base === "char" || base in NUMBERS)) return "buffer";
  throw new Error(`shim.h: unknown pointer type '${c}'`);
}

/** One table entry for one prototype. */
function entry(word: string, prototype: string): string {
  const match = prototype.match(/^(.*?)(\w+)\((.*)\)$/);
  if (!match) throw new Error(`shim.h: cannot read '${prototype}'`);
  const [, result = "", name = "", list = ""] = match;
  const parameters = list === "void" ? [] : list.split(/,\s*/)
    .map((parameter) => parameter.replace(/\w+$/, "").trim());
  const types = [result.trim(), ...parameters].map((type) => `"${ffiType(type)}"`);
  const kind = KINDS[word];
  if (kind === undefined) throw new Error(`shim.h: unknown kind of function '${word}'`);
  const head = `  ${name}: ${kind}(`;
  const line = `${head}${types.join(", ")}),`;
  const documented = `${documentation(prototype)}\n`;
  if (line.length <= LINE_WIDTH) return documented + line;
  return `${documented}${head}\n${types.map((type) => `    ${type},\n`).join("")}  ),`;
}

/** The prototype as it stands in C, with the names of its parameters. */
function documentation(prototype: string): string {
  const text = `\`${prototype.replace(/SHIM_(OUT|IN) /g, "")}\``;
  const line = `  /** ${text} */`;
  if (line.length <= LINE_WIDTH) return line;
  const lines = [""];
  for (const word of text.split(/(?<=,) /)) {
    const last = lines.pop() ?? "";
    if (last !== "" && `   * ${last} ${word}`.length > LINE_WIDTH) lines.push(last, word);
    else lines.push(last === "" ? word : `${last} ${word}`);
  }
  return `  /**\n${lines.map((line) => `   * ${line}\n`).join("")}   */`;
}

/** The text that `ffi/boundary/symbols.ts` must have for this header. */
export function derive(header: string): string {
  const code = header.replace(/\/\*[\s\S]*?\*\//g, "");
  const entries = [...code.matchAll(/^(SHIM_\w+)\s+([\s\S]*?);/gm)]
    .map(([, word = "", prototype = ""]) => entry(word, prototype.replace(/\s+/g, " ")));
  return `// Derived from libshim/shim.h by \`deno task symbols\`. Do not edit.

/** A function of C: its result, and its parameters in the header's order. */
const fn = <const R extends Deno.NativeResultType, const P extends readonly Deno.NativeType[]>(
  result: R,
  ...parameters: P
) => ({ parameters, result });

/** One that is called for every burst or object: Deno compiles the call. */
const hot = <const R extends Deno.NativeResultType, const P extends readonly Deno.NativeType[]>(
  result: R,
  ...parameters: P
) => ({ parameters, result, hot: true as const });

/** One that waits: it is called on another thread. */
const waits = <const R extends Deno.NativeResultType, const P extends readonly Deno.NativeType[]>(
  result: R,
  ...parameters: P
) => ({ parameters, result, nonblocking: true as const });

/** The table as \`Deno.dlopen\` takes it, each function under its prototype in C. */
export const symbols = {
${entries.join("\n")}
} satisfies Deno.ForeignLibraryInterface;
`;
}
