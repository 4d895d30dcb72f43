/**
 * Programs of two versions of DPDK meet: the second must be refused in a line that names both.
 *
 * @module
 */

import { enter, type System, type Systems } from "./system.ts";

/** How simple_mp is started in a clone: as one file, or from source. */
const FORMS = {
  compiled: "dist/simple_mp",
  source: `npx --yes deno@${Deno.version.deno} run -A cmd/simple_mp/main.ts`,
} as const;

/** The two forms. */
type Form = keyof typeof FORMS;

/** What came of a pair. */
export interface Meeting {
  /** Who was the primary, and who came. */
  pair: string;
  /** What was wrong; `undefined` where the second was refused as it must. */
  fault: string | undefined;
}

/** A primary waits at its prompt while a secondary tries to attach; prints what that one said. */
function script(primary: Form, secondary: Form): string {
  const start = (form: Form, lcores: string, role: string) =>
    `${enter(FORMS[form])} --lcores=${lcores} --no-pci --file-prefix=mixed --proc-type=${role}`;
  return `
mkfifo /tmp/mixed-$$
exec 3<>/tmp/mixed-$$
rm /tmp/mixed-$$
said=$(mktemp)
(cd "$1" && ${start(primary, "0@0,1@0", "primary")} <&3 >"$said" 2>&1) &
until grep -q 'simple_mp >' "$said"; do
  kill -0 $! || { cat "$said"; exit 3; }
  sleep 0.1
done
(cd "$2" && ${start(secondary, "2@0,3@0", "secondary")} </dev/null 2>&1)
status=$?
echo quit >&3
wait
rm "$said"
exit $status
`;
}

/**
 * Lets every two systems meet, in both directions, compiled and from source.
 *
 * @param done Systems with the programs in `dist`.
 */
export async function mixedVersions(systems: Systems, done: readonly System[]): Promise<Meeting[]> {
  const meetings: Meeting[] = [];
  const forms: [Form, Form][] = [["compiled", "source"], ["source", "compiled"]];
  for (const a of done) {
    for (const b of done) {
      if (a === b) continue;
      for (const [primary, secondary] of forms) {
        const roots = [systems.rootOf(a), systems.rootOf(b)];
        const { text, success } = await systems.together(script(primary, secondary), ...roots);
        const refused = /^simple_mp: .* runs DPDK (\S+), this process (\S+)/m.exec(text);
        const wrong = success || !refused || refused[1] === refused[2];
        meetings.push({
          pair: `${secondary} of ${b.suite} to a ${primary} primary of ${a.suite}`,
          fault: wrong ? text.split("\n").slice(-3).join("; ") : undefined,
        });
      }
    }
  }
  return meetings;
}
