/**
 * Checks the version of Deno, and its permissions.
 *
 * @module
 */

/** The oldest Deno that has all that is used here. */
const DENO: readonly [major: number, minor: number] = [2, 7];

/** What `deno run -A` allows; fewer would ask at the terminal, several times, or fail midway. */
const PERMISSIONS = ["ffi", "read", "write", "env", "sys"] as const;

/** Why a version of Deno is not suitable; undefined where it is. */
export function versionFault(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const enough = major > DENO[0] || major === DENO[0] && minor >= DENO[1];
  return enough ? undefined : `expected Deno ${DENO.join(".")} or later, got ${version}`;
}

/** The line that says why a program cannot run here; undefined where it can. */
export function runtimeFault(): string | undefined {
  const fault = versionFault(Deno.version.deno);
  // the permissions of a compiled program were set when it was compiled
  if (fault || Deno.build.standalone) return fault;
  const denied = PERMISSIONS.filter((name) =>
    Deno.permissions.querySync({ name }).state !== "granted"
  );
  if (denied.length === 0) return undefined;
  return `expected all permissions, got none for ${
    denied.join(", ")
  } (run it with \`deno run -A\`)`;
}

/**
 * Ends a program that cannot run here, with one line: before it imports what it needs only then, for
 * which Deno would ask for permission.
 */
export function requireRuntime(name: string): void {
  const fault = runtimeFault();
  if (fault === undefined) return;
  console.error(`${name}: ${fault}`);
  Deno.exit(1);
}
