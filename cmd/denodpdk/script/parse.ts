/**
 * Reads a module of a script: takes its types away, and finds what it imports and exports.
 *
 * amaro takes types away as Node.js does: blanks stand in their place, so that lines and columns
 * stay. acorn finds the imports.
 *
 * @module
 */

import { type AnyNode, type ImportDeclaration, type Node, parse, type Program } from "acorn";
import { transformSync } from "amaro";
import { widthOf } from "../../lib/wrap.ts";

/** Something that is wrong in a module, at an offset. */
export class Fault extends Error {
  /** Where it is, in UTF-16 units. */
  readonly at: number;
  /** What helps. */
  readonly hint: string | undefined;

  constructor(at: number, reason: string, hint?: string) {
    super(reason);
    this.at = at;
    this.hint = hint;
  }
}

/** How a module names another one. */
export type Use = "import" | "later" | "worker" | "named";

/** A place where a module names another one. */
export interface Reference {
  /** By `import` or `export from`, by `import()`, as a Worker's module, or by a URL of another use. */
  use: Use;
  /** The name. */
  name: string;
  /** Where the name's literal is. */
  start: number;
  /** Where it ends. */
  end: number;
  /** `type` of the import's attributes: `json`. */
  type: string | undefined;
  /** The names that are taken from the module, and where these stand. */
  names: { name: string; at: number }[];
}

/** A module of a script, read. */
export interface Parsed {
  /** The text without types. */
  text: string;
  references: Reference[];
  /** Where `import()` is given something that is no literal: places of the word `import`. */
  computed: number[];
  /** Whether a Worker's module is given by something that is no literal. */
  computesWorkers: boolean;
  /** Names that it exports itself. */
  exports: string[];
  /** Modules all of whose names it exports too. */
  passesOn: string[];
}

/** What amaro throws. */
interface StripError {
  message: string;
  startLine: number;
  startColumn: number;
}

function isStripError(error: unknown): error is StripError {
  return typeof error === "object" && error !== null && "startLine" in error;
}

/** Columns of a tab, as amaro counts. */
const TAB = 4;

/**
 * The offset of a line and a column. amaro counts UTF-16 units, but a tab for 4, a wide letter for one
 * more and one without a width for one less.
 */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split("\n");
  let offset = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
  let width = 0;
  for (const letter of lines[line - 1] ?? "") {
    if (width >= column) break;
    width += letter === "\t" ? TAB : letter.length + widthOf(letter) - 1;
    offset += letter.length;
  }
  return offset;
}

/** A text without its types. */
function stripped(text: string): string {
  try {
    return transformSync(text, { mode: "strip-only" }).code;
  } catch (error) {
    if (!isStripError(error)) throw error;
    const at = offsetOf(text, error.startLine, error.startColumn);
    const [, what] =
      error.message.match(/^(.*) is not supported in (?:strip-only|type strip) mode/) ??
        [];
    if (what === undefined) {
      throw new Fault(at, `${error.message[0]?.toLowerCase()}${error.message.slice(1)}`);
    }
    const [, other] = error.message.match(/Instead, (.*?)\.?$/) ?? [];
    throw moreThanType(at, what.replace(/,$/, ""), other);
  }
}

/** The fault of what is more than a type. */
function moreThanType(at: number, what: string, other?: string): Fault {
  return new Fault(
    at,
    `${what} is more than a type and cannot be taken away`,
    other ?? "write it in JavaScript's way, or run `deno task compile` where Deno is",
  );
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value &&
    typeof value.type === "string" && "start" in value;
}

/** The parts of a node. */
function partsOf(node: Node): { key: string; part: AnyNode }[] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.filter(isNode).map((part) => ({ key, part }));
  });
}

/** All nodes below one, itself included, those first that come first. */
function nodesOf(node: AnyNode, into: AnyNode[] = []): AnyNode[] {
  into.push(node);
  for (const { part } of partsOf(node)) nodesOf(part, into);
  return into;
}

/** The words that a program uses as values. */
function valuesOf(program: Program): Set<string> {
  const words = new Set<string>();
  const look = (node: AnyNode) => {
    if (node.type === "Identifier") words.add(node.name);
    if (node.type === "ImportDeclaration") return;
    if (node.type === "ExportSpecifier") {
      if (node.local.type === "Identifier") words.add(node.local.name);
      return;
    }
    for (const { key, part } of partsOf(node)) {
      const isName = node.type === "MemberExpression" && key === "property" && !node.computed ||
        (node.type === "Property" || node.type === "MethodDefinition" ||
            node.type === "PropertyDefinition") && key === "key" && !node.computed;
      if (!isName) look(part);
    }
  };
  look(program);
  return words;
}

function textOf(node: AnyNode | null | undefined): string | undefined {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  if (node?.type === "TemplateLiteral" && node.expressions.length === 0) {
    return node.quasis[0]?.value.cooked ?? undefined;
  }
}

const nameOf = (node: AnyNode) => node.type === "Identifier" ? node.name : textOf(node) ?? "";

function isMeta(node: AnyNode | undefined, name: string): boolean {
  return node?.type === "MemberExpression" && node.object.type === "MetaProperty" &&
    node.property.type === "Identifier" && node.property.name === name;
}

/** The literal of `new URL("...", import.meta.url)` and `import.meta.resolve("...")`. */
function namedBy(node: AnyNode | undefined): AnyNode | undefined {
  const isUrl = node?.type === "NewExpression" && node.callee.type === "Identifier" &&
    node.callee.name === "URL" && isMeta(node.arguments[1], "url");
  const isResolved = node?.type === "CallExpression" && isMeta(node.callee, "resolve");
  const [literal] = isUrl || isResolved ? node.arguments : [];
  return textOf(literal) === undefined ? undefined : literal;
}

/** Collects what a module names, exports and needs. */
class Reader {
  readonly found: Omit<Parsed, "text"> = {
    references: [],
    computed: [],
    computesWorkers: false,
    exports: [],
    passesOn: [],
  };
  readonly #named = new Set<AnyNode>();

  constructor(program: Program, elided: ReadonlySet<AnyNode>) {
    for (const node of nodesOf(program)) if (!elided.has(node)) this.#read(node);
  }

  #refer(
    use: Use,
    literal: AnyNode | null | undefined,
    { type, names = [] }: { type?: string | undefined; names?: Reference["names"] } = {},
  ): void {
    const name = textOf(literal);
    if (!literal || name === undefined) return;
    const { start, end } = literal;
    this.found.references.push({ use, name, start, end, type, names });
  }

  #read(node: AnyNode): void {
    const { found } = this;
    switch (node.type) {
      case "ImportDeclaration":
      case "ExportNamedDeclaration": {
        const names = node.specifiers.flatMap((one) =>
          one.type === "ImportDefaultSpecifier"
            ? [{ name: "default", at: one.start }]
            : one.type === "ImportSpecifier"
            ? [{ name: nameOf(one.imported), at: one.start }]
            : one.type === "ExportSpecifier"
            ? [{ name: nameOf(one.local), at: one.start }]
            : []
        );
        this.#refer("import", node.source, { type: typeOf(node.attributes), names });
        if (node.type === "ExportNamedDeclaration") this.#export(node);
        return;
      }
      case "ExportDefaultDeclaration":
        found.exports.push("default");
        return;
      case "ExportAllDeclaration":
        this.#refer("import", node.source, { type: typeOf(node.attributes) });
        if (node.exported) found.exports.push(nameOf(node.exported));
        else found.passesOn.push(textOf(node.source) ?? "");
        return;
      case "ImportExpression":
        if (textOf(node.source) === undefined || node.options) found.computed.push(node.start);
        else this.#refer("later", node.source);
        return;
      case "NewExpression": {
        if (node.callee.type !== "Identifier" || node.callee.name !== "Worker") break;
        const [module] = node.arguments;
        const literal = namedBy(module);
        if (literal) {
          if (module) this.#named.add(module);
          this.#refer("worker", literal);
        } else if (!isMeta(module, "url")) {
          found.computesWorkers = true;
        }
        return;
      }
    }
    if (!this.#named.has(node)) this.#refer("named", namedBy(node));
  }

  #export(node: Extract<AnyNode, { type: "ExportNamedDeclaration" }>): void {
    this.found.exports.push(...node.specifiers.map(({ exported }) => nameOf(exported)));
    const { declaration } = node;
    if (!declaration) return;
    if (declaration.type !== "VariableDeclaration") {
      this.found.exports.push(declaration.id.name);
      return;
    }
    for (const { id } of declaration.declarations) {
      // keys of a pattern among them, which does no harm: a name that is missing is still found out
      const names = nodesOf(id).filter((part) => part.type === "Identifier");
      this.found.exports.push(...names.map(({ name }) => name));
    }
  }
}

/** `type` of import attributes. */
function typeOf(attributes: readonly { key: AnyNode; value: AnyNode }[]): string | undefined {
  return textOf(attributes.find(({ key }) => nameOf(key) === "type")?.value);
}

/** A text with blanks in the place of some parts; what is behind them stays where it is. */
function blanked(text: string, parts: readonly { start: number; end: number }[]): string {
  let [made, at] = ["", 0];
  for (const { start, end } of parts) {
    made += text.slice(at, start) + text.slice(start, end).replace(/[^\r\n]/g, " ");
    at = end;
  }
  return made + text.slice(at);
}

/** The parts of an import that name these specifiers, commas included. */
function namesIn(
  { specifiers }: ImportDeclaration,
  unused: readonly ImportDeclaration["specifiers"][number][],
): { start: number; end: number }[] {
  return specifiers.flatMap((one, i) => {
    if (!unused.includes(one) || one.type !== "ImportSpecifier") return [];
    const next = specifiers[i + 1];
    const before = specifiers[i - 1];
    if (next) return [{ start: one.start, end: next.start }];
    const hasComma = before?.type === "ImportSpecifier" && !unused.includes(before);
    return [{ start: hasComma ? before.end : one.start, end: one.end }];
  });
}

/**
 * Imports that are never used as values, and the parts of others that name such: TypeScript takes
 * them away, since they may be of types.
 */
function elisions(
  program: Program,
): { parts: { start: number; end: number }[]; whole: Set<AnyNode> } {
  const values = valuesOf(program);
  const whole = new Set<AnyNode>();
  const parts = program.body.flatMap((node) => {
    if (node.type !== "ImportDeclaration" || node.specifiers.length === 0) return [];
    const left = node.specifiers.filter(({ local }) => values.has(local.name));
    if (left.length === 0) {
      whole.add(node);
      return [node];
    }
    const unused = node.specifiers.filter((one) => !left.includes(one));
    const parts = namesIn(node, unused);
    node.specifiers = left;
    return parts;
  });
  return { parts, whole };
}

/**
 * Reads a module.
 *
 * @throws {Fault} where it does not parse, or has what is more than a type.
 */
export function parseModule(source: string, isTypeScript: boolean): Parsed {
  const text = isTypeScript ? stripped(source) : source;
  let program: Program;
  try {
    program = parse(text, { ecmaVersion: "latest", sourceType: "module" });
  } catch (error) {
    if (!(error instanceof SyntaxError) || !("pos" in error)) throw error;
    // V8 knows no decorators either; acorn meets each where its sign is
    if (isTypeScript && text[Number(error.pos)] === "@") {
      throw moreThanType(Number(error.pos), "a decorator");
    }
    const reason = error.message.replace(/ \(\d+:\d+\)$/, "");
    throw new Fault(Number(error.pos), `${reason[0]?.toLowerCase()}${reason.slice(1)}`);
  }
  const { parts, whole } = isTypeScript
    ? elisions(program)
    : { parts: [], whole: new Set<AnyNode>() };
  return { ...new Reader(program, whole).found, text: blanked(text, parts) };
}
