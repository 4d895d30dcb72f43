/**
 * Links to members of classes: docs say `{@linkcode Port.rxQueue}`, as editors resolve it, and
 * `deno doc --html` finds that member as `Port.prototype.rxQueue` only.
 *
 * @module
 */

/** Members of instances, as `Port.rxQueue`. */
export type MemberNames = ReadonlySet<string>;

/** What is used of the output of `deno doc --json`. */
interface Documentation {
  nodes: Record<string, {
    symbols?: {
      name: string;
      declarations: {
        kind: string;
        def?: { properties?: Member[]; methods?: Member[] };
      }[];
    }[];
  }>;
}

interface Member {
  name: string;
  isStatic?: boolean;
}

/** The members of all instances of classes, from the output of `deno doc --json`. */
export function membersOf(json: string): MemberNames {
  const { nodes }: Documentation = JSON.parse(json);
  const names = Object.values(nodes).flatMap(({ symbols = [] }) =>
    symbols.flatMap(({ name, declarations }) =>
      declarations.filter(({ kind }) => kind === "class").flatMap(({ def }) =>
        [...def?.properties ?? [], ...def?.methods ?? []].filter(({ isStatic }) => !isStatic)
          .map((member) => `${name}.${member.name}`)
      )
    )
  );
  return new Set(names);
}

/** Makes links to these members such as `deno doc --html` finds; the text stays as it is. */
export function linkMembers(source: string, members: MemberNames): string {
  return source.replace(
    /\{@linkcode (\w+)\.(\w+)\}/g,
    (link, of: string, member: string) =>
      members.has(`${of}.${member}`)
        ? `{@linkcode ${of}.prototype.${member} | ${of}.${member}}`
        : link,
  );
}
