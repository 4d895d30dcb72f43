/**
 * `ffi/boundary/symbols.ts` as the prototypes of `libshim/shim.h` give it.
 *
 * @module
 */

/** What the table calls the kinds of functions, by the word that stands before them. */
const KINDS: Record<string, string> = { SHIM_API: "Call", SHIM_HOT: "Hot", SHIM_WAITS: "Waits" };

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

/** A prototype of the header, in the words of FFI. */
interface Signature {
  name: string;
  kind: string;
  prototype: string;
  /** The FFI types of the result and the parameters. */
  types: string[];
}

function signature(word: string, prototype: string): Signature {
  const match = prototype.match(/^(.*?)(\w+)\((.*)\)$/);
  if (!match) throw new Error(`shim.h: cannot read '${prototype}'`);
  const [, result = "", name = "", list = ""] = match;
  const parameters = list === "void" ? [] : list.split(/,\s*/)
    .map((parameter) => parameter.replace(/\w+$/, "").trim());
  const kind = KINDS[word];
  if (kind === undefined) throw new Error(`shim.h: unknown kind of function '${word}'`);
  return { name, kind, prototype, types: [result.trim(), ...parameters].map(ffiType) };
}

/** The type of one function, under its prototype. */
function typeEntry({ name, kind, prototype, types }: Signature): string {
  const [result = "", ...parameters] = types.map((type) => `"${type}"`);
  const head = `  ${name}: ${kind}<`;
  const line = `${head}${result}, [${parameters.join(", ")}]>;`;
  if (line.length <= LINE_WIDTH) return `${documentation(prototype)}\n${line}`;
  const list = parameters.map((type) => `      ${type},\n`).join("");
  return `${documentation(prototype)}\n${head}\n    ${result},\n    [\n${list}    ]\n  >;`;
}

/** The line of one function. */
const textEntry = ({ name, kind, types }: Signature) => [name, kind, ...types].join(" ");

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
  const functions = [...code.matchAll(/^(SHIM_\w+)\s+([\s\S]*?);/gm)]
    .map(([, word = "", prototype = ""]) => signature(word, prototype.replace(/\s+/g, " ")));
  return `// Derived from libshim/shim.h by \`deno task symbols\`. Do not edit.

/** A function of C: its result, and its parameters in the header's order. */
interface Call<R extends Deno.NativeResultType, P extends readonly Deno.NativeType[]> {
  result: R;
  parameters: P;
}

/** One that is called for every burst or object: Deno compiles the call. */
interface Hot<R extends Deno.NativeResultType, P extends readonly Deno.NativeType[]>
  extends Call<R, P> {
  hot: true;
}

/** One that waits: it is called on another thread. */
interface Waits<R extends Deno.NativeResultType, P extends readonly Deno.NativeType[]>
  extends Call<R, P> {
  nonblocking: true;
}

/** The functions as \`Deno.dlopen\` types them, each under its prototype in C. */
export type Symbols = {
${functions.map(typeEntry).join("\n")}
};

/**
 * What \`Deno.dlopen\` must know of the functions when the program runs, a line each: name, kind,
 * result, parameters. A table of objects would be made at every start, and a program uses few of
 * them.
 */
export const SIGNATURES = \`
${functions.map(textEntry).join("\n")}
\`;
`;
}
