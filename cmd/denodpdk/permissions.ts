/**
 * What a command of the compiled `denodpdk` may do. The file is compiled with all permissions that
 * any command can be given; each command gives up those that it was not given, before it is loaded.
 * A process cannot get them back, and its Workers begin without them.
 *
 * @module
 */

/** Permissions that a command may have besides those of every program. */
export const PERMISSIONS = ["env", "net", "run", "sys"] as const;

/** One of them. */
export type Permission = typeof PERMISSIONS[number];

/** What `Deno.permissions` can say of the system, besides `uid` and `gid`, which programs need. */
export const SYSTEM = [
  "hostname",
  "osRelease",
  "osUptime",
  "loadavg",
  "networkInterfaces",
  "systemMemoryInfo",
] as const;

/** Stands for all variables of the environment in `--allow-env`, beside those that programs need. */
export const ALL_VARIABLES = "*";

/** What is given up for each permission that is not kept. */
const GIVEN_UP: Readonly<Record<Permission, readonly Deno.PermissionDescriptor[]>> = {
  env: [{ name: "env", variable: ALL_VARIABLES }],
  net: [{ name: "net" }],
  run: [{ name: "run" }],
  sys: SYSTEM.map((kind) => ({ name: "sys", kind })),
};

/**
 * Gives up all permissions of {@linkcode PERMISSIONS} but these. From source it does nothing: a
 * person has said what `deno run` may do.
 */
export function keepPermissions(kept: readonly Permission[]): void {
  if (!Deno.build.standalone) return;
  for (const name of PERMISSIONS) {
    if (kept.includes(name)) continue;
    for (const descriptor of GIVEN_UP[name]) Deno.permissions.revokeSync(descriptor);
  }
}
