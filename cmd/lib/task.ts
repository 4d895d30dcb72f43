/**
 * How a person runs a task of this project.
 *
 * @module
 */

/** How a person runs a task of this project: with their Deno, or with npx's where that runs us. */
export function task(name: string): string {
  const npx = Deno.env.get("npm_command") === "exec";
  return `${npx ? `npx --yes deno@${Deno.version.deno}` : "deno"} task ${name}`;
}
