/**
 * Derives the constants of C, and where the members of structures lie, for TypeScript. The headers
 * say which there are; the compiler says their values.
 *
 * @module
 */

/** A member of a structure. */
export interface Member {
  /** The member's name. */
  name: string;
  /** What a DataView reads there; undefined for structures and for lists of them. */
  type: string | undefined;
  /** Whether the member is a list. */
  isList: boolean;
  /** Whether it is a list without a length in the structure. */
  isOpen: boolean;
}

/** A structure as a header declares it. */
export interface Struct {
  /** The structure's name, such as `shim_rx`. */
  name: string;
  /** The structure's members in their order. */
  members: Member[];
}

/** What headers declare for TypeScript. */
export interface Declared {
  /** All structures. */
  structs: Struct[];
  /** Names of the constants of their own: `#define`s with a value, and members of enumerations. */
  constants: string[];
}

/** Types of C by the names that the reader of structures has for them. */
const TYPES: Readonly<Record<string, string>> = {
  "char": "text",
  "int": "i32",
  "int32_t": "i32",
  "int64_t": "i64",
  "uint8_t": "u8",
  "uint16_t": "u16",
  "uint32_t": "u32",
  "uint64_t": "u64",
  "double": "f64",
};

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, "");
}

function membersOf(struct: string, body: string): Member[] {
  return body.split(";").map((line) => line.trim()).filter(Boolean).map((line) => {
    const match = line.match(/^(?:const\s+)?(struct\s+\w+|\w+)\s*(\**)\s*(\w+)\s*(\[\w*\])?$/);
    if (!match) throw new Error(`struct ${struct}: cannot read '${line}'`);
    const [, c = "", stars = "", name = "", list] = match;
    const type = stars ? "u64" : TYPES[c];
    if (type === undefined && !c.startsWith("struct")) {
      throw new Error(`struct ${struct}: unknown type '${c}'`);
    }
    if (type === "text" && !list) throw new Error(`struct ${struct}: '${name}' is no text`);
    const isList = list !== undefined && type !== "text";
    return { name, type, isList, isOpen: list === "[]" };
  });
}

/**
 * What a header declares.
 *
 * @param prefix What the names of its own constants begin with, as `SHIM_`.
 */
export function readHeader(text: string, prefix: string): Declared {
  const code = withoutComments(text);
  const structs = [...code.matchAll(/^struct (\w+) \{([^}]*)\}/gm)]
    .map(([, name = "", body = ""]) => ({ name, members: membersOf(name, body) }));
  const defined = [...code.matchAll(/^#define (\w+)[ \t]+(\S.*)$/gm)]
    .filter(([, name = "", value = ""]) => name.startsWith(prefix) && !/^SHIM_API|^_/.test(value))
    .map(([, name = ""]) => name);
  const listed = [...code.matchAll(/^enum [\w ]*\{([^}]*)\}/gm)]
    .flatMap(([, body = ""]) => [...body.matchAll(/(\w+)\s*(?:=[^,]*)?(?:,|$)/gm)])
    .map(([, name = ""]) => name)
    .filter((name) => name.startsWith(prefix));
  return { structs, constants: [...new Set([...defined, ...listed])] };
}

/** A program that prints what the compiler makes of these. */
export function program(headers: readonly string[], { structs, constants }: Declared): string {
  return [
    "#include <stdio.h>",
    ...headers.map((path) => `#include "${path}"`),
    // a constant of its own has no list that would tell its name to the preprocessor
    '#define NUMBER(name) printf("number %s %lld\\n", #name, (long long)(name));',
    '#define BITS(name) printf("bits %s %llu\\n", #name, (unsigned long long)(name));',
    "int main(void)",
    "{",
    "SHIM_CONSTANTS(NUMBER)",
    "SHIM_BITS(BITS)",
    ...constants.map((name) => `printf("number ${name} %lld\\n", (long long)(${name}));`),
    ...structs.flatMap(({ name: struct, members }) => [
      `printf("struct ${struct} %zu\\n", sizeof(struct ${struct}));`,
      ...members.map(({ name, isList, isOpen }) => {
        const member = `((struct ${struct} *)0)->${name}`;
        if (isOpen) {
          return `printf("member ${name} %zu 0 0\\n", offsetof(struct ${struct}, ${name}));`;
        }
        const count = isList ? `sizeof(${member}) / sizeof(${member}[0])` : "(size_t)0";
        return `printf("member ${name} %zu %zu %zu\\n", offsetof(struct ${struct}, ${name}), ` +
          `sizeof(${member}), ${count});`;
      }),
    ]),
    "}",
    "",
  ].join("\n");
}

/** What a compiler made of a member. */
interface Place {
  name: string;
  at: number;
  bytes: number;
  count: number;
}

/** What a compiler made of all. */
export interface Facts {
  /** Constants by their names; those that need 64 bits as a bigint. */
  constants: Map<string, number | bigint>;
  /** Bytes and members of structures, by their names. */
  structs: Map<string, { bytes: number; members: Place[] }>;
}

/** Reads what {@linkcode program} prints. */
export function readFacts(output: string): Facts {
  const facts: Facts = { constants: new Map(), structs: new Map() };
  let members: Place[] = [];
  for (const line of output.trim().split("\n")) {
    const [kind, name = "", first = "", bytes, count] = line.split(" ");
    if (kind === "number" && Number.isSafeInteger(Number(first))) {
      facts.constants.set(name, Number(first));
    } else if (kind === "number" || kind === "bits") facts.constants.set(name, BigInt(first));
    else if (kind === "struct") {
      facts.structs.set(name, { bytes: Number(first), members: members = [] });
    } else if (kind === "member") {
      members.push({ name, at: Number(first), bytes: Number(bytes), count: Number(count) });
    } else throw new Error(`cannot read '${line}'`);
  }
  return facts;
}

/** A number as source text: masks in hexadecimal. */
function literal(value: number | bigint): string {
  return typeof value === "bigint" ? `0x${value.toString(16)}n` : `${value}`;
}

function entries(pairs: readonly (readonly [string, string | number])[]): string {
  return `{ ${pairs.map(([name, value]) => `${name}: ${value}`).join(", ")} }`;
}

const NOTE = "Derived from libshim/shim.h by `deno task symbols`. Do not edit.";

/** The text of `ffi/boundary/constants.ts`, before it is formatted. */
export function constantsText({ structs }: Declared, facts: Facts): string {
  const layouts = structs.map(({ name: struct, members }) => {
    const made = facts.structs.get(struct);
    if (!made) throw new Error(`struct ${struct}: the compiler does not know it`);
    const typed = members.filter(({ type, isList }) => type !== undefined && !isList);
    const lengths = made.members.filter(({ count }) => count > 0);
    const texts = new Set(members.filter(({ type }) => type === "text").map(({ name }) => name));
    return `/** \`struct ${struct}\`. */
export const struct_${struct} = {
  bytes: ${made.bytes},
  at: ${entries(made.members.map(({ name, at }) => [name, at]))},
  types: ${
      entries(typed.map(({ name, type }) => [
        name,
        texts.has(name)
          ? made.members.find((member) => member.name === name)?.bytes ?? 0
          : `"${type}"`,
      ]))
    },
${
      lengths.length > 0
        ? `  counts: ${entries(lengths.map(({ name, count }) => [name, count]))},\n`
        : ""
    }} as const;
`;
  });
  return `// ${NOTE}

/**
 * What TypeScript knows of C besides functions. Of a structure: its bytes; where each member lies,
 * in bytes; the types of the members that are no lists, texts by their length; the lengths of lists.
 *
 * @module
 */

${
    [...facts.constants].map(([name, value]) => `export const ${name} = ${literal(value)};`).join(
      "\n",
    )
  }

${layouts.join("\n")}`;
}

/** The text of `libshim/derived.h`. */
export function assertionsText(facts: Facts): string {
  const constant = ([name, value]: [string, number | bigint]) =>
    `SHIM_IS(${name}, ${typeof value === "bigint" ? `UINT64_C(0x${value.toString(16)})` : value})`;
  const places = [...facts.structs].flatMap(([struct, { bytes, members }]) => [
    `SHIM_IS(sizeof(struct ${struct}), ${bytes})`,
    ...members.map(({ name, at }) => `SHIM_IS(offsetof(struct ${struct}, ${name}), ${at})`),
  ]);
  return `/* SPDX-License-Identifier: BSD-3-Clause */

/* ${NOTE} */

#define SHIM_IS(c, derived) _Static_assert((c) == (derived), #c " is not what TypeScript knows");

${[...[...facts.constants].map(constant), ...places].join("\n")}

#undef SHIM_IS
`;
}
