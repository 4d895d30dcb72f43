/**
 * What is said about a permission that a script lacks: the option of `denodpdk run`, and not that of
 * `deno compile`.
 *
 * @module
 */

import { setErrorWords } from "../../lib/outcome.ts";

/** Names the option for a permission in a message of Deno. */
export function permissionText(message: string): string {
  return message.replace(
    /specify the required permissions during compilation using `deno compile (--allow-\w+)`/,
    "run it with `denodpdk run $1 FILE`",
  );
}

/** Makes this thread name the options in what it prints of errors. */
export function nameOptions(): void {
  setErrorWords(permissionText);
  const look = (error: unknown) => {
    if (error instanceof Deno.errors.NotCapable) error.message = permissionText(error.message);
  };
  globalThis.addEventListener("unhandledrejection", ({ reason }) => look(reason));
  globalThis.addEventListener("error", ({ error }) => look(error));
}
