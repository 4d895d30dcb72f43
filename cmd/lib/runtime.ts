/**
 * Whether this Deno, and what it is allowed, will do.
 *
 * @module
 */

/** The oldest Deno that has all that is used here. */
const DENO: readonly [major: number, minor: number] = [2, 7];

/** What `deno run -A` allows; fewer would ask at the terminal, several times, or fail midway. */
const PERMISSIONS = ["ffi", "read", "write", "env", "sys"] as const;

/** What is said of a Deno of this version; undefined where it will do. */
export function versionFault(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const enough = major > DENO[0] || major === DENO[0] && minor >= DENO[1];
  return enough ? undefined : `expected Deno ${DENO.join(".")} or later, got ${version}`;
}

/** What keeps a program from running here, in a line; undefined where nothing does. */
export function runtimeFault(): string | undefined {
  const fault = versionFault(Deno.version.deno);
  // what a compiled program is allowed was settled when it was compiled
  if (fault || Deno.build.standalone) return fault;
  const denied = PERMISSIONS.filter((name) =>
    Deno.permissions.querySync({ name }).state !== "granted"
  );
  if (denied.length === 0) return undefined;
  return `expected all permissions, got none for ${
    denied.join(", ")
  } (run it with \`deno run -A\`)`;
}
