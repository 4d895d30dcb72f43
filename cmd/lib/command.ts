/**
 * Other programs, run to their end.
 *
 * @module
 */

/** Runs a command to its end. Returns what it printed on both outputs, and whether it succeeded. */
export async function output(
  command: string,
  ...args: string[]
): Promise<{ success: boolean; text: string }> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { success, text: (decode(stdout) + decode(stderr)).trim() };
}
